/*
 * The static executable: an engine with the program in it, as bytecode. A module is read when it is first imported, so
 * that a command costs what it uses.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "allocator.h"
#include "host.h"
#include "lz4.h"
#include "modules.h"

enum { failure_of_our_own = 3 };

/* What JavaScript may not catch, because it did not get that far, or because it is wrong. */
static _Noreturn void give_up(JSContext *ctx)
{
    JSValue exception = JS_GetException(ctx);
    const char *message = JS_ToCString(ctx, exception);
    dprintf(STDERR_FILENO, "failoverctl: internal error: %s\n", message == NULL ? "out of memory" : message);
    _exit(failure_of_our_own);
}

/* How many bytes of how many modules are in the dictionary by now. */
static int dictionary_length, unpacked_count;

/* Where a module is, unpacked; NULL if it is damaged. What most commands never ask for of the dictionary waits until then. */
static const uint8_t *unpack(const struct module *module)
{
    const uint8_t *result = unpacked_module;
    int last = dictionary_modules - 1;
    if (module - modules < dictionary_modules) {
        last = (int)(module - modules);
        result = dictionary;
        for (int before = 0; before < last; before += 1)
            result += modules[before].length;
    }
    for (; unpacked_count <= last; unpacked_count += 1) {
        const struct module *next = &modules[unpacked_count];
        int length = LZ4_decompress_safe_usingDict((const char *)next->start, (char *)dictionary + dictionary_length,
                                                   (int)(next->end - next->start), next->length,
                                                   (const char *)dictionary, dictionary_length);
        if (length != next->length)
            return NULL;
        dictionary_length += length;
    }
    if (result != unpacked_module)
        return result;
    int length = LZ4_decompress_safe_usingDict((const char *)module->start, (char *)unpacked_module,
                                               (int)(module->end - module->start), module->length,
                                               (const char *)dictionary, dictionary_length);
    return length == module->length ? unpacked_module : NULL;
}

static JSValue read_module(JSContext *ctx, const struct module *module)
{
    const uint8_t *bytes = unpack(module);
    if (bytes == NULL)
        return JS_ThrowInternalError(ctx, "module '%s' cannot be unpacked", module->name);
    return JS_ReadObject(ctx, bytes, (size_t)module->length, JS_READ_OBJ_BYTECODE);
}

static JSModuleDef *load_module(JSContext *ctx, const char *name, void *opaque)
{
    for (const struct module *module = modules; module->name != NULL; module += 1) {
        if (strcmp(module->name, name) != 0)
            continue;
        JSValue value = read_module(ctx, module);
        if (JS_IsException(value))
            return NULL;
        JSModuleDef *definition = JS_VALUE_GET_PTR(value);
        JS_FreeValue(ctx, value); /* the context keeps it */
        return definition;
    }
    JS_ThrowReferenceError(ctx, "no module '%s'", name);
    return NULL;
}

/* exit(status): nothing is freed, the kernel does it faster. */
static JSValue host_exit(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    int32_t status;
    if (JS_ToInt32(ctx, &status, argv[0]) < 0)
        return JS_EXCEPTION;
    _exit(status);
}

/* load(name): import() of a module of the table. A promise of its exports. */
static JSValue host_load(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
{
    const char *name = JS_ToCString(ctx, argv[0]);
    if (name == NULL)
        return JS_EXCEPTION;
    JSValue promise = JS_LoadModule(ctx, NULL, name);
    JS_FreeCString(ctx, name);
    return promise;
}

/* What the program uses: no eval, no Proxy, no WeakRef. */
static JSContext *make_context(JSRuntime *runtime)
{
    JSContext *ctx = JS_NewContextRaw(runtime);
    if (ctx == NULL)
        return NULL;
    JS_AddIntrinsicBaseObjects(ctx);
    JS_AddIntrinsicDate(ctx);
    JS_AddIntrinsicStringNormalize(ctx);
    JS_AddIntrinsicRegExpCompiler(ctx);
    JS_AddIntrinsicRegExp(ctx);
    JS_AddIntrinsicJSON(ctx);
    JS_AddIntrinsicMapSet(ctx);
    JS_AddIntrinsicTypedArrays(ctx);
    JS_AddIntrinsicPromise(ctx);
    return ctx;
}

/* The engine must say "stack overflow" before the kernel says SIGSEGV: never more than half of what the limit allows. */
static size_t stack_size(void)
{
    const size_t most = 8 * 1024 * 1024;
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur / 4 * 3 > most)
        return most;
    return limit.rlim_cur / 4 * 3;
}

/* A file that is opened must not become somebody's standard output. */
static void fill_standard_streams(void)
{
    for (int file = 0; file <= 2; file += 1)
        if (fcntl(file, F_GETFD) < 0 && errno == EBADF && open("/dev/null", O_RDWR) < 0)
            return; /* an empty chroot: the numbers stay free */
}

int main(int argc, char **argv)
{
    fill_standard_streams();
    signal(SIGPIPE, SIG_IGN);
    JSRuntime *runtime = JS_NewRuntime2(&engine_allocator, NULL);
    JSContext *ctx = runtime == NULL ? NULL : make_context(runtime);
    if (ctx == NULL) {
        dprintf(STDERR_FILENO, "failoverctl: out of memory\n");
        return failure_of_our_own;
    }
    JS_SetMaxStackSize(runtime, stack_size());
    JS_SetGCThreshold(runtime, 16 * 1024 * 1024);
    JS_SetModuleLoaderFunc(runtime, NULL, load_module, NULL);

    JSValue global = JS_GetGlobalObject(ctx), host = JS_NewObject(ctx);
    add_file_functions(ctx, host);
    add_stream_functions(ctx, host);
    add_process_functions(ctx, host, argc, argv);
    JS_SetPropertyStr(ctx, host, "exit", JS_NewCFunction(ctx, host_exit, "exit", 1));
    JS_SetPropertyStr(ctx, host, "load", JS_NewCFunction(ctx, host_load, "load", 1));
    JS_SetPropertyStr(ctx, global, "failoverctlHost", host);

    JSValue entry = read_module(ctx, &modules[0]);
    if (JS_IsException(entry) || JS_ResolveModule(ctx, entry) < 0)
        give_up(ctx);
    JSValue started = JS_EvalFunction(ctx, entry);
    if (JS_IsException(started))
        give_up(ctx);
    JSContext *job;
    int more;
    while ((more = JS_ExecutePendingJob(runtime, &job)) > 0)
        ;
    if (more < 0)
        give_up(job);
    if (JS_PromiseState(ctx, started) == JS_PROMISE_REJECTED) {
        JS_Throw(ctx, JS_PromiseResult(ctx, started));
        give_up(ctx);
    }
    /* The program ends with exit(); here it waits for something that can no longer come. */
    dprintf(STDERR_FILENO, "failoverctl: internal error: the command ended without an answer\n");
    return failure_of_our_own;
}
