/* Other programs, signals, time and what the process knows of itself: the second half of the port. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host.h"

extern char **environ;

struct child {
    pid_t pid;
    int input, output, errors; /* our ends of its pipes; -1: closed */
};

static void close_end(int *file)
{
    if (*file >= 0)
        close(*file);
    *file = -1;
}

/* What a program finds at its start, whatever this one has ignored or blocked. */
static void reset_signals(void)
{
    struct sigaction ordinary = { .sa_handler = SIG_DFL };
    for (int number = 1; number < NSIG; number += 1)
        if (number != SIGKILL && number != SIGSTOP)
            sigaction(number, &ordinary, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/*
 * 0, or the errno(3) of what failed, execvp(3) in the child included: it says so through a pipe that a successful exec
 * closes.
 */
static int start_child(char **arguments, char **environment, struct child *child)
{
    int pipes[4][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 }, { -1, -1 } }; /* input, output, errors, report */
    int number = 0;
    for (int index = 0; index < 4 && number == 0; index += 1)
        if (pipe2(pipes[index], O_CLOEXEC) < 0)
            number = errno;
    child->pid = number == 0 ? fork() : -1;
    if (number == 0 && child->pid < 0)
        number = errno;
    if (child->pid == 0) {
        reset_signals();
        dup2(pipes[0][0], STDIN_FILENO);
        dup2(pipes[1][1], STDOUT_FILENO);
        dup2(pipes[2][1], STDERR_FILENO);
        environ = environment;
        execvp(arguments[0], arguments);
        number = errno;
        if (write(pipes[3][1], &number, sizeof(number)) < 0)
            _exit(126);
        _exit(127);
    }
    close_end(&pipes[0][0]);
    close_end(&pipes[1][1]);
    close_end(&pipes[2][1]);
    close_end(&pipes[3][1]);
    if (child->pid > 0) {
        ssize_t count;
        do {
            count = read(pipes[3][0], &number, sizeof(number));
        } while (count < 0 && errno == EINTR);
        if (count == (ssize_t)sizeof(number))
            waitpid(child->pid, NULL, 0);
        else
            number = 0;
    }
    close_end(&pipes[3][0]);
    child->input = pipes[0][1];
    child->output = pipes[1][0];
    child->errors = pipes[2][0];
    if (number != 0) {
        close_end(&child->input);
        close_end(&child->output);
        close_end(&child->errors);
    }
    return number;
}

/* --- arguments and results --- */

static void free_strings(JSContext *ctx, char **strings)
{
    for (char **at = strings; at != NULL && *at != NULL; at += 1)
        js_free(ctx, *at);
    js_free(ctx, strings);
}

/* A JavaScript array of text as argv. NULL: an exception is pending. A NUL byte ends an argument, as the kernel sees it. */
static char **take_arguments(JSContext *ctx, JSValueConst list)
{
    uint32_t length;
    JSValue count = JS_GetPropertyStr(ctx, list, "length");
    int failed = JS_ToUint32(ctx, &length, count);
    JS_FreeValue(ctx, count);
    if (failed)
        return NULL;
    char **arguments = js_mallocz(ctx, sizeof(char *) * ((size_t)length + 1));
    for (uint32_t index = 0; arguments != NULL && index < length; index += 1) {
        size_t size;
        JSValue item = JS_GetPropertyUint32(ctx, list, index);
        arguments[index] = bytes_from_text(ctx, item, &size);
        JS_FreeValue(ctx, item);
        if (arguments[index] == NULL) {
            free_strings(ctx, arguments);
            return NULL;
        }
    }
    return arguments;
}

/* This process's environment with the `NAME=value` texts of a JavaScript array put over it. The strings stay shared. */
static char **merge_environment(JSContext *ctx, char **added)
{
    size_t count = 0, more = 0;
    while (environ[count] != NULL)
        count += 1;
    while (added[more] != NULL)
        more += 1;
    char **merged = js_mallocz(ctx, sizeof(char *) * (count + more + 1));
    if (merged == NULL)
        return NULL;
    size_t length = 0;
    for (char **at = environ; *at != NULL; at += 1) {
        size_t name = strcspn(*at, "=") + 1;
        bool replaced = false;
        for (char **other = added; *other != NULL; other += 1)
            replaced = replaced || strncmp(*at, *other, name) == 0;
        if (!replaced)
            merged[length++] = *at;
    }
    memcpy(merged + length, added, sizeof(char *) * more);
    return merged;
}

static int wait_for(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

static JSValue make_result(JSContext *ctx, int status, struct buffer *output, struct buffer *errors)
{
    JSValue result = JS_NewObject(ctx);
    bool exited = WIFEXITED(status);
    JS_SetPropertyStr(ctx, result, "status", exited ? JS_NewInt32(ctx, WEXITSTATUS(status)) : JS_NULL);
    JS_SetPropertyStr(ctx, result, "signal", exited ? JS_NULL : JS_NewString(ctx, signal_name(WTERMSIG(status))));
    JS_SetPropertyStr(ctx, result, "stdout", text_from_bytes(ctx, output->bytes, output->length));
    JS_SetPropertyStr(ctx, result, "stderr", text_from_bytes(ctx, errors->bytes, errors->length));
    return result;
}

static int64_t milliseconds(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* --- run --- */

/* JavaScript that is called every so often while a program runs. */
struct ticker {
    JSContext *ctx;
    JSValueConst on_tick;
    int64_t every, next; /* milliseconds of the monotonic clock */
    bool failed;         /* an exception is pending */
};

/* Calls it when it is time. False: the program is to be ended. */
static bool tick(struct ticker *ticker)
{
    if (ticker->failed || milliseconds(CLOCK_MONOTONIC) < ticker->next)
        return true;
    JSValue answer = JS_Call(ticker->ctx, ticker->on_tick, JS_UNDEFINED, 0, NULL);
    ticker->failed = JS_IsException(answer);
    bool wanted = !ticker->failed && JS_ToBool(ticker->ctx, answer) == 1;
    JS_FreeValue(ticker->ctx, answer);
    ticker->next = milliseconds(CLOCK_MONOTONIC) + ticker->every;
    return wanted;
}

/*
 * Feeds and drains a child until it has closed both outputs, or the time is over: then it is killed. The ticker may be
 * NULL.
 */
static void exchange(struct child *child, const char *input, size_t length, int64_t timeout, struct ticker *ticker,
                     struct buffer *output, struct buffer *errors)
{
    int64_t deadline = milliseconds(CLOCK_MONOTONIC) + timeout;
    size_t written = 0;
    if (length == 0)
        close_end(&child->input);
    else
        fcntl(child->input, F_SETFL, O_NONBLOCK);
    while (child->output >= 0 || child->errors >= 0) {
        struct pollfd files[3] = {
            { .fd = child->input, .events = POLLOUT },
            { .fd = child->output, .events = POLLIN },
            { .fd = child->errors, .events = POLLIN },
        };
        int64_t left = timeout < 0 ? -1 : deadline - milliseconds(CLOCK_MONOTONIC);
        if (timeout >= 0 && left <= 0) {
            kill(child->pid, SIGKILL);
            break;
        }
        if (ticker != NULL) {
            if (!tick(ticker))
                kill(child->pid, SIGTERM);
            left = ticker->next - milliseconds(CLOCK_MONOTONIC);
            if (left < 0)
                left = 0;
        }
        if (poll(files, 3, left > INT_MAX ? INT_MAX : (int)left) < 0)
            continue; /* EINTR */
        if (files[0].revents != 0) {
            ssize_t count = write(child->input, input + written, length - written);
            if (count > 0)
                written += (size_t)count;
            else if (errno != EAGAIN && errno != EINTR)
                written = length; /* it does not want to hear more */
            if (written == length)
                close_end(&child->input);
        }
        if (files[1].revents != 0 && buffer_read(output, child->output) <= 0)
            close_end(&child->output);
        if (files[2].revents != 0 && buffer_read(errors, child->errors) <= 0)
            close_end(&child->errors);
    }
    close_end(&child->input);
    close_end(&child->output);
    close_end(&child->errors);
}

/* run(argv, input, timeout in ms or -1, NAME=value texts to add to the environment) */
static JSValue host_run(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    struct child child;
    struct buffer output = { 0 }, errors = { 0 };
    JSValue result = JS_EXCEPTION;
    int64_t timeout;
    size_t length = 0;
    char *input = NULL, **added = NULL, **environment = NULL;
    char **arguments = take_arguments(ctx, argv[0]);
    if (arguments == NULL)
        return JS_EXCEPTION;
    if (JS_ToInt64(ctx, &timeout, argv[2]) == 0 && (input = bytes_from_text(ctx, argv[1], &length)) != NULL &&
        (added = take_arguments(ctx, argv[3])) != NULL && (environment = merge_environment(ctx, added)) != NULL) {
        int number = arguments[0] == NULL ? ENOENT : start_child(arguments, environment, &child);
        if (number != 0) {
            JSValue program = JS_GetPropertyUint32(ctx, argv[0], 0);
            result = make_failure(ctx, number, program);
            JS_FreeValue(ctx, program);
        } else {
            exchange(&child, input, length, timeout, NULL, &output, &errors);
            result = make_result(ctx, wait_for(child.pid), &output, &errors);
        }
    }
    buffer_free(&output);
    buffer_free(&errors);
    js_free(ctx, environment);
    free_strings(ctx, added);
    js_free(ctx, input);
    free_strings(ctx, arguments);
    return result;
}

/* runWatched(argv, every ms, onTick) */
static JSValue host_run_watched(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    struct child child;
    struct buffer output = { 0 }, errors = { 0 };
    struct ticker ticker = { .ctx = ctx, .on_tick = argv[2] };
    if (JS_ToInt64(ctx, &ticker.every, argv[1]) < 0)
        return JS_EXCEPTION;
    char **arguments = take_arguments(ctx, argv[0]);
    if (arguments == NULL)
        return JS_EXCEPTION;
    ticker.next = milliseconds(CLOCK_MONOTONIC) + ticker.every;
    int number = arguments[0] == NULL ? ENOENT : start_child(arguments, environ, &child);
    free_strings(ctx, arguments);
    if (number != 0) {
        JSValue program = JS_GetPropertyUint32(ctx, argv[0], 0);
        JSValue failure = make_failure(ctx, number, program);
        JS_FreeValue(ctx, program);
        return failure;
    }
    exchange(&child, NULL, 0, -1, &ticker, &output, &errors);
    int status = wait_for(child.pid);
    JSValue result = ticker.failed ? JS_EXCEPTION : make_result(ctx, status, &output, &errors);
    buffer_free(&output);
    buffer_free(&errors);
    return result;
}

/* --- signals --- */

static volatile sig_atomic_t interrupt_caught, stop_asked;

static void note_interrupt(int number)
{
    interrupt_caught = 1;
}

static void ask_to_stop(int number)
{
    stop_asked = 1;
    interrupt_caught = 1;
}

static const int interrupts[] = { SIGINT, SIGTERM, SIGHUP };

static JSValue host_catch_interrupts(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    struct sigaction note = { .sa_handler = note_interrupt, .sa_flags = SA_RESTART };
    interrupt_caught = 0;
    for (size_t index = 0; index < sizeof(interrupts) / sizeof(interrupts[0]); index += 1)
        sigaction(interrupts[index], &note, NULL);
    return JS_UNDEFINED;
}

static JSValue host_release_interrupts(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    struct sigaction ordinary = { .sa_handler = SIG_DFL };
    for (size_t index = 0; index < sizeof(interrupts) / sizeof(interrupts[0]); index += 1)
        sigaction(interrupts[index], &ordinary, NULL);
    return JS_UNDEFINED;
}

/* Has one come since the last call? */
static JSValue host_interrupt_pending(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    bool was = interrupt_caught != 0;
    interrupt_caught = 0;
    return JS_NewBool(ctx, was);
}

/* --- follow --- */

/* Hands each whole line of the buffer to JavaScript and keeps the rest. 1: go on; 0: enough; -1: an exception. */
static int hand_over_lines(JSContext *ctx, struct buffer *buffer, JSValueConst on_line, uint32_t which)
{
    size_t start = 0;
    int wanted = 1;
    char *newline;
    while (wanted == 1 && (newline = memchr(buffer->bytes + start, '\n', buffer->length - start)) != NULL) {
        size_t end = (size_t)(newline - buffer->bytes);
        JSValue line = text_from_bytes(ctx, buffer->bytes + start, end - start);
        JSValueConst arguments[] = { line, JS_NewInt32(ctx, (int32_t)which) };
        JSValue answer = JS_Call(ctx, on_line, JS_UNDEFINED, 2, arguments);
        wanted = JS_IsException(answer) ? -1 : JS_ToBool(ctx, answer);
        JS_FreeValue(ctx, answer);
        JS_FreeValue(ctx, line);
        start = end + 1;
    }
    buffer->length -= start;
    memmove(buffer->bytes, buffer->bytes + start, buffer->length);
    return wanted;
}

/* What is called once nothing has come for so long; below zero: never. */
struct quiet {
    int64_t after;
    JSValueConst on_quiet;
};

/* 1: go on; 0: enough; -1: an exception. */
static int call_quiet(JSContext *ctx, const struct quiet *quiet)
{
    JSValue answer = JS_Call(ctx, quiet->on_quiet, JS_UNDEFINED, 0, NULL);
    int wanted = JS_IsException(answer) ? -1 : JS_ToBool(ctx, answer);
    JS_FreeValue(ctx, answer);
    return wanted;
}

/* A program of those that are followed at once. */
struct followed {
    struct child child;
    struct buffer output, errors;
    int number; /* errno(3) of why it did not start */
};

/* SIGINT and SIGTERM are let in only while it waits, so that none is missed between a look at the flag and the wait. */
static int follow_children(JSContext *ctx, struct followed *all, uint32_t count, JSValueConst on_line,
                           const struct quiet *quiet, struct pollfd *files, const sigset_t *waiting)
{
    int wanted = 1;
    bool stopped = false, armed = false;
    struct timespec silence = { .tv_sec = quiet->after / 1000, .tv_nsec = quiet->after % 1000 * 1000000 };
    for (;;) {
        bool stop = !stopped && (stop_asked || wanted != 1), open = false;
        for (uint32_t index = 0; index < count; index += 1) {
            struct child *child = &all[index].child;
            files[2 * index] = (struct pollfd){ .fd = child->output, .events = POLLIN };
            files[2 * index + 1] = (struct pollfd){ .fd = child->errors, .events = POLLIN };
            if (child->output < 0 && child->errors < 0)
                continue;
            open = true;
            if (stop)
                kill(child->pid, SIGTERM);
        }
        if (!open)
            return wanted;
        stopped = stopped || stop;
        int ready = ppoll(files, 2 * count, armed && wanted == 1 ? &silence : NULL, waiting);
        if (ready < 0)
            continue; /* EINTR */
        if (ready == 0) {
            armed = false;
            wanted = call_quiet(ctx, quiet);
        }
        for (uint32_t index = 0; index < count; index += 1) {
            struct followed *one = &all[index];
            if (files[2 * index].revents != 0) {
                if (buffer_read(&one->output, one->child.output) <= 0)
                    close_end(&one->child.output);
                else if (wanted == 1) {
                    wanted = hand_over_lines(ctx, &one->output, on_line, index);
                    armed = quiet->after >= 0;
                }
            }
            if (files[2 * index + 1].revents != 0 && buffer_read(&one->errors, one->child.errors) <= 0)
                close_end(&one->child.errors);
        }
    }
}

/* follow(list of argv, onLine, ms of silence or -1, onQuiet): a list of results. */
static JSValue host_follow(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    sigset_t held, waiting;
    struct sigaction stop = { .sa_handler = ask_to_stop, .sa_flags = (int)SA_RESETHAND }, before_int, before_term;
    struct quiet quiet = { .on_quiet = argv[3] };
    uint32_t count = 0, started = 0;
    JSValue length = JS_GetPropertyStr(ctx, argv[0], "length");
    if (JS_ToInt64(ctx, &quiet.after, argv[2]) < 0 || JS_ToUint32(ctx, &count, length) < 0)
        return JS_EXCEPTION;
    struct followed *all = js_mallocz(ctx, (sizeof(*all) + 2 * sizeof(struct pollfd)) * ((size_t)count + 1));
    if (all == NULL)
        return JS_EXCEPTION;
    /* Before there is a program that a signal would leave behind. */
    stop_asked = 0;
    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGTERM);
    sigprocmask(SIG_BLOCK, &held, &waiting);
    sigaction(SIGINT, &stop, &before_int);
    sigaction(SIGTERM, &stop, &before_term);
    for (; started < count; started += 1) {
        struct followed *one = &all[started];
        JSValue list = JS_GetPropertyUint32(ctx, argv[0], started);
        char **arguments = take_arguments(ctx, list);
        JS_FreeValue(ctx, list);
        if (arguments == NULL)
            break;
        one->number = arguments[0] == NULL ? ENOENT : start_child(arguments, environ, &one->child);
        if (arguments[0] == NULL)
            one->child.output = one->child.errors = -1;
        else
            close_end(&one->child.input);
        free_strings(ctx, arguments);
    }
    int wanted = follow_children(ctx, all, started, argv[1], &quiet, (struct pollfd *)(all + count + 1), &waiting);
    if (started < count)
        wanted = -1;
    JSValue results = JS_NewArray(ctx);
    for (uint32_t index = 0; index < started; index += 1) {
        struct followed *one = &all[index];
        JSValue list = JS_GetPropertyUint32(ctx, argv[0], index), program = JS_GetPropertyUint32(ctx, list, 0);
        JSValue result = one->number == 0
                             ? make_result(ctx, wait_for(one->child.pid), &one->output, &one->errors)
                             : make_failure(ctx, one->number, program);
        JS_SetPropertyUint32(ctx, results, index, result);
        JS_FreeValue(ctx, program);
        JS_FreeValue(ctx, list);
        buffer_free(&one->output);
        buffer_free(&one->errors);
    }
    js_free(ctx, all);
    sigaction(SIGINT, &before_int, NULL);
    sigaction(SIGTERM, &before_term, NULL);
    sigprocmask(SIG_SETMASK, &waiting, NULL);
    if (wanted >= 0)
        return results;
    JS_FreeValue(ctx, results);
    return JS_EXCEPTION;
}

/* --- the process itself --- */

static JSValue host_env(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    size_t length;
    char *name = bytes_from_text(ctx, argv[0], &length);
    if (name == NULL)
        return JS_EXCEPTION;
    const char *value = getenv(name);
    js_free(ctx, name);
    return value == NULL ? JS_UNDEFINED : text_from_bytes(ctx, value, strlen(value));
}

static JSValue host_now(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    return JS_NewInt64(ctx, milliseconds(CLOCK_REALTIME));
}

static JSValue host_sleep(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    int64_t wait;
    if (JS_ToInt64(ctx, &wait, argv[0]) < 0)
        return JS_EXCEPTION;
    struct timespec left = { .tv_sec = wait / 1000, .tv_nsec = wait % 1000 * 1000000 };
    while (wait > 0 && nanosleep(&left, &left) < 0 && errno == EINTR)
        ;
    return JS_UNDEFINED;
}

static JSValue host_uid(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    return JS_NewInt64(ctx, geteuid());
}

static const char *program_name;

/* Where there is no /proc, as it was called. */
static JSValue host_program_path(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path));
    if (length > 0)
        return text_from_bytes(ctx, path, (size_t)length);
    if (realpath(program_name, path) != NULL)
        return text_from_bytes(ctx, path, strlen(path));
    return text_from_bytes(ctx, program_name, strlen(program_name));
}

static const JSCFunctionListEntry process_functions[] = {
    HOST_FUNCTION("run", 4, host_run),
    HOST_FUNCTION("follow", 4, host_follow),
    HOST_FUNCTION("runWatched", 3, host_run_watched),
    HOST_FUNCTION("catchInterrupts", 0, host_catch_interrupts),
    HOST_FUNCTION("releaseInterrupts", 0, host_release_interrupts),
    HOST_FUNCTION("interruptPending", 0, host_interrupt_pending),
    HOST_FUNCTION("env", 1, host_env),
    HOST_FUNCTION("now", 0, host_now),
    HOST_FUNCTION("sleep", 1, host_sleep),
    HOST_FUNCTION("uid", 0, host_uid),
    HOST_FUNCTION("programPath", 0, host_program_path),
};

void add_process_functions(JSContext *ctx, JSValueConst host, int argc, char **argv)
{
    JSValue arguments = JS_NewArray(ctx);
    program_name = argc > 0 ? argv[0] : "failoverctl";
    for (int index = 1; index < argc; index += 1)
        JS_SetPropertyUint32(ctx, arguments, (uint32_t)index - 1, text_from_bytes(ctx, argv[index], strlen(argv[index])));
    JS_SetPropertyStr(ctx, host, "args", arguments);
    JS_SetPropertyFunctionList(ctx, host, process_functions, sizeof(process_functions) / sizeof(process_functions[0]));
}
