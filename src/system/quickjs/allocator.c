/*
 * The engine's memory: free lists of blocks by size, cut from large runs, of which the first is part of the program;
 * anything over 32 KiB goes to the C library. Sizes are multiples of 16 up to 512, and from there four to a doubling:
 * musl maps pages of their own for blocks of a few hundred bytes, a system call each. The program is short and makes many thousand small objects that live to its end; musl's own malloc, which hardens against
 * what a long-running server meets, took a third of the time of `detect`. A block carries its size before it, so that
 * the engine can account for what it uses.
 */
#include <stdlib.h>
#include <string.h>

#include "allocator.h"

enum {
    alignment = 16,
    header = 8,
    finest = 512, /* up to here a list for each multiple of 16 */
    finest_bits = 9,
    largest_kept = 32 * 1024,
    fine_lists = finest / alignment + 1,
    coarse_lists = 4 * 6 + 1, /* 512 to 32 KiB are six doublings */
    run_size = 256 * 1024,
    first_run_size = 768 * 1024,
};

struct free_block {
    struct free_block *next;
};

static struct free_block *free_lists[fine_lists + coarse_lists];

/* Pages of it that are never touched cost nothing. */
static char first_run[first_run_size] __attribute__((aligned(16)));
static char *run_at = first_run, *run_end = first_run + first_run_size;

/* A block is `header` bytes of its capacity and then what the engine sees, which starts on a multiple of 8. */
static size_t *capacity_of(const void *block)
{
    return (size_t *)((char *)block - header);
}

/* A quarter of the power of two at or below `whole`. */
static size_t coarse_step(size_t whole)
{
    return (size_t)1 << (63 - __builtin_clzl(whole) - 2);
}

static size_t round_up(size_t size)
{
    size_t whole = size + header;
    size_t step = whole > finest && whole <= largest_kept ? coarse_step(whole) : alignment;
    return (whole + step - 1) / step * step - header;
}

/* `whole`: a size that round_up() gives, header and all. */
static size_t list_of(size_t whole)
{
    if (whole <= finest)
        return whole / alignment;
    int bits = 63 - __builtin_clzl(whole);
    return fine_lists + (bits - finest_bits) * 4 + ((whole >> (bits - 2)) - 4);
}

static void *allocate_kept(size_t capacity)
{
    size_t index = list_of(capacity + header);
    struct free_block *block = free_lists[index];
    if (block != NULL) {
        free_lists[index] = block->next;
        return block;
    }
    size_t whole = capacity + header;
    if ((size_t)(run_end - run_at) < whole) {
        char *run = malloc(run_size);
        if (run == NULL)
            return NULL;
        run_at = run;
        run_end = run + run_size;
    }
    void *fresh = run_at + header;
    run_at += whole;
    *capacity_of(fresh) = capacity;
    return fresh;
}

static int is_kept(size_t capacity)
{
    return capacity + header <= largest_kept;
}

static int over_limit(const JSMallocState *state, size_t more)
{
    return state->malloc_size + more > state->malloc_limit;
}

static void *allocate(JSMallocState *state, size_t size)
{
    size_t capacity = round_up(size);
    if (size > SIZE_MAX / 2 || over_limit(state, capacity))
        return NULL;
    void *block;
    if (is_kept(capacity)) {
        block = allocate_kept(capacity);
    } else {
        char *whole = malloc(capacity + header);
        block = whole == NULL ? NULL : whole + header;
        if (block != NULL)
            *capacity_of(block) = capacity;
    }
    if (block != NULL) {
        state->malloc_count += 1;
        state->malloc_size += capacity;
    }
    return block;
}

static void release(JSMallocState *state, void *block)
{
    if (block == NULL)
        return;
    size_t capacity = *capacity_of(block);
    state->malloc_count -= 1;
    state->malloc_size -= capacity;
    if (is_kept(capacity)) {
        struct free_block *entry = block;
        size_t index = list_of(capacity + header);
        entry->next = free_lists[index];
        free_lists[index] = entry;
    } else {
        free((char *)block - header);
    }
}

static void *resize(JSMallocState *state, void *block, size_t size)
{
    if (block == NULL)
        return size == 0 ? NULL : allocate(state, size);
    if (size == 0) {
        release(state, block);
        return NULL;
    }
    size_t before = *capacity_of(block), capacity = round_up(size);
    if (size > SIZE_MAX / 2)
        return NULL;
    /* A text that was put together in a large block, and came out short, gives it back. */
    if (capacity <= before && is_kept(before) && (before <= finest || capacity >= before / 2))
        return block;
    if (!is_kept(before) && !is_kept(capacity)) {
        if (capacity > before && over_limit(state, capacity - before))
            return NULL;
        char *whole = realloc((char *)block - header, capacity + header);
        if (whole == NULL)
            return NULL;
        state->malloc_size += capacity - before;
        *(size_t *)whole = capacity;
        return whole + header;
    }
    void *moved = allocate(state, size);
    if (moved == NULL)
        return NULL;
    memcpy(moved, block, before < size ? before : size);
    release(state, block);
    return moved;
}

static size_t usable_size(const void *block)
{
    return block == NULL ? 0 : *capacity_of(block);
}

const JSMallocFunctions engine_allocator = { allocate, release, resize, usable_size };
