// Bytes in faiss's format, checked before faiss reads them.
#pragma once

#include "cfaiss.h"
#include "guard.hpp"

namespace cfaiss {

// Throws a Failure with CFAISS_CORRUPT and the offset unless `bytes` are exactly an index of this
// description with `count` rows.
//
// faiss believes what it reads: it allocates by sizes in the bytes, divides by them, opens files
// that they name and follows links without bounds. So every size, link and number is checked first;
// codes need no check, since every pattern of bits is one.
void check_bytes(const cfaiss_description &description, int64_t count, const uint8_t *bytes,
                 size_t size);

}  // namespace cfaiss
