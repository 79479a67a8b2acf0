/* Injects faults into system calls. It is preloaded before the C library, and reads the file that BAD_SYSTEM
   names. Its only line has four numbers: how long an fsync takes in milliseconds, the error of a write to a
   file, the error of an fsync, and how far the clock is ahead in seconds. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct system { long sync_ms; int write_error, sync_error; long clock_seconds; };

static struct system now(void) {
  struct system is = {0};
  int kept = errno, file = open(getenv("BAD_SYSTEM"), O_RDONLY | O_CLOEXEC);
  char line[128];
  ssize_t length = file < 0 ? 0 : pread(file, line, sizeof line - 1, 0);
  if (length > 0) {
    line[length] = 0;
    sscanf(line, "%ld %d %d %ld", &is.sync_ms, &is.write_error, &is.sync_error, &is.clock_seconds);
  }
  if (file >= 0) close(file);
  errno = kept;
  return is;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int is_broken(int file) {
  struct stat about;
  int error = now().write_error;
  if (!error || file <= 2 || fstat(file, &about) || !S_ISREG(about.st_mode)) return 0;
  errno = error;
  return 1;
}

ssize_t write(int file, const void *from, size_t length) {
  return is_broken(file) ? -1 : REAL(write)(file, from, length);
}

ssize_t pwrite64(int file, const void *from, size_t length, off64_t at) {
  return is_broken(file) ? -1 : REAL(pwrite64)(file, from, length, at);
}

static int sync_with(int (*real)(int), int file) {
  struct system is = now();
  usleep(is.sync_ms * 1000);
  if (!is.sync_error) return real(file);
  errno = is.sync_error;
  return -1;
}

int fsync(int file) { return sync_with(REAL(fsync), file); }

int fdatasync(int file) { return sync_with(REAL(fdatasync), file); }

int clock_gettime(clockid_t clock, struct timespec *time) {
  int answer = REAL(clock_gettime)(clock, time);
  if (!answer && clock == CLOCK_REALTIME) time->tv_sec += now().clock_seconds;
  return answer;
}
