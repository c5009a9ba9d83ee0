/* What is there: directories, links, files, their status. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "paths.h"

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
    WITH_PATH(path, argv[0], 1);
    int directory = open_path(&path, O_RDONLY | O_DIRECTORY);
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
    struct place place;
    WITH_PATH(path, argv[0], 1);
    if (!open_place(&path, O_PATH, &place))
        return done(ctx, &path, true);
    ssize_t length = readlinkat(place.directory, place.name, target, sizeof(target));
    close_place(&place);
    if (length < 0)
        return done(ctx, &path, true);
    js_free(ctx, path.bytes);
    return text_from_bytes(ctx, target, (size_t)length);
}

/* Is it something to read? 1: yes; 0: it is empty without being read; -1 with errno. */
static int judge_file(const struct stat *status)
{
    if (S_ISCHR(status->st_mode) && status->st_rdev == 0x103)
        return 0; /* /dev/null, 1:3: what a mask leads to */
    errno = S_ISDIR(status->st_mode) ? EISDIR : !S_ISREG(status->st_mode) ? NO_REGULAR_FILE : EFBIG;
    return S_ISREG(status->st_mode) && status->st_size <= FILE_LIMIT ? 1 : -1;
}

/*
 * Opened without waiting for a FIFO's writer; what is no file is told by its status, before a byte is read. A small file is
 * read once: one that gave just as much as it told when more was asked for is at its end, and so is an attribute of sysfs,
 * which tells 4096. procfs tells 0, and gives what it likes.
 */
static JSValue host_read(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    static char small[64 * 1024];
    struct stat status;
    struct buffer buffer = { 0 };
    WITH_PATH(path, argv[0], 1);
    int file = open_path(&path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (file < 0) {
        if (errno == ENXIO)
            errno = NO_REGULAR_FILE; /* open(2): a socket, or a device that nothing drives */
        return done(ctx, &path, true);
    }
    long count = 0;
    int readable = fstat(file, &status) < 0 ? -1 : judge_file(&status);
    if (readable > 0) {
        do {
            count = read(file, small, sizeof(small));
        } while (count < 0 && errno == EINTR);
        bool whole = count <= 0 || (count < (long)sizeof(small) && (count == status.st_size || status.st_size == 4096));
        if (count < 0) {
            readable = -1;
        } else if (!whole) {
            size_t rest = status.st_size > count ? (size_t)(status.st_size - count) + 1 : 0;
            if (buffer_reserve(&buffer, (size_t)count + rest) < 0) {
                readable = -1;
            } else {
                memcpy(buffer.bytes, small, (size_t)count);
                buffer.length = (size_t)count;
                readable = read_to_end(&buffer, file, FILE_LIMIT) < 0 ? -1 : 1;
            }
        }
    }
    int number = errno;
    close(file);
    errno = number;
    if (readable < 0) {
        buffer_free(&buffer);
        return done(ctx, &path, true);
    }
    js_free(ctx, path.bytes);
    JSValue text = buffer.bytes == NULL ? text_from_bytes(ctx, small, (size_t)count)
                                        : text_from_bytes(ctx, buffer.bytes, buffer.length);
    buffer_free(&buffer);
    return text;
}

static JSValue status_object(JSContext *ctx, const struct stat *status)
{
    char id[64], changed[32];
    const char *kind = S_ISREG(status->st_mode)   ? "file"
                       : S_ISDIR(status->st_mode) ? "directory"
                       : S_ISLNK(status->st_mode) ? "symlink"
                                                  : "other";
    snprintf(id, sizeof(id), "%llu:%llu", (unsigned long long)status->st_dev, (unsigned long long)status->st_ino);
    snprintf(changed, sizeof(changed), "%lld%09ld", (long long)status->st_ctim.tv_sec, status->st_ctim.tv_nsec);
    JSValue object = JS_NewObject(ctx);
    JS_SetPropertyStr(ctx, object, "kind", JS_NewString(ctx, kind));
    JS_SetPropertyStr(ctx, object, "mode", JS_NewInt32(ctx, (int32_t)(status->st_mode & 07777)));
    JS_SetPropertyStr(ctx, object, "uid", JS_NewInt64(ctx, status->st_uid));
    JS_SetPropertyStr(ctx, object, "gid", JS_NewInt64(ctx, status->st_gid));
    JS_SetPropertyStr(ctx, object, "size", JS_NewInt64(ctx, status->st_size));
    JS_SetPropertyStr(ctx, object, "id", JS_NewString(ctx, id));
    JS_SetPropertyStr(ctx, object, "changed", JS_NewString(ctx, changed));
    return object;
}

/* Without a root one call tells; below one a path must be opened first. */
static JSValue status_of(JSContext *ctx, struct path *path, int extra)
{
    struct stat status;
    bool failed;
    if (path->root == AT_FDCWD) {
        failed = (extra == 0 ? stat(path->bytes, &status) : lstat(path->bytes, &status)) < 0;
    } else {
        int file = open_path(path, O_PATH | extra);
        failed = file < 0 || fstat(file, &status) < 0;
        int number = errno;
        if (file >= 0)
            close(file);
        errno = number;
    }
    if (failed)
        return done(ctx, path, true);
    js_free(ctx, path->bytes);
    return status_object(ctx, &status);
}

static JSValue host_stat(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    WITH_PATH(path, argv[0], 1);
    return status_of(ctx, &path, 0);
}

static JSValue host_lstat(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    WITH_PATH(path, argv[0], 1);
    return status_of(ctx, &path, O_NOFOLLOW);
}

/* All but openRoot take the root that they are to stay below as one argument more. */
static const JSCFunctionListEntry file_functions[] = {
    HOST_FUNCTION("openRoot", 1, host_open_root),
    HOST_FUNCTION("list", 1, host_list),
    HOST_FUNCTION("readlink", 1, host_readlink),
    HOST_FUNCTION("read", 1, host_read),
    HOST_FUNCTION("stat", 1, host_stat),
    HOST_FUNCTION("lstat", 1, host_lstat),
};

void add_file_functions(JSContext *ctx, JSValueConst host)
{
    JS_SetPropertyFunctionList(ctx, host, file_functions, sizeof(file_functions) / sizeof(file_functions[0]));
    add_change_functions(ctx, host);
}
