/* Paths as arguments of the port's functions about files, and directories that they are not to lead out of. */
#ifndef FAILOVERCTL_PATHS_H
#define FAILOVERCTL_PATHS_H

#include <fcntl.h>
#include <stdbool.h>

#include "host.h"

/*
 * A path as the kernel takes it. `bytes` NULL: an exception is pending. `root` is a directory that nothing leads out of (the
 * argument after a function's own, as open_root gave it), or AT_FDCWD.
 */
struct path {
    char *bytes;
    JSValueConst text;
    bool has_nul;
    int root;
};

/* `root_index`: which argument is the root, if it is given. */
struct path take_path(JSContext *ctx, JSValueConst text, int argc, JSValueConst *argv, int root_index);

/* No file has a name with a NUL byte in it. */
#define WITH_PATH(name, argument, root_index)                                                                          \
    struct path name = take_path(ctx, argument, argc, argv, root_index);                                               \
    if ((name).bytes == NULL)                                                                                          \
        return JS_EXCEPTION;                                                                                           \
    if ((name).has_nul) {                                                                                              \
        js_free(ctx, (name).bytes);                                                                                    \
        return make_failure(ctx, ENOENT, argument);                                                                    \
    }

/* null, or the failure that errno tells. */
JSValue done(JSContext *ctx, struct path *path, bool failed);

/* open(2) of what a path leads to. */
int open_path(const struct path *path, int flags);

/* Where a path's last name is looked for, for calls that do not follow it. */
struct place {
    int directory;
    const char *name;
};

/* False, with errno. `flags`: O_PATH, or O_RDONLY where the directory is to be synced. Without a root the path is the name. */
bool open_place(const struct path *path, int flags, struct place *place);
/* errno survives it. */
void close_place(const struct place *place);

/* A directory as a root for all other functions; null where the kernel has no openat2(2). */
JSValue host_open_root(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv);

/* changes.c: puts what changes files on the host object. */
void add_change_functions(JSContext *ctx, JSValueConst host);

#endif
