// Internal to the kernels of fat rows.
#pragma once

#include "needle_fat.h"

extern const needle_fat_kernels needle_fat_portable;
