// SIMD kernels, picked at run time by CPU.
//
// Each family of kernels is a struct of function pointers with one instance per instruction set;
// the portable C one is the reference that the others are tested against.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "needle_simd.h"
#include "needle_convert.h"
#include "needle_prepare.h"

#include "needle_cache.h"
#include "needle_codes.h"
#include "needle_cover.h"
#include "needle_fat.h"
#include "needle_flat.h"
#include "needle_int8.h"
#include "needle_pool.h"
#include "needle_rank.h"
#include "needle_residual.h"
#include "needle_rotate.h"
#include "needle_rows.h"
#include "needle_select.h"
#include "needle_sums.h"
