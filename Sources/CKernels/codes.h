// Internal to the kernels of scattered codes.
#pragma once

#include "needle_codes.h"

extern const needle_code_kernels needle_codes_portable, needle_codes_avx2, needle_codes_avx512,
    needle_codes_neon;
