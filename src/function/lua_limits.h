/* lua_limits.h - what a function of the operator may take. */
#ifndef FUNCTION_LUA_LIMITS_H
#define FUNCTION_LUA_LIMITS_H

#include <stddef.h>
#include <stdint.h>

typedef struct LuaLimits {
    uint64_t instructions; /* of one call */
    size_t memory;         /* bytes that the state may hold */
} LuaLimits;

#endif
