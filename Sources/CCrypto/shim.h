#pragma once
#include "../CLoading/load.h"
#include <openssl/evp.h>
#include <openssl/hmac.h>

#define FT_CRYPTO_FUNCTIONS(X) \
  X(EVP_sha256) \
  X(EVP_MD_CTX_new) \
  X(EVP_MD_CTX_free) \
  X(EVP_MD_CTX_copy_ex) \
  X(EVP_DigestInit_ex) \
  X(EVP_DigestUpdate) \
  X(EVP_DigestFinal_ex) \
  X(HMAC)

FT_LIBRARY(ft_crypto, FT_CRYPTO_FUNCTIONS, "libcrypto.so.3", "libcrypto.so")
