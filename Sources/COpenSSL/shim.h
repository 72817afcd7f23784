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
