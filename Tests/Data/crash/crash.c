// Loaded into a process, kills it before its CRASH_AT-th change of a file: a write, a sync, a rename, a removal, a
// file or folder made.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static void change(void) {
  static long seen;
  const char *at = getenv("CRASH_AT");
  if (at && ++seen == atol(at)) kill(getpid(), SIGKILL);
}

#define NEXT(name) (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
  change();
  return (NEXT(pwrite))(file, bytes, count, offset);
}

ssize_t write(int file, const void *bytes, size_t count) {
  if (file > 2) change();
  return (NEXT(write))(file, bytes, count);
}

int fsync(int file) {
  change();
  return (NEXT(fsync))(file);
}

int ftruncate(int file, off_t size) {
  change();
  return (NEXT(ftruncate))(file, size);
}

int rename(const char *from, const char *to) {
  change();
  return (NEXT(rename))(from, to);
}

int unlink(const char *path) {
  change();
  return (NEXT(unlink))(path);
}

int mkdir(const char *path, mode_t mode) {
  change();
  return (NEXT(mkdir))(path, mode);
}

int open(const char *path, int flags, ...) {
  mode_t mode = 0;
  if (flags & O_CREAT) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
    change();
  }
  return (NEXT(open))(path, flags, mode);
}
