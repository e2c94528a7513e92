#ifndef NEEDLETAIL_FUZZER_H
#define NEEDLETAIL_FUZZER_H

#include <stddef.h>
#include <stdint.h>

// libFuzzer's loop, for programs with a main function of their own; it has no header.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test)(const uint8_t *bytes, size_t count));

#endif
