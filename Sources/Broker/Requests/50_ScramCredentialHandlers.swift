// The SCRAM credentials that authentication asks for.

extension BrokerCore {
    var scramCredentials: ScramCredentials { administration.state.credentials }
}
