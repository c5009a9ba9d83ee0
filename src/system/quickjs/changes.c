/* Changes of files, directories and links. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "paths.h"

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
    struct place place;
    if (JS_ToInt32(ctx, &mode, argv[2]) < 0)
        return JS_EXCEPTION;
    WITH_PATH(path, argv[0], 3);
    char *bytes = bytes_from_text(ctx, argv[1], &length);
    if (bytes == NULL) {
        js_free(ctx, path.bytes);
        return JS_EXCEPTION;
    }
    bool failed = !open_place(&path, O_PATH, &place);
    if (!failed) {
        int file = openat(place.directory, place.name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        failed = file < 0;
        if (!failed) {
            failed = !write_all(file, bytes, length) || fchmod(file, (mode_t)mode) < 0 || fsync(file) < 0;
            int number = errno;
            if (failed)
                unlinkat(place.directory, place.name, 0);
            close(file);
            errno = number;
        }
        close_place(&place);
    }
    int number = errno;
    js_free(ctx, bytes);
    errno = number;
    return done(ctx, &path, failed);
}

static JSValue host_append(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    size_t length;
    WITH_PATH(path, argv[0], 2);
    char *bytes = bytes_from_text(ctx, argv[1], &length);
    if (bytes == NULL) {
        js_free(ctx, path.bytes);
        return JS_EXCEPTION;
    }
    int file = open_path(&path, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY);
    bool failed = file < 0 || !write_all(file, bytes, length);
    int number = errno;
    if (file >= 0)
        close(file);
    js_free(ctx, bytes);
    errno = number;
    return done(ctx, &path, failed);
}

/* So that a new name survives a power cut. Some file systems cannot: EINVAL, fsync(2). */
static bool sync_directory(int directory)
{
    return directory >= 0 && (fsync(directory) == 0 || errno == EINVAL);
}

/* The directory of a path that no root is above. */
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
    bool synced = sync_directory(directory);
    int number = errno;
    if (directory >= 0)
        close(directory);
    errno = number;
    return synced;
}

/* rename and link: two paths, and the root after them. A failure names the second. */
static JSValue between(JSContext *ctx, int argc, JSValueConst *argv, bool is_rename)
{
    WITH_PATH(from, argv[0], 2);
    struct place source, target;
    struct path to = take_path(ctx, argv[1], argc, argv, 2);
    if (to.bytes == NULL) {
        js_free(ctx, from.bytes);
        return JS_EXCEPTION;
    }
    bool failed = !open_place(&from, O_PATH, &source);
    if (!failed) {
        failed = !open_place(&to, is_rename ? O_RDONLY : O_PATH, &target);
        if (!failed) {
            if (!is_rename)
                failed = linkat(source.directory, source.name, target.directory, target.name, 0) < 0;
            else
                failed = renameat(source.directory, source.name, target.directory, target.name) < 0 ||
                         !(to.root == AT_FDCWD ? sync_parent(to.bytes) : sync_directory(target.directory));
            close_place(&target);
        }
        close_place(&source);
    }
    int number = errno;
    js_free(ctx, from.bytes);
    errno = number;
    return done(ctx, &to, failed);
}

static JSValue host_rename(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    return between(ctx, argc, argv, true);
}

static JSValue host_link(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    return between(ctx, argc, argv, false);
}

static JSValue unlink_path(JSContext *ctx, struct path *path, int flags)
{
    struct place place;
    bool failed = !open_place(path, O_PATH, &place);
    if (!failed) {
        failed = unlinkat(place.directory, place.name, flags) < 0;
        close_place(&place);
    }
    return done(ctx, path, failed);
}

static JSValue host_remove(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    WITH_PATH(path, argv[0], 1);
    return unlink_path(ctx, &path, 0);
}

static JSValue host_remove_directory(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    WITH_PATH(path, argv[0], 1);
    return unlink_path(ctx, &path, AT_REMOVEDIR);
}

/* Of an open file or directory; -1 stays what it is. */
static bool change_mode(int file, int32_t mode)
{
    struct stat status;
    if (file < 0 || fstat(file, &status) < 0)
        return false;
    return (status.st_mode & 07777) == (mode_t)mode || fchmod(file, (mode_t)mode) == 0;
}

/* Of its mode from the first moment; what a parent's set-group-id bit or default ACL added is taken away after. */
static JSValue host_make_directory(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    int32_t mode;
    struct place place;
    if (JS_ToInt32(ctx, &mode, argv[1]) < 0)
        return JS_EXCEPTION;
    WITH_PATH(path, argv[0], 2);
    bool failed = !open_place(&path, O_PATH, &place);
    if (!failed) {
        mode_t mask = umask(0);
        failed = mkdirat(place.directory, place.name, (mode_t)mode) < 0;
        umask(mask);
        if (!failed) {
            int made = openat(place.directory, place.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            failed = !change_mode(made, mode);
            int number = errno;
            if (made >= 0)
                close(made);
            errno = number;
        }
        close_place(&place);
    }
    return done(ctx, &path, failed);
}

static JSValue host_symlink(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    size_t length;
    struct place place;
    WITH_PATH(path, argv[1], 2);
    char *target = bytes_from_text(ctx, argv[0], &length);
    if (target == NULL) {
        js_free(ctx, path.bytes);
        return JS_EXCEPTION;
    }
    bool failed = !open_place(&path, O_PATH, &place);
    if (!failed) {
        failed = symlinkat(target, place.directory, place.name) < 0;
        close_place(&place);
    }
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
    WITH_PATH(path, argv[0], 2);
    int file = open_path(&path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    bool failed = !change_mode(file, mode);
    int number = errno;
    if (file >= 0)
        close(file);
    errno = number;
    return done(ctx, &path, failed);
}

static JSValue host_chown(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    int64_t uid, gid;
    if (JS_ToInt64(ctx, &uid, argv[1]) < 0 || JS_ToInt64(ctx, &gid, argv[2]) < 0)
        return JS_EXCEPTION;
    WITH_PATH(path, argv[0], 3);
    int file = open_path(&path, O_PATH);
    bool failed = file < 0 || fchownat(file, "", (uid_t)uid, (gid_t)gid, AT_EMPTY_PATH) < 0;
    int number = errno;
    if (file >= 0)
        close(file);
    errno = number;
    return done(ctx, &path, failed);
}

/* All take the root that they are to stay below as one argument more. */
static const JSCFunctionListEntry change_functions[] = {
    HOST_FUNCTION("create", 3, host_create),
    HOST_FUNCTION("append", 2, host_append),
    HOST_FUNCTION("rename", 2, host_rename),
    HOST_FUNCTION("link", 2, host_link),
    HOST_FUNCTION("remove", 1, host_remove),
    HOST_FUNCTION("makeDirectory", 2, host_make_directory),
    HOST_FUNCTION("removeDirectory", 1, host_remove_directory),
    HOST_FUNCTION("symlink", 2, host_symlink),
    HOST_FUNCTION("chmod", 2, host_chmod),
    HOST_FUNCTION("chown", 3, host_chown),
};

void add_change_functions(JSContext *ctx, JSValueConst host)
{
    JS_SetPropertyFunctionList(ctx, host, change_functions, sizeof(change_functions) / sizeof(change_functions[0]));
}
