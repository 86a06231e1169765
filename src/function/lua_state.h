/* lua_state.h - a Lua 5.4 state that can compute and nothing else: no files, no network, no
 * processes, no code that is not the operator's text, under ceilings on instructions and memory.
 *
 * What is left of the libraries is listed in docs/functions.md. What could run for long inside one
 * call of C, out of the instruction count's reach, is not there: Lua's patterns (matches go by
 * PCRE2 with its own bounds), finalizers, coroutines, protected calls. One thread owns a state.
 */
#ifndef FUNCTION_LUA_STATE_H
#define FUNCTION_LUA_STATE_H

#include <lua.h>

#include "base/error.h"
#include "base/str.h"
#include "function/lua_limits.h"

/* What a call has left. */
typedef struct LuaRoom {
    LuaLimits limits;
    size_t used;
    int64_t left; /* instructions */
    bool over;    /* a ceiling was reached */
} LuaRoom;

/* A state whose memory and instructions are counted in *room*, which must outlive it, with the
 * functions that text may use as globals. NULL with *err*. */
lua_State *lua_state_new(LuaRoom *room, Error *err) __attribute__((warn_unused_result));
void lua_state_free(lua_State *lua);

/* Gives the call that begins its instructions. */
void lua_state_begin(lua_State *lua, LuaRoom *room);

/* Takes *steps* of work in C from the room; an error of Lua when nothing is left. */
void lua_state_charge(lua_State *lua, LuaRoom *room, uint64_t steps);

#endif
