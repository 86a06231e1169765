/* lua_event.h - an event as Lua sees it: members are read when they are asked for, and what is set
 * is kept beside the event.
 *
 * A part of an event (an object or a list) is a userdata that behaves as a table. It lives during
 * the call that it was made for: one that was kept for longer is an error of Lua, no dangling
 * pointer. One thread owns the events of a state.
 */
#ifndef FUNCTION_LUA_EVENT_H
#define FUNCTION_LUA_EVENT_H

#include "detect/document.h"
#include "function/lua_state.h"

/* The events of a state. */
typedef struct LuaEvents {
    LuaRoom *room;
    Document *document; /* the event under way */
    uint64_t call;      /* its number */
    bool changed;       /* something was set */
} LuaEvents;

/* What a part is made of. */
typedef struct LuaPart {
    const Json *json; /* NULL: the event itself, whose members the document gives */
    uint64_t call;
    bool whole; /* its members are all in its first user value, a table, beside it */
} LuaPart;

/* Makes the metatable of parts; *events* must outlive the state. Within a protected call. */
void lua_event_open(lua_State *lua, LuaEvents *events);

/* Begins the next event and pushes it. */
void lua_event_push(lua_State *lua, LuaEvents *events, Document *document);

/* Pushes the value of *json*, which lives until the call ends; nil for NULL and null. */
void lua_event_push_json(lua_State *lua, LuaEvents *events, const Json *json);

/* The part at *index*; NULL when there is something else. An error of Lua when it is of an earlier
 * call. */
const LuaPart *lua_event_part(lua_State *lua, const LuaEvents *events, int index);

/* Pushes what was set in the part at *index* under the name or number on top of the stack, in place
 * of it: nil when nothing was, a light userdata when it was removed. */
void lua_event_set_value(lua_State *lua, int index);

/* The length of the list at *index*. */
lua_Integer lua_event_length(lua_State *lua, LuaEvents *events, int index);

#endif
