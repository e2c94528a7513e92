// Opening cuVS, and what it says of failures.
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shim.h"

// Fixed in size, so that a message about missing memory needs none.
static _Thread_local char last_message[512] = "";

const char *ccuvs_message(void) { return last_message; }

ccuvs_status ccuvs_failed(ccuvs_status status, const char *what, const char *why) {
  // cuVS adds a trace of calls, which helps nobody here.
  const char *trace = strstr(why, "\nObtained ");
  int length = trace == NULL ? (int)strlen(why) : (int)(trace - why);
  snprintf(last_message, sizeof last_message, "%s: %.*s", what, length, why);
  for (char *c = last_message; *c != '\0'; c++) {
    if (*c == '\n' || *c == '\r') *c = ' ';
  }
  return status;
}

ccuvs_status ccuvs_checked(const ccuvs_library *library, cuvsError_t result, const char *name) {
  if (result == CUVS_SUCCESS) return CCUVS_OK;
  const char *text = library->GetLastErrorText();
  return ccuvs_failed(CCUVS_REFUSED, name, text == NULL ? "no reason given" : text);
}

// The headers of 26.10 announce a break with 27.02.
static bool is_known(const int32_t version[3]) {
  return version[0] == 26 && version[1] >= 10;
}

ccuvs_status ccuvs_bind(ccuvs_resolver resolve, void *context, const ccuvs_library **library) {
  // Never freed: an index may be freed when the process ends.
  ccuvs_library *made = calloc(1, sizeof *made);
  if (made == NULL) return ccuvs_failed(CCUVS_NO_MEMORY, "open", "out of memory");
  const char *missing = NULL;
#define CCUVS_RESOLVE(name, arguments)                                                             \
  *(void **)&made->name = resolve(context, "cuvs" #name);                                          \
  if (made->name == NULL) missing = "cuvs" #name;
  CUVS_FUNCTIONS(CCUVS_RESOLVE)
#undef CCUVS_RESOLVE
  *(void **)&made->GetLastErrorText = resolve(context, "cuvsGetLastErrorText");
  if (made->GetLastErrorText == NULL) missing = "cuvsGetLastErrorText";
  uint16_t version[3] = {0, 0, 0};
  // The version first: another one may lack a function, and that is why.
  if (made->VersionGet != NULL && made->GetLastErrorText != NULL) {
    if (made->VersionGet(&version[0], &version[1], &version[2]) == CUVS_SUCCESS) {
      for (int i = 0; i < 3; i++) made->version[i] = version[i];
      if (!is_known(made->version)) {
        char text[96];
        snprintf(text, sizeof text, "release %02d.%02d, but 26.10 or a later one of 2026 is needed",
                 version[0], version[1]);
        free(made);
        return ccuvs_failed(CCUVS_UNUSABLE, "it is cuVS", text);
      }
    }
  }
  if (missing != NULL || made->version[0] == 0) {
    free(made);
    return ccuvs_failed(CCUVS_UNUSABLE, "it is no cuVS",
                        missing == NULL ? "it has no version" : missing);
  }
  *library = made;
  return CCUVS_OK;
}

void ccuvs_version(const ccuvs_library *library, int32_t version[3]) {
  memcpy(version, library->version, sizeof library->version);
}

// Libraries that the packages of PyPI leave to Python to open first: beside cuVS's own folder.
static void open_companions(const char *path) {
  static const char *const own = "libcuvs/lib64/libcuvs_c.so";
  static const char *const companions[] = {
      "rapids_logger/lib64/librapids_logger.so",
      "librmm/lib64/librmm.so",
      "libkvikio/lib64/libkvikio.so",
      "libraft/lib64/libraft.so",
  };
  size_t length = strlen(path), tail = strlen(own);
  if (length < tail || strcmp(path + length - tail, own) != 0) return;
  for (size_t i = 0; i < sizeof companions / sizeof companions[0]; i++) {
    char companion[4096];
    int written = snprintf(companion, sizeof companion, "%.*s%s", (int)(length - tail), path,
                           companions[i]);
    if (written < 0 || (size_t)written >= sizeof companion) continue;
    // Where one fails, cuVS's own opening says what is missing.
    if (access(companion, R_OK) == 0) (void)dlopen(companion, RTLD_NOW | RTLD_LOCAL);
  }
}

static void *resolve_in_file(void *handle, const char *name) { return dlsym(handle, name); }

ccuvs_status ccuvs_open(const char *path, const ccuvs_library **library) {
  open_companions(path);
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) {
    const char *reason = dlerror();
    if (reason == NULL) reason = "no reason given";
    bool is_missing = strchr(path, '/') != NULL ? access(path, F_OK) != 0
                                                : strncmp(reason, path, strlen(path)) == 0;
    return ccuvs_failed(is_missing ? CCUVS_NOT_FOUND : CCUVS_UNUSABLE, "it cannot be opened",
                        reason);
  }
  return ccuvs_bind(resolve_in_file, handle, library);
}
