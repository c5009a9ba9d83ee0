/* Paths, and the directories that they stay below. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "paths.h"

struct path take_path(JSContext *ctx, JSValueConst text, int argc, JSValueConst *argv, int root_index)
{
    size_t length = 0;
    int32_t root = AT_FDCWD;
    if (argc > root_index && JS_ToInt32(ctx, &root, argv[root_index]) < 0)
        return (struct path){ .bytes = NULL };
    struct path path = { .bytes = bytes_from_text(ctx, text, &length), .text = text, .root = root };
    path.has_nul = path.bytes != NULL && strlen(path.bytes) != length;
    return path;
}

JSValue done(JSContext *ctx, struct path *path, bool failed)
{
    int number = errno;
    js_free(ctx, path->bytes);
    return failed ? make_failure(ctx, number, path->text) : JS_NULL;
}

/* openat2(2), Linux 5.6: musl has no name for it, and its header is not among the C library's. */
#define SYSTEM_CALL_OPENAT2 437
#define RESOLVE_IN_ROOT 0x10
struct open_how {
    uint64_t flags, mode, resolve;
};

static int open_below(int root, const char *bytes, int flags)
{
    struct open_how how = { .flags = (unsigned)(flags | O_CLOEXEC), .resolve = RESOLVE_IN_ROOT };
    /* EAGAIN: something was renamed while the kernel was on its way through '..' */
    for (int attempt = 0;; attempt++) {
        int file = (int)syscall(SYSTEM_CALL_OPENAT2, root, bytes, &how, sizeof(how));
        if (file >= 0 || (errno != EAGAIN && errno != EINTR) || attempt == 100)
            return file;
    }
}

/* Without musl's open(), which sets O_CLOEXEC once more by fcntl(2), for Linux before 2.6.23. */
int open_path(const struct path *path, int flags)
{
    if (path->root != AT_FDCWD)
        return open_below(path->root, path->bytes, flags);
    return (int)syscall(SYS_openat, AT_FDCWD, path->bytes, flags | O_CLOEXEC);
}

bool open_place(const struct path *path, int flags, struct place *place)
{
    *place = (struct place){ .directory = AT_FDCWD, .name = path->bytes };
    if (path->root == AT_FDCWD)
        return true;
    char *slash = strrchr(path->bytes, '/');
    place->name = slash == NULL ? path->bytes : slash + 1;
    if (*place->name == '\0')
        place->name = "."; /* the root itself */
    if (strcmp(place->name, "..") == 0) {
        errno = EINVAL;
        return false;
    }
    char *parent = slash == NULL || slash == path->bytes ? strdup("/") : strndup(path->bytes, (size_t)(slash - path->bytes));
    if (parent == NULL)
        return false;
    place->directory = open_below(path->root, parent, flags | O_DIRECTORY);
    int number = errno;
    free(parent);
    errno = number;
    return place->directory >= 0;
}

void close_place(const struct place *place)
{
    int number = errno;
    if (place->directory >= 0)
        close(place->directory);
    errno = number;
}

JSValue host_open_root(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    WITH_PATH(path, argv[0], 1);
    int root = open(path.bytes, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return done(ctx, &path, true);
    js_free(ctx, path.bytes);
    int probe = open_below(root, "/", O_PATH);
    if (probe < 0) {
        close(root);
        return JS_NULL;
    }
    close(probe);
    return JS_NewInt32(ctx, root);
}
