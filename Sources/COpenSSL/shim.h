// What the Swift importer cannot see of OpenSSL 3: macros, STACK_OF accessors and the plain-state
// SHA-256, wrapped as static inline functions, each named for what it stands for.
//
// Why the low-level SHA-256: its state is a plain struct, so a hash needs no allocation and a keyed
// HMAC is two copied states; the EVP route allocates per context copy. OpenSSL marks it deprecated
// since 3.0 and keeps it throughout 3.x; the block below is its only use.
#pragma once
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ec.h>
#include <openssl/hmac.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/bio.h>

static inline void lgsp_sha256_init(SHA256_CTX *state) { SHA256_Init(state); }
static inline void lgsp_sha256_update(SHA256_CTX *state, const void *bytes, size_t count) {
    SHA256_Update(state, bytes, count);
}
static inline void lgsp_sha256_final(SHA256_CTX *state, unsigned char *digest) { SHA256_Final(digest, state); }

// Keys. EVP_EC_gen is a macro over a variadic function.
static inline EVP_PKEY *lgsp_generate_p256(void) { return EVP_EC_gen("P-256"); }
static inline EVP_PKEY *lgsp_generate_ed25519(void) { return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"); }

// Memory BIOs: BIO_get_mem_data and BIO_ctrl_pending's macro relatives.
static inline long lgsp_bio_bytes(BIO *bio, const unsigned char **bytes) {
    char *start = NULL;
    long count = BIO_get_mem_data(bio, &start);
    *bytes = (const unsigned char *)start;
    return count;
}

// Stacks. The typed accessors are macros.
static inline int lgsp_certificates_count(const STACK_OF(X509) *stack) { return stack ? sk_X509_num(stack) : 0; }
static inline X509 *lgsp_certificates_at(const STACK_OF(X509) *stack, int place) { return sk_X509_value(stack, place); }
static inline STACK_OF(X509) *lgsp_certificates_new(void) { return sk_X509_new_null(); }
static inline int lgsp_certificates_push(STACK_OF(X509) *stack, X509 *certificate) {
    if (!X509_up_ref(certificate)) return 0;
    if (sk_X509_push(stack, certificate)) return 1;
    X509_free(certificate);
    return 0;
}
static inline void lgsp_certificates_free(STACK_OF(X509) *stack) { sk_X509_pop_free(stack, X509_free); }

// Subject alternative names: GENERAL_NAME is a union over macros' types.
static inline GENERAL_NAMES *lgsp_names_new(void) { return sk_GENERAL_NAME_new_null(); }
static inline void lgsp_names_free(GENERAL_NAMES *names) { sk_GENERAL_NAME_pop_free(names, GENERAL_NAME_free); }
static inline int lgsp_names_add(GENERAL_NAMES *names, int kind, const unsigned char *bytes, int count) {
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_STRING *text = ASN1_STRING_type_new(kind == GEN_IPADD ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);
    if (!name || !text || !ASN1_STRING_set(text, bytes, count)) {
        GENERAL_NAME_free(name);
        ASN1_STRING_free(text);
        return 0;
    }
    GENERAL_NAME_set0_value(name, kind, text);
    if (sk_GENERAL_NAME_push(names, name)) return 1;
    GENERAL_NAME_free(name);
    return 0;
}
static inline GENERAL_NAMES *lgsp_certificate_names(const X509 *certificate) {
    return (GENERAL_NAMES *)X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
}
static inline int lgsp_names_count(const GENERAL_NAMES *names) { return names ? sk_GENERAL_NAME_num(names) : 0; }
// The kind of a name, or -1 where it is none of e-mail, DNS, URI and IP address.
static inline int lgsp_names_at(const GENERAL_NAMES *names, int place, const unsigned char **bytes, int *count) {
    int kind = -1;
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, place);
    const ASN1_STRING *text = (const ASN1_STRING *)GENERAL_NAME_get0_value(name, &kind);
    if (kind != GEN_EMAIL && kind != GEN_DNS && kind != GEN_URI && kind != GEN_IPADD) return -1;
    *bytes = ASN1_STRING_get0_data(text);
    *count = ASN1_STRING_length(text);
    return kind;
}

// Extensions. X509V3_set_ctx needs a complete X509V3_CTX, which is easier here than in Swift.
static inline int lgsp_certificate_extend(X509 *certificate, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (!extension) return 0;
    int added = X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return added;
}
static inline int lgsp_list_extend(X509_CRL *list, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, NULL, NULL, list, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (!extension) return 0;
    int added = X509_CRL_add_ext(list, extension, -1);
    X509_EXTENSION_free(extension);
    return added;
}
static inline int lgsp_list_number(X509_CRL *list, int64_t number) {
    ASN1_INTEGER *value = ASN1_INTEGER_new();
    int added = value && ASN1_INTEGER_set_int64(value, number) && X509_CRL_add1_ext_i2d(list, NID_crl_number, value, 0, 0);
    ASN1_INTEGER_free(value);
    return added;
}
// 1 where the extended key usage names exactly this purpose explicitly, 0 where it does not (anyExtendedKeyUsage
// does not count), -1 where the extension is absent, -2 where it cannot be read.
static inline int lgsp_certificate_names_purpose(const X509 *certificate, int nid) {
    int critical = 0, found = 0;
    EXTENDED_KEY_USAGE *usages = (EXTENDED_KEY_USAGE *)X509_get_ext_d2i(certificate, NID_ext_key_usage, &critical, NULL);
    if (!usages) return critical == -1 ? -1 : -2;
    for (int place = 0; place < sk_ASN1_OBJECT_num(usages); place++) {
        int usage = OBJ_obj2nid(sk_ASN1_OBJECT_value(usages, place));
        if (usage == nid) found = 1;
        if (usage == NID_anyExtendedKeyUsage) { found = 0; break; }
    }
    sk_ASN1_OBJECT_pop_free(usages, ASN1_OBJECT_free);
    return found;
}
// Whether authority information access is absent or can be read.
static inline int lgsp_certificate_access_readable(const X509 *certificate) {
    int critical = 0;
    AUTHORITY_INFO_ACCESS *access = (AUTHORITY_INFO_ACCESS *)X509_get_ext_d2i(certificate, NID_info_access, &critical, NULL);
    if (access) {
        AUTHORITY_INFO_ACCESS_free(access);
        return 1;
    }
    return critical == -1;
}

// TLS contexts and connections: setters that are macros over SSL_CTX_ctrl, and options wider than an int.
static inline int lgsp_context_harden(SSL_CTX *context, int minimum_version) {
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET
        | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1);
    SSL_CTX_clear_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_security_level(context, 2);
    return SSL_CTX_set_num_tickets(context, 0) == 1
        && SSL_CTX_set_min_proto_version(context, minimum_version) == 1
        && SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1
        && SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1
        && SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") == 1;
}
static inline int lgsp_context_add_chain(SSL_CTX *context, X509 *certificate) {
    return (int)SSL_CTX_add1_chain_cert(context, certificate);
}
static inline int lgsp_connection_name_server(SSL *connection, const char *name) {
    return (int)SSL_set_tlsext_host_name(connection, name);
}

// ERR_GET_LIB and ERR_GET_REASON are inline functions over macros' constants.
static inline int lgsp_error_is_end_of_pem(unsigned long code) {
    return ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
}

// OPENSSL_free is a macro over the file and line.
static inline void lgsp_free(void *bytes) { OPENSSL_free(bytes); }

// HMAC takes its key's length as an int and its result's through a pointer; both are checked by the caller.
static inline int lgsp_hmac(const EVP_MD *hash, const void *key, int key_count, const unsigned char *bytes, size_t count,
                            unsigned char *code) {
    unsigned int written = 0;
    return HMAC(hash, key, key_count, bytes, count, code, &written) != NULL;
}
