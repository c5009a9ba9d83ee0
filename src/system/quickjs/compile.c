/*
 * Runs on the machine that builds: turns JavaScript modules into bytecode.
 *
 *   compile DIRECTORY COUNT NAME…   writes DIRECTORY/NAME.bytecode beside each DIRECTORY/NAME, packed by LZ4, and prints
 *                                   each one's length unpacked, in bytes. The first COUNT are the dictionary (modules.h)
 *
 * Bytecode knows the byte order and nothing else of the machine, so one set serves x64 and arm64. Source text and
 * debug information are left out.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lz4hc.h"
#include "quickjs.h"

static const char *directory;

static _Noreturn void fail(const char *name, const char *why)
{
    fprintf(stderr, "compile: %s: %s\n", name, why);
    exit(1);
}

static char *path_of(const char *name, const char *suffix)
{
    size_t size = strlen(directory) + strlen(name) + strlen(suffix) + 2;
    char *path = malloc(size);
    if (path == NULL)
        fail(name, "out of memory");
    snprintf(path, size, "%s/%s%s", directory, name, suffix);
    return path;
}

static char *read_source(const char *name, size_t *length)
{
    char *path = path_of(name, "");
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) < 0)
        fail(name, "cannot be read");
    *length = (size_t)ftell(file);
    rewind(file);
    char *source = malloc(*length + 1);
    if (source == NULL || fread(source, 1, *length, file) != *length)
        fail(name, "cannot be read");
    source[*length] = '\0'; /* JS_Eval wants it */
    fclose(file);
    free(path);
    return source;
}

static JSValue compile(JSContext *ctx, const char *name)
{
    size_t length;
    char *source = read_source(name, &length);
    JSValue module = JS_Eval(ctx, source, length, name, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
    free(source);
    if (JS_IsException(module)) {
        JSValue exception = JS_GetException(ctx);
        JSValue stack = JS_GetPropertyStr(ctx, exception, "stack");
        fprintf(stderr, "%s\n", JS_ToCString(ctx, stack));
        fail(name, JS_ToCString(ctx, exception));
    }
    return module;
}

/* To compile a module, the engine wants to see those that it imports; each is written in its own turn. */
static JSModuleDef *load_module(JSContext *ctx, const char *name, void *opaque)
{
    return JS_VALUE_GET_PTR(compile(ctx, name));
}

/* Names that all modules use are in it. LZ4 looks back no further than 64 KiB, but it may be longer. */
static uint8_t dictionary[1 << 20];
static size_t dictionary_length;

static int pack(const uint8_t *bytes, size_t length, char *packed, int bound)
{
    LZ4_streamHC_t *stream = LZ4_createStreamHC();
    if (stream == NULL)
        return 0;
    LZ4_resetStreamHC_fast(stream, LZ4HC_CLEVEL_MAX);
    LZ4_loadDictHC(stream, (const char *)dictionary, (int)dictionary_length);
    int size = LZ4_compress_HC_continue(stream, (const char *)bytes, packed, (int)length, bound);
    LZ4_freeStreamHC(stream);
    return size;
}

static void write_module(const char *name, bool in_dictionary)
{
    JSRuntime *runtime = JS_NewRuntime();
    JS_SetStripInfo(runtime, JS_STRIP_DEBUG);
    JS_SetModuleLoaderFunc(runtime, NULL, load_module, NULL);
    JSContext *ctx = JS_NewContext(runtime);
    JSValue module = compile(ctx, name);
    size_t length;
    uint8_t *bytes = JS_WriteObject(ctx, &length, module, JS_WRITE_OBJ_BYTECODE);
    if (bytes == NULL)
        fail(name, "cannot be written as bytecode");
    int bound = LZ4_compressBound((int)length);
    char *packed = malloc((size_t)bound);
    int size = packed == NULL ? 0 : pack(bytes, length, packed, bound);
    if (size <= 0)
        fail(name, "cannot be packed");
    char *path = path_of(name, ".bytecode");
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(packed, 1, (size_t)size, file) != (size_t)size || fclose(file) != 0)
        fail(path, "cannot be written");
    printf("%zu\n", length);
    if (in_dictionary) {
        if (length > sizeof dictionary - dictionary_length)
            fail(name, "is too long for the dictionary");
        memcpy(dictionary + dictionary_length, bytes, length);
        dictionary_length += length;
    }
    free(path);
    free(packed);
}

int main(int argc, char **argv)
{
    if (argc < 4)
        fail("usage", "compile DIRECTORY COUNT NAME…");
    directory = argv[1];
    int count = atoi(argv[2]);
    for (int index = 3; index < argc; index += 1)
        write_module(argv[index], index - 3 < count);
    return 0;
}
