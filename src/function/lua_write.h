/* lua_write.h - what a function of the operator returned, as JSON.
 *
 * Parts of an event that were left alone are written as they came; tables whose keys are 1 to n are
 * lists, others objects, their members in the order of names. One thread owns the state.
 */
#ifndef FUNCTION_LUA_WRITE_H
#define FUNCTION_LUA_WRITE_H

#include "base/buf.h"
#include "function/lua_event.h"

/* Appends the value at *index* to *out*. Within a protected call: an error of Lua says what no JSON
 * can hold. */
void lua_write_value(lua_State *lua, LuaEvents *events, int index, Buf *out);

#endif
