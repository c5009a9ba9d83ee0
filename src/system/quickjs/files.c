/* Files, directories, links: the first half of the port. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host.h"

/* A path as the kernel takes it. `bytes` NULL: an exception is pending. */
struct path {
    char *bytes;
    JSValueConst text;
    bool has_nul;
};

static struct path take_path(JSContext *ctx, JSValueConst text)
{
    size_t length = 0;
    struct path path = { .bytes = bytes_from_text(ctx, text, &length), .text = text };
    path.has_nul = path.bytes != NULL && strlen(path.bytes) != length;
    return path;
}

/* No file has a name with a NUL byte in it. */
#define WITH_PATH(name, argument)                                                                                      \
    struct path name = take_path(ctx, argument);                                                                       \
    if ((name).bytes == NULL)                                                                                          \
        return JS_EXCEPTION;                                                                                           \
    if ((name).has_nul) {                                                                                              \
        js_free(ctx, (name).bytes);                                                                                    \
        return make_failure(ctx, ENOENT, argument);                                                                    \
    }

/* null, or the failure that errno tells. */
static JSValue done(JSContext *ctx, struct path *path, bool failed)
{
    int number = errno;
    js_free(ctx, path->bytes);
    return failed ? make_failure(ctx, number, path->text) : JS_NULL;
}

struct kernel_dirent {
    uint64_t d_ino;
    int64_t d_off;
    unsigned short d_reclen;
    unsigned char d_type;
    char d_name[];
};

/* getdents64(2) itself: the C library's buffer is small, and a directory of 4,000 links would cost many calls more. */
static JSValue host_list(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    static _Alignas(8) char entries[128 * 1024];
    WITH_PATH(path, argv[0]);
    int directory = open(path.bytes, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return done(ctx, &path, true);
    JSValue names = JS_NewArray(ctx);
    uint32_t count = 0;
    long filled;
    while ((filled = syscall(SYS_getdents64, directory, entries, sizeof(entries))) > 0) {
        for (long at = 0; at < filled;) {
            struct kernel_dirent *entry = (struct kernel_dirent *)(entries + at);
            at += entry->d_reclen;
            if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
                continue;
            JS_SetPropertyUint32(ctx, names, count++, text_from_bytes(ctx, entry->d_name, strlen(entry->d_name)));
        }
    }
    int number = errno;
    close(directory);
    if (filled < 0) {
        JS_FreeValue(ctx, names);
        errno = number;
        return done(ctx, &path, true);
    }
    js_free(ctx, path.bytes);
    return names;
}

static JSValue host_readlink(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    char target[4097];
    WITH_PATH(path, argv[0]);
    ssize_t length = readlink(path.bytes, target, sizeof(target));
    if (length < 0)
        return done(ctx, &path, true);
    js_free(ctx, path.bytes);
    return text_from_bytes(ctx, target, (size_t)length);
}

/* To the end, not to the size that the inode tells: sysfs says 4096, procfs 0. */
static JSValue read_to_end(JSContext *ctx, int file, JSValueConst path)
{
    struct buffer buffer = { 0 };
    long count;
    while ((count = buffer_read(&buffer, file)) > 0)
        ;
    JSValue text = count < 0 ? make_failure(ctx, errno, path) : text_from_bytes(ctx, buffer.bytes, buffer.length);
    buffer_free(&buffer);
    return text;
}

static JSValue host_read(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    WITH_PATH(path, argv[0]);
    int file = open(path.bytes, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return done(ctx, &path, true);
    js_free(ctx, path.bytes);
    JSValue text = read_to_end(ctx, file, argv[0]);
    close(file);
    return text;
}

static JSValue host_stdin(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    JSValue name = JS_NewString(ctx, "standard input");
    JSValue text = read_to_end(ctx, STDIN_FILENO, name);
    JS_FreeValue(ctx, name);
    return text;
}

static JSValue status_object(JSContext *ctx, const struct stat *status)
{
    char id[64];
    const char *kind = S_ISREG(status->st_mode)   ? "file"
                       : S_ISDIR(status->st_mode) ? "directory"
                       : S_ISLNK(status->st_mode) ? "symlink"
                                                  : "other";
    snprintf(id, sizeof(id), "%llu:%llu", (unsigned long long)status->st_dev, (unsigned long long)status->st_ino);
    JSValue object = JS_NewObject(ctx);
    JS_SetPropertyStr(ctx, object, "kind", JS_NewString(ctx, kind));
    JS_SetPropertyStr(ctx, object, "mode", JS_NewInt32(ctx, (int32_t)(status->st_mode & 07777)));
    JS_SetPropertyStr(ctx, object, "uid", JS_NewInt64(ctx, status->st_uid));
    JS_SetPropertyStr(ctx, object, "gid", JS_NewInt64(ctx, status->st_gid));
    JS_SetPropertyStr(ctx, object, "size", JS_NewInt64(ctx, status->st_size));
    JS_SetPropertyStr(ctx, object, "id", JS_NewString(ctx, id));
    return object;
}

static JSValue host_stat(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    struct stat status;
    WITH_PATH(path, argv[0]);
    if (stat(path.bytes, &status) < 0)
        return done(ctx, &path, true);
    js_free(ctx, path.bytes);
    return status_object(ctx, &status);
}

static JSValue host_lstat(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    struct stat status;
    WITH_PATH(path, argv[0]);
    if (lstat(path.bytes, &status) < 0)
        return done(ctx, &path, true);
    js_free(ctx, path.bytes);
    return status_object(ctx, &status);
}

static bool write_all(int file, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t count = write(file, bytes, length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return false;
        bytes += count;
        length -= (size_t)count;
    }
    return true;
}

/* A file that could not be written whole is taken away again: the caller sees all of it or nothing. */
static JSValue host_create(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    int32_t mode;
    size_t length;
    if (JS_ToInt32(ctx, &mode, argv[2]) < 0)
        return JS_EXCEPTION;
    WITH_PATH(path, argv[0]);
    char *bytes = bytes_from_text(ctx, argv[1], &length);
    if (bytes == NULL) {
        js_free(ctx, path.bytes);
        return JS_EXCEPTION;
    }
    int file = open(path.bytes, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool failed = file < 0;
    if (!failed) {
        failed = !write_all(file, bytes, length) || fchmod(file, (mode_t)mode) < 0 || fsync(file) < 0;
        int number = errno;
        if (failed)
            unlink(path.bytes);
        close(file);
        errno = number;
    }
    int number = errno;
    js_free(ctx, bytes);
    errno = number;
    return done(ctx, &path, failed);
}

static JSValue host_write(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    size_t length;
    WITH_PATH(path, argv[0]);
    char *bytes = bytes_from_text(ctx, argv[1], &length);
    if (bytes == NULL) {
        js_free(ctx, path.bytes);
        return JS_EXCEPTION;
    }
    int file = open(path.bytes, O_WRONLY | O_CLOEXEC);
    bool failed = file < 0 || !write_all(file, bytes, length);
    int number = errno;
    if (file >= 0)
        close(file);
    js_free(ctx, bytes);
    errno = number;
    return done(ctx, &path, failed);
}

/* Syncs the directory of a path, so that a new name survives a power cut. Some file systems cannot: EINVAL, fsync(2). */
static bool sync_parent(char *path)
{
    char *slash = strrchr(path, '/');
    if (slash == NULL)
        return true;
    char kept = slash[1];
    slash[slash == path ? 1 : 0] = '\0';
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (slash == path)
        slash[1] = kept;
    else
        slash[0] = '/';
    if (directory < 0)
        return false;
    bool failed = fsync(directory) < 0 && errno != EINVAL;
    int number = errno;
    close(directory);
    errno = number;
    return !failed;
}

static JSValue host_rename(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    WITH_PATH(from, argv[0]);
    struct path to = take_path(ctx, argv[1]);
    if (to.bytes == NULL) {
        js_free(ctx, from.bytes);
        return JS_EXCEPTION;
    }
    bool failed = rename(from.bytes, to.bytes) < 0 || !sync_parent(to.bytes);
    int number = errno;
    js_free(ctx, from.bytes);
    errno = number;
    return done(ctx, &to, failed);
}

static JSValue host_remove(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    WITH_PATH(path, argv[0]);
    return done(ctx, &path, unlink(path.bytes) < 0);
}

static JSValue host_make_directory(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    int32_t mode;
    if (JS_ToInt32(ctx, &mode, argv[1]) < 0)
        return JS_EXCEPTION;
    WITH_PATH(path, argv[0]);
    return done(ctx, &path, mkdir(path.bytes, (mode_t)mode) < 0 || chmod(path.bytes, (mode_t)mode) < 0);
}

static JSValue host_remove_directory(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    WITH_PATH(path, argv[0]);
    return done(ctx, &path, rmdir(path.bytes) < 0);
}

static JSValue host_symlink(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    size_t length;
    WITH_PATH(path, argv[1]);
    char *target = bytes_from_text(ctx, argv[0], &length);
    if (target == NULL) {
        js_free(ctx, path.bytes);
        return JS_EXCEPTION;
    }
    bool failed = symlink(target, path.bytes) < 0;
    int number = errno;
    js_free(ctx, target);
    errno = number;
    return done(ctx, &path, failed);
}

static JSValue host_chmod(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    int32_t mode;
    if (JS_ToInt32(ctx, &mode, argv[1]) < 0)
        return JS_EXCEPTION;
    WITH_PATH(path, argv[0]);
    return done(ctx, &path, chmod(path.bytes, (mode_t)mode) < 0);
}

static JSValue host_chown(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    int64_t uid, gid;
    if (JS_ToInt64(ctx, &uid, argv[1]) < 0 || JS_ToInt64(ctx, &gid, argv[2]) < 0)
        return JS_EXCEPTION;
    WITH_PATH(path, argv[0]);
    return done(ctx, &path, chown(path.bytes, (uid_t)uid, (gid_t)gid) < 0);
}

/*
 * A reader that has gone away (EPIPE) ends the program as SIGPIPE would end cat(1): 128 + 13. Any other failure of standard
 * output is said; nothing can be said of one of standard error.
 */
static JSValue write_stream(JSContext *ctx, int file, JSValueConst text)
{
    size_t length;
    char *bytes = bytes_from_text(ctx, text, &length);
    if (bytes == NULL)
        return JS_EXCEPTION;
    for (size_t at = 0; at < length;) {
        ssize_t count = write(file, bytes + at, length - at);
        if (count >= 0) {
            at += (size_t)count;
        } else if (errno == EAGAIN) {
            usleep(5000);
        } else if (errno != EINTR) {
            if (errno == EPIPE && file == STDOUT_FILENO)
                _exit(141);
            if (file == STDOUT_FILENO)
                dprintf(STDERR_FILENO, "failoverctl: cannot write standard output: %s\n", errno_name(errno));
            _exit(3);
        }
    }
    js_free(ctx, bytes);
    return JS_UNDEFINED;
}

static JSValue host_out(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    return write_stream(ctx, STDOUT_FILENO, argv[0]);
}

static JSValue host_err(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    return write_stream(ctx, STDERR_FILENO, argv[0]);
}

static JSValue host_is_terminal(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    const char *stream = JS_ToCString(ctx, argv[0]);
    if (stream == NULL)
        return JS_EXCEPTION;
    bool answer = isatty(strcmp(stream, "stdout") == 0 ? STDOUT_FILENO : STDERR_FILENO) == 1;
    JS_FreeCString(ctx, stream);
    return JS_NewBool(ctx, answer);
}

static const JSCFunctionListEntry file_functions[] = {
    HOST_FUNCTION("list", 1, host_list),
    HOST_FUNCTION("readlink", 1, host_readlink),
    HOST_FUNCTION("read", 1, host_read),
    HOST_FUNCTION("stat", 1, host_stat),
    HOST_FUNCTION("lstat", 1, host_lstat),
    HOST_FUNCTION("create", 3, host_create),
    HOST_FUNCTION("write", 2, host_write),
    HOST_FUNCTION("rename", 2, host_rename),
    HOST_FUNCTION("remove", 1, host_remove),
    HOST_FUNCTION("makeDirectory", 2, host_make_directory),
    HOST_FUNCTION("removeDirectory", 1, host_remove_directory),
    HOST_FUNCTION("symlink", 2, host_symlink),
    HOST_FUNCTION("chmod", 2, host_chmod),
    HOST_FUNCTION("chown", 3, host_chown),
    HOST_FUNCTION("stdin", 0, host_stdin),
    HOST_FUNCTION("out", 1, host_out),
    HOST_FUNCTION("err", 1, host_err),
    HOST_FUNCTION("isTerminal", 1, host_is_terminal),
};

void add_file_functions(JSContext *ctx, JSValueConst host)
{
    JS_SetPropertyFunctionList(ctx, host, file_functions, sizeof(file_functions) / sizeof(file_functions[0]));
}
