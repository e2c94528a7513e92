#include "csentencepiece.h"

#if HAVE_SENTENCEPIECE
#include <sentencepiece_processor.h>
int csp_available(void) { return 1; }
#else
int csp_available(void) { return 0; }
#endif
