/* The standard streams. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host.h"

static JSValue host_stdin(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    struct buffer buffer = { 0 };
    int32_t limit = 0;
    JS_ToInt32(ctx, &limit, argv[0]); /* undefined is 0 */
    if (limit == 0)
        limit = FILE_LIMIT;
    JSValue name = JS_NewString(ctx, "standard input");
    JSValue text = read_to_end(&buffer, STDIN_FILENO, (size_t)limit) < 0 ? make_failure(ctx, errno, name)
                                                          : text_from_bytes(ctx, buffer.bytes, buffer.length);
    buffer_free(&buffer);
    JS_FreeValue(ctx, name);
    return text;
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

static JSValue host_columns(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    struct winsize size;
    bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? JS_NewInt32(ctx, size.ws_col) : JS_NULL;
}

static const JSCFunctionListEntry stream_functions[] = {
    HOST_FUNCTION("stdin", 1, host_stdin),
    HOST_FUNCTION("out", 1, host_out),
    HOST_FUNCTION("err", 1, host_err),
    HOST_FUNCTION("isTerminal", 1, host_is_terminal),
    HOST_FUNCTION("columns", 0, host_columns),
};

void add_stream_functions(JSContext *ctx, JSValueConst host)
{
    JS_SetPropertyFunctionList(ctx, host, stream_functions, sizeof(stream_functions) / sizeof(stream_functions[0]));
}
