/*
 * The static executable's side of the System port (../system.ts): what the C files share. Each function that JavaScript
 * sees takes and returns exactly what ../quickjs.ts declares.
 */
#ifndef FAILOVERCTL_HOST_H
#define FAILOVERCTL_HOST_H

#include <stddef.h>
#include <stdint.h>

#include "quickjs.h"

/* text.c: text is bytes, as in ../bytes.ts */
JSValue text_from_bytes(JSContext *ctx, const char *bytes, size_t length);
/* Terminated by a NUL that *length does not count; free with js_free. NULL: an exception is pending. */
char *bytes_from_text(JSContext *ctx, JSValueConst text, size_t *length);

/* failure.c */
/* Where a regular file is expected and something else is: BSD's EFTYPE, for which Linux has no number. */
#define NO_REGULAR_FILE 100000
const char *errno_name(int number);
const char *signal_name(int number);
/* { errno, path } */
JSValue make_failure(JSContext *ctx, int number, JSValueConst path);

/* A growing run of bytes. */
struct buffer {
    char *bytes;
    size_t length, capacity;
};
/* 0, or -1 with errno. */
int buffer_reserve(struct buffer *buffer, size_t more);
/* Reads once; what read(2) returns. */
long buffer_read(struct buffer *buffer, int file);
/* To the end, at most `limit` bytes: EFBIG, and it is not read on. 0, or -1 with errno. */
int read_to_end(struct buffer *buffer, int file, size_t limit);
void buffer_free(struct buffer *buffer);

/* A function of the host object; enumerable, since ../quickjs.ts copies them. */
#define HOST_FUNCTION(name, length, function)                                                                          \
    { name, JS_PROP_C_W_E, JS_DEF_CFUNC, 0, .u = { .func = { length, JS_CFUNC_generic, { .generic = function } } } }

/* The most that is read of one file: fileLimit of ../system.ts. */
#define FILE_LIMIT (64 * 1024 * 1024)

/* files.c (and changes.c), streams.c, processes.c: put their functions on the host object. */
void add_file_functions(JSContext *ctx, JSValueConst host);
void add_stream_functions(JSContext *ctx, JSValueConst host);
void add_process_functions(JSContext *ctx, JSValueConst host, int argc, char **argv);

#endif
