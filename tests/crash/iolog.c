/* Sees every write of a process below one folder: records it, ends the process at it, freezes it, or refuses it.
   Loaded with LD_PRELOAD; tests/crash/shim.py says what the numbers mean. */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum { RECORD, KILL_BEFORE, KILL_WITHIN, REFUSE, FREEZE };
enum { ONCE, FOR_GOOD };

static char root[PATH_MAX], only[64];
static size_t root_length;
static int log_fd = -1, action, failure, lasting, with_reads, silent, armed;
static long nth, seen, struck;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

struct head { uint8_t kind, pad; uint16_t path_length, other_length, pad2; uint64_t offset, length; };

void iolog_arm(const char *folder, const char *record, int what, long at, int number, int how, int reads,
               int prints, const char *ending)
{
    pthread_mutex_lock(&lock);
    snprintf(root, sizeof root, "%s", folder);
    root_length = strlen(root);
    if (log_fd >= 0) { syscall(SYS_close, log_fd); log_fd = -1; }
    if (record && *record)
        log_fd = syscall(SYS_openat, AT_FDCWD, record, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    action = what; nth = at; failure = number; lasting = how; with_reads = reads; silent = prints;
    snprintf(only, sizeof only, "%s", ending);
    seen = struck = 0;
    armed = root_length > 0;
    pthread_mutex_unlock(&lock);
}

long iolog_seen(void) { return seen; }
long iolog_struck(void) { return struck; }

static void put(const void *bytes, size_t length)
{
    const char *from = bytes;
    while (length) {
        ssize_t done = syscall(SYS_write, log_fd, from, length);
        if (done <= 0) return;
        from += done; length -= done;
    }
}

static void note(char kind, const char *path, const char *other, uint64_t offset, uint64_t length, const void *bytes)
{
    if (log_fd < 0) return;
    struct head head = {(uint8_t)kind, 0, (uint16_t)strlen(path), (uint16_t)strlen(other), 0, offset, length};
    put(&head, sizeof head);
    put(path, head.path_length);
    put(other, head.other_length);
    if (bytes) put(bytes, length);
}

static int below(const char *path)
{
    return armed && !strncmp(path, root, root_length) && (!path[root_length] || path[root_length] == '/');
}

/* The path of a descriptor, when it is one below the folder. */
static int ours(int fd, char *path)
{
    if (!armed || fd < 0 || fd == log_fd) return 0;
    char link[40];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return below(path);
}

/* The absolute path of a name that need not be there. */
static int named(int folder, const char *name, char *path)
{
    if (!armed || !name) return 0;
    if (*name == '/') { snprintf(path, PATH_MAX, "%s", name); return below(path); }
    char start[PATH_MAX];
    if (folder == AT_FDCWD) { if (!getcwd(start, sizeof start)) return 0; }
    else if (!ours(folder, start)) return 0;
    if (snprintf(path, PATH_MAX, "%s/%s", start, name) >= PATH_MAX) return 0;
    return below(path);
}

/* Counts an operation, on files with the chosen ending. 0: go on; 1: refuse it; 2: do half of it, and then die or refuse. */
static int strike(const char *path)
{
    size_t length = strlen(path), ending = strlen(only);
    if (ending && (length < ending || strcmp(path + length - ending, only))) return 0;
    seen++;
    if (!nth || seen < nth || (seen > nth && !(action == REFUSE && lasting == FOR_GOOD))) return 0;
    struck = struck ? struck : seen;
    if (action == KILL_BEFORE) { kill(getpid(), SIGKILL); for (;;) pause(); }
    if (action == FREEZE) { kill(getpid(), SIGSTOP); return 0; }
    if (action == KILL_WITHIN) return 2;
    return action == REFUSE;
}

static void die(void) { kill(getpid(), SIGKILL); for (;;) pause(); }

#define BEGIN pthread_mutex_lock(&lock)
#define END do { int kept_ = errno; pthread_mutex_unlock(&lock); errno = kept_; } while (0)

static ssize_t real_write(int fd, const void *bytes, size_t length, off_t offset, int placed)
{
    return placed ? syscall(SYS_pwrite64, fd, bytes, length, offset) : syscall(SYS_write, fd, bytes, length);
}

static ssize_t any_write(int fd, const void *bytes, size_t length, off_t offset, int placed)
{
    char path[PATH_MAX];
    if (armed && fd == 1 && !placed) {
        BEGIN;
        int struck_here = strike("");
        if (silent) struck_here = 0;
        if (struck_here == 1) { END; errno = failure; return -1; }
        ssize_t done = real_write(fd, bytes, struck_here ? length / 2 : length, 0, 0);
        if (struck_here == 2) die();
        if (done > 0) note('P', "", "", 0, done, bytes);
        END;
        return done;
    }
    if (!ours(fd, path)) return real_write(fd, bytes, length, offset, placed);
    BEGIN;
    int struck_here = strike(path);
    if (struck_here == 1 && !(failure == ENOSPC && seen == struck && length > 1)) { END; errno = failure; return -1; }
    size_t wanted = struck_here ? length / 2 : length;
    if (!placed) {
        struct stat found;
        int flags = fcntl(fd, F_GETFL);
        offset = (flags & O_APPEND) && !fstat(fd, &found) ? found.st_size : lseek(fd, 0, SEEK_CUR);
    }
    ssize_t done = real_write(fd, bytes, wanted, offset, placed);
    if (struck_here == 2) die();
    if (done > 0) note('W', path, "", offset, done, bytes);
    if (struck_here == 1 && lasting == ONCE) nth = seen + 1; /* what is left of it is what finds no room */
    END;
    return done;
}

ssize_t write(int fd, const void *bytes, size_t length) { return any_write(fd, bytes, length, 0, 0); }
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) { return any_write(fd, bytes, length, at, 1); }
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) { return any_write(fd, bytes, length, at, 1); }

static ssize_t any_read(int fd, void *bytes, size_t length, off_t offset, int placed)
{
    char path[PATH_MAX];
    if (with_reads && ours(fd, path)) {
        BEGIN;
        int refused = strike(path);
        END;
        if (refused) { errno = failure; return -1; }
    }
    return placed ? syscall(SYS_pread64, fd, bytes, length, offset) : syscall(SYS_read, fd, bytes, length);
}

ssize_t read(int fd, void *bytes, size_t length) { return any_read(fd, bytes, length, 0, 0); }
ssize_t pread(int fd, void *bytes, size_t length, off_t at) { return any_read(fd, bytes, length, at, 1); }
ssize_t pread64(int fd, void *bytes, size_t length, off64_t at) { return any_read(fd, bytes, length, at, 1); }

/* An operation that is done or not: struck, carried out, recorded when it went well. */
#define WHOLE(mine, path, other, kind, offset, length, call) \
    do { \
        if (!(mine)) return call; \
        BEGIN; \
        int struck_here = strike(path); \
        if (struck_here == 1) { END; errno = failure; return -1; } \
        long done = call; \
        if (struck_here == 2) die(); \
        if (done >= 0) note(kind, path, other, offset, length, 0); \
        END; \
        return done; \
    } while (0)

int fsync(int fd)
{
    char path[PATH_MAX];
    WHOLE(ours(fd, path), path, "", 'S', 0, 0, syscall(SYS_fsync, fd));
}

int fdatasync(int fd)
{
    char path[PATH_MAX];
    WHOLE(ours(fd, path), path, "", 'S', 0, 0, syscall(SYS_fdatasync, fd));
}

int ftruncate(int fd, off_t length)
{
    char path[PATH_MAX];
    WHOLE(ours(fd, path), path, "", 'T', 0, length, syscall(SYS_ftruncate, fd, length));
}
int ftruncate64(int fd, off64_t length) { return ftruncate(fd, length); }

int unlinkat(int folder, const char *name, int flags)
{
    char path[PATH_MAX];
    WHOLE(named(folder, name, path), path, "", 'U', 0, 0, syscall(SYS_unlinkat, folder, name, flags));
}
int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }
int remove(const char *name) { return unlinkat(AT_FDCWD, name, 0); }

int renameat(int folder, const char *name, int folder2, const char *name2)
{
    char path[PATH_MAX], other[PATH_MAX];
    int mine = named(folder, name, path) & named(folder2, name2, other);
    WHOLE(mine, path, other, 'R', 0, 0, syscall(SYS_renameat, folder, name, folder2, name2));
}
int rename(const char *name, const char *name2) { return renameat(AT_FDCWD, name, AT_FDCWD, name2); }

int linkat(int folder, const char *name, int folder2, const char *name2, int flags)
{
    char path[PATH_MAX], other[PATH_MAX];
    int mine = named(folder, name, path) & named(folder2, name2, other);
    WHOLE(mine, path, other, 'L', 0, 0, syscall(SYS_linkat, folder, name, folder2, name2, flags));
}
int link(const char *name, const char *name2) { return linkat(AT_FDCWD, name, AT_FDCWD, name2, 0); }

int mkdirat(int folder, const char *name, mode_t mode)
{
    char path[PATH_MAX];
    WHOLE(named(folder, name, path), path, "", 'M', 0, 0, syscall(SYS_mkdirat, folder, name, mode));
}
int mkdir(const char *name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }

static int any_open(int folder, const char *name, int flags, mode_t mode)
{
    char path[PATH_MAX];
    if (!(flags & (O_CREAT | O_TRUNC)) || (flags & O_TMPFILE) == O_TMPFILE || !named(folder, name, path))
        return syscall(SYS_openat, folder, name, flags, mode);
    BEGIN;
    int there = !syscall(SYS_faccessat, folder, name, F_OK);
    int struck_here = strike(path);
    if (struck_here == 1 && !(failure == ENOSPC && there)) { END; errno = failure; return -1; }
    int fd = syscall(SYS_openat, folder, name, flags, mode);
    if (struck_here == 2) die();
    if (fd >= 0 && !there) note('C', path, "", 0, 0, 0);
    if (fd >= 0 && there && (flags & O_TRUNC)) note('T', path, "", 0, 0, 0);
    END;
    return fd;
}

#define OPENED(name, first) \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, int); va_end(rest); } \
    return any_open(first, name, flags, mode)

int open(const char *name, int flags, ...) { OPENED(name, AT_FDCWD); }
int open64(const char *name, int flags, ...) { OPENED(name, AT_FDCWD); }
int openat(int folder, const char *name, int flags, ...) { OPENED(name, folder); }
int openat64(int folder, const char *name, int flags, ...) { OPENED(name, folder); }

/* Copies inside the kernel would not be seen: whoever asks falls back to reading and writing. */
ssize_t sendfile64(int to, int from, off64_t *offset, size_t count)
{
    char path[PATH_MAX];
    if (ours(to, path)) { errno = ENOSYS; return -1; }
    return syscall(SYS_sendfile, to, from, offset, count);
}
ssize_t sendfile(int to, int from, off_t *offset, size_t count) { return sendfile64(to, from, offset, count); }
ssize_t copy_file_range(int from, off64_t *at, int to, off64_t *at2, size_t length, unsigned flags)
{
    char path[PATH_MAX];
    if (ours(to, path)) { errno = ENOSYS; return -1; }
    return syscall(SYS_copy_file_range, from, at, to, at2, length, flags);
}
