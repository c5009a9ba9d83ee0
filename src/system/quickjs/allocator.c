/*
 * The engine's memory: free lists of small blocks, cut from large runs; anything larger goes to the C library. The
 * program is short and makes many thousand small objects that live to its end; musl's own malloc, which hardens against
 * what a long-running server meets, took a third of the time of `detect`. A block carries its size before it, so that
 * the engine can account for what it uses.
 */
#include <stdlib.h>
#include <string.h>

#include "allocator.h"

enum { alignment = 16, header = 8, largest_small = 512, run_size = 256 * 1024 };

struct free_block {
    struct free_block *next;
};

static struct free_block *free_lists[largest_small / alignment + 1];
static char *run_at, *run_end;

/* A block is `header` bytes of its capacity and then what the engine sees, which starts on a multiple of 8. */
static size_t *capacity_of(const void *block)
{
    return (size_t *)((char *)block - header);
}

static size_t round_up(size_t size)
{
    return (size + header + alignment - 1) / alignment * alignment - header;
}

static void *allocate_small(size_t capacity)
{
    size_t index = (capacity + header) / alignment;
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

static int is_small(size_t capacity)
{
    return capacity + header <= largest_small;
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
    if (is_small(capacity)) {
        block = allocate_small(capacity);
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
    if (is_small(capacity)) {
        struct free_block *entry = block;
        size_t index = (capacity + header) / alignment;
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
    if (capacity <= before && is_small(before))
        return block;
    if (!is_small(before) && !is_small(capacity)) {
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
