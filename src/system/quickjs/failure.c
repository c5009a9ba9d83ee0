/* Failures as values, by errno(3) name, and buffers that grow. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "host.h"

#define NAME(constant) { constant, #constant }

struct name {
    int number;
    const char *name;
};

static const struct name errno_names[] = {
    NAME(EPERM), NAME(ENOENT), NAME(ESRCH), NAME(EINTR), NAME(EIO), NAME(ENXIO), NAME(E2BIG), NAME(ENOEXEC),
    NAME(EBADF), NAME(ECHILD), NAME(EAGAIN), NAME(ENOMEM), NAME(EACCES), NAME(EFAULT), NAME(ENOTBLK), NAME(EBUSY),
    NAME(EEXIST), NAME(EXDEV), NAME(ENODEV), NAME(ENOTDIR), NAME(EISDIR), NAME(EINVAL), NAME(ENFILE), NAME(EMFILE),
    NAME(ENOTTY), NAME(ETXTBSY), NAME(EFBIG), NAME(ENOSPC), NAME(ESPIPE), NAME(EROFS), NAME(EMLINK), NAME(EPIPE),
    NAME(ERANGE), NAME(EDEADLK), NAME(ENAMETOOLONG), NAME(ENOLCK), NAME(ENOSYS), NAME(ENOTEMPTY), NAME(ELOOP),
    NAME(ENODATA), NAME(ETIME), NAME(EPROTO), NAME(EOVERFLOW), NAME(EUSERS), NAME(EOPNOTSUPP), NAME(EADDRINUSE),
    NAME(ENETDOWN), NAME(ENETUNREACH), NAME(ECONNRESET), NAME(ETIMEDOUT), NAME(ECONNREFUSED), NAME(EALREADY),
    NAME(EINPROGRESS), NAME(ESTALE), NAME(EDQUOT), NAME(ECANCELED),
    { NO_REGULAR_FILE, "EFTYPE" },
};

static const struct name signal_names[] = {
    NAME(SIGHUP), NAME(SIGINT), NAME(SIGQUIT), NAME(SIGILL), NAME(SIGTRAP), NAME(SIGABRT), NAME(SIGBUS), NAME(SIGFPE),
    NAME(SIGKILL), NAME(SIGUSR1), NAME(SIGSEGV), NAME(SIGUSR2), NAME(SIGPIPE), NAME(SIGALRM), NAME(SIGTERM),
    NAME(SIGSTKFLT), NAME(SIGCHLD), NAME(SIGXCPU), NAME(SIGXFSZ), NAME(SIGVTALRM), NAME(SIGPROF), NAME(SIGIO),
    NAME(SIGPWR), NAME(SIGSYS),
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *find_name(const struct name *table, size_t count, int number)
{
    for (size_t index = 0; index < count; index++)
        if (table[index].number == number)
            return table[index].name;
    return NULL;
}

const char *errno_name(int number)
{
    static char other[16];
    const char *name = find_name(errno_names, COUNT(errno_names), number);
    if (name != NULL)
        return name;
    snprintf(other, sizeof(other), "E%d", number);
    return other;
}

const char *signal_name(int number)
{
    static char other[16];
    const char *name = find_name(signal_names, COUNT(signal_names), number);
    if (name != NULL)
        return name;
    snprintf(other, sizeof(other), "SIG%d", number);
    return other;
}

JSValue make_failure(JSContext *ctx, int number, JSValueConst path)
{
    JSValue failure = JS_NewObject(ctx);
    JS_SetPropertyStr(ctx, failure, "errno", JS_NewString(ctx, errno_name(number)));
    JS_SetPropertyStr(ctx, failure, "path", JS_DupValue(ctx, path));
    return failure;
}

int buffer_reserve(struct buffer *buffer, size_t more)
{
    if (buffer->capacity - buffer->length >= more)
        return 0;
    size_t capacity = buffer->capacity * 2 > buffer->length + more ? buffer->capacity * 2 : buffer->length + more;
    char *bytes = realloc(buffer->bytes, capacity);
    if (bytes == NULL) {
        errno = ENOMEM;
        return -1;
    }
    buffer->bytes = bytes;
    buffer->capacity = capacity;
    return 0;
}

long buffer_read(struct buffer *buffer, int file)
{
    if (buffer_reserve(buffer, 4096) < 0)
        return -1;
    ssize_t count;
    do {
        count = read(file, buffer->bytes + buffer->length, buffer->capacity - buffer->length);
    } while (count < 0 && errno == EINTR);
    if (count > 0)
        buffer->length += (size_t)count;
    return count;
}

int read_to_end(struct buffer *buffer, int file, size_t limit)
{
    long count;
    while ((count = buffer_read(buffer, file)) > 0)
        if (buffer->length > limit) {
            errno = EFBIG;
            return -1;
        }
    return count < 0 ? -1 : 0;
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->bytes);
    buffer->bytes = NULL;
    buffer->length = buffer->capacity = 0;
}
