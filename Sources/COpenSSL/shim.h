// What the Swift importer cannot see of OpenSSL 3: macros and STACK_OF accessors, wrapped as
// static inline functions, each with the macro that it stands for.
#pragma once
#include <openssl/ssl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/bio.h>
