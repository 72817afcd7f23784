// Kafka's error codes that only administrative requests are answered with; the others are in ErrorCode.swift.

extension ErrorCode {
    public static let replicaNotAvailable = ErrorCode(rawValue: 9)
    public static let logDirectoryNotFound = ErrorCode(rawValue: 57)
    public static let delegationTokenAuthenticationDisabled = ErrorCode(rawValue: 61)
    public static let topicDeletionDisabled = ErrorCode(rawValue: 73)
    public static let electionNotNeeded = ErrorCode(rawValue: 84)
    public static let noReassignmentInProgress = ErrorCode(rawValue: 85)
    public static let resourceNotFound = ErrorCode(rawValue: 91)
    public static let duplicateResource = ErrorCode(rawValue: 92)
    public static let unacceptableCredential = ErrorCode(rawValue: 93)
    public static let invalidUpdateVersion = ErrorCode(rawValue: 95)
    public static let featureUpdateFailed = ErrorCode(rawValue: 96)
    public static let brokerIDNotRegistered = ErrorCode(rawValue: 102)
    public static let mismatchedEndpointType = ErrorCode(rawValue: 114)
    public static let unsupportedEndpointType = ErrorCode(rawValue: 115)
}
