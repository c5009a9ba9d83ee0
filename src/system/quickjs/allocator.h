/* allocator.c: the engine's memory. */
#ifndef FAILOVERCTL_ALLOCATOR_H
#define FAILOVERCTL_ALLOCATOR_H

#include "quickjs.h"

extern const JSMallocFunctions engine_allocator;

#endif
