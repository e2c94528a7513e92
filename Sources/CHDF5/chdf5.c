// MAP_ANONYMOUS and SIGXCPU are not in C17 alone.
#define _DEFAULT_SOURCE

#include "chdf5.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "library.h"

enum {
  payload_offset = 8192,
  // One call reads tens of megabytes; a child that is still busy after this runs in circles.
  cpu_limit_seconds = 300,
};

// What the child hands back, in memory that it shares with its parent. The values follow at
// payload_offset.
typedef struct answer {
  int32_t done;
  chdf5_status status;
  chdf5_info info;
  char message[1024];
} answer;

_Static_assert(sizeof(answer) <= payload_offset, "the values lie behind the answer");

// One thing to do.
typedef struct request {
  const char *path;
  const char *name;
  const chdf5_rows *rows;  // NULL to describe
  library_values kind;
} request;

static void set_up_child(void) {
  // A crash of the child is an answer, not an event to report or to keep.
  const int signals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTRAP, SIGXCPU, SIGSYS};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) signal(signals[i], SIG_DFL);
  const struct rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  const struct rlimit cpu = {cpu_limit_seconds, cpu_limit_seconds};
  setrlimit(RLIMIT_CPU, &cpu);
  const int nowhere = open("/dev/null", O_WRONLY);
  if (nowhere < 0) return;
  dup2(nowhere, STDOUT_FILENO);
  dup2(nowhere, STDERR_FILENO);
}

static void work(const request *request, answer *answer) {
  if (request->rows) {
    answer->status = library_read(request->path, request->name, *request->rows, request->kind,
                                  (char *)answer + payload_offset, answer->message,
                                  sizeof answer->message);
  } else {
    answer->status = library_describe(request->path, request->name, &answer->info,
                                      answer->message, sizeof answer->message);
  }
  answer->done = 1;
}

static chdf5_status no_process(const char *what, char *message, size_t size) {
  snprintf(message, size, "%s: error %d", what, errno);
  return CHDF5_NO_PROCESS;
}

// Runs a request in a child and copies what it wrote, `value_bytes` into `values`.
static chdf5_status run(const request *request, chdf5_info *info, void *values,
                        size_t value_bytes, char *message, size_t size) {
  const size_t shared_bytes = payload_offset + value_bytes;
  answer *shared = mmap(NULL, shared_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                        -1, 0);
  if (shared == MAP_FAILED) return no_process("no memory to read through", message, size);
  const pid_t child = fork();
  if (child == 0) {
    set_up_child();
    work(request, shared);
    _exit(0);
  }
  chdf5_status status = CHDF5_CRASHED;
  int ending = 0;
  if (child < 0) {
    status = no_process("no process to read in", message, size);
  } else {
    // Where the program ignores SIGCHLD, this waits as well, and then fails: `done` tells.
    while (waitpid(child, &ending, 0) < 0 && errno == EINTR) continue;
    if (shared->done) {
      status = shared->status;
      shared->message[sizeof shared->message - 1] = 0;
      snprintf(message, size, "%s", shared->message);
    } else {
      snprintf(message, size, "libhdf5 broke down over it (signal %d)",
               WIFSIGNALED(ending) ? WTERMSIG(ending) : 0);
    }
  }
  if (status == CHDF5_OK && info) *info = shared->info;
  if (status == CHDF5_OK && info && (info->rank < 0 || info->rank > chdf5_max_rank)) {
    snprintf(message, size, "libhdf5 broke down over it");
    status = CHDF5_CRASHED;
  }
  if (status == CHDF5_OK && values) memcpy(values, (char *)shared + payload_offset, value_bytes);
  munmap(shared, shared_bytes);
  return status;
}

chdf5_status chdf5_describe(const char *path, const char *name, chdf5_info *info, char *message,
                            size_t message_size) {
  const request request = {path, name, NULL, LIBRARY_FLOAT};
  return run(&request, info, NULL, 0, message, message_size);
}

chdf5_status chdf5_read_float(const char *path, const char *name, chdf5_rows rows, float *values,
                              char *message, size_t message_size) {
  const request request = {path, name, &rows, LIBRARY_FLOAT};
  const size_t bytes = rows.count * rows.columns * sizeof *values;
  return run(&request, NULL, values, bytes, message, message_size);
}

chdf5_status chdf5_read_int64(const char *path, const char *name, chdf5_rows rows,
                              int64_t *values, char *message, size_t message_size) {
  const request request = {path, name, &rows, LIBRARY_INT64};
  const size_t bytes = rows.count * rows.columns * sizeof *values;
  return run(&request, NULL, values, bytes, message, message_size);
}
