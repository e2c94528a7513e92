// The four row kernels of one instruction set, which defines what row_distances.h asks for and
//
//   load_half(p)            LANES halves as floats
//   dot_step(sum, x, q), square_step(sum, x, q)

#define ROW float
#define row_load(p) vec_load(p)
#define NAME dot
#define FINISH(x) (-(x))
#define vec_step(sum, x, q) dot_step(sum, x, q)
#include "row_distances.h"
#undef NAME
#undef FINISH
#undef vec_step

#define NAME squared_l2
#define FINISH(x) (x)
#define vec_step(sum, x, q) square_step(sum, x, q)
#include "row_distances.h"
#undef NAME
#undef FINISH
#undef vec_step
#undef ROW
#undef row_load

#define ROW uint16_t
#define row_load(p) load_half(p)
#define NAME dot_f16
#define FINISH(x) (-(x))
#define vec_step(sum, x, q) dot_step(sum, x, q)
#include "row_distances.h"
#undef NAME
#undef FINISH
#undef vec_step

#define NAME squared_l2_f16
#define FINISH(x) (x)
#define vec_step(sum, x, q) square_step(sum, x, q)
#include "row_distances.h"
#undef NAME
#undef FINISH
#undef vec_step
#undef ROW
#undef row_load
