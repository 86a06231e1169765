#include "function/lua_state.h"

#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

#include "base/mem.h"

enum { STEP = 1000 }; /* instructions between two looks */

/* ---- memory ---- */

/* Of a new block *old* is a type, no size (lua_Alloc). */
static void *allocate(void *context, void *block, size_t old, size_t size)
{
    LuaRoom *room = context;
    ERROR_UNREAD(ignored);
    size_t before = block ? old : 0;
    if (size == 0) {
        room->used -= before;
        mem_free(block);
        return NULL;
    }
    if (size > before && room->used + (size - before) > room->limits.memory) {
        room->over = true;
        return NULL;
    }
    void *moved = mem_realloc(block, size, &ignored);
    if (moved)
        room->used = room->used - before + size;
    return moved;
}

/* ---- instructions ---- */

static LuaRoom *room_of(lua_State *lua)
{
    void *room;
    lua_getallocf(lua, &room);
    return room;
}

/* An error with the place of the text that runs: in a hook it is on top, in a function of C it is
 * who called. */
static void stop(lua_State *lua, LuaRoom *room)
{
    room->over = true;
    luaL_where(lua, 0);
    if (lua_rawlen(lua, -1) == 0)
        luaL_where(lua, 1);
    lua_pushfstring(lua, "more than %I instructions", (lua_Integer)room->limits.instructions);
    lua_concat(lua, 2);
    lua_error(lua);
}

static void look(lua_State *lua, lua_Debug *at)
{
    LuaRoom *room = room_of(lua);
    (void)at;
    room->left -= STEP;
    if (room->left > 0)
        return;
    lua_sethook(lua, look, LUA_MASKCOUNT, 1);
    stop(lua, room);
}

void lua_state_begin(lua_State *lua, LuaRoom *room)
{
    room->left = (int64_t)room->limits.instructions;
    room->over = false;
    lua_sethook(lua, look, LUA_MASKCOUNT, STEP);
}

void lua_state_charge(lua_State *lua, LuaRoom *room, uint64_t steps)
{
    room->left -= steps > INT32_MAX ? INT32_MAX : (int64_t)steps;
    if (room->left <= 0)
        stop(lua, room);
}

/* ---- what text may use ---- */

/* string.find without patterns: where *what* stands in a text, from *init* on. */
static int find(lua_State *lua)
{
    size_t len, what_len;
    const char *text = luaL_checklstring(lua, 1, &len);
    const char *what = luaL_checklstring(lua, 2, &what_len);
    lua_Integer from = luaL_optinteger(lua, 3, 1);
    if (from < 0)
        from = from + (lua_Integer)len + 1 > 1 ? from + (lua_Integer)len + 1 : 1;
    if (from < 1)
        from = 1;
    size_t end = len >= what_len ? len - what_len + 1 : 0;
    lua_state_charge(lua, room_of(lua), len / 16);
    for (size_t at = (size_t)from - 1; at < end; at++)
        if (memcmp(text + at, what, what_len) == 0) {
            lua_pushinteger(lua, (lua_Integer)at + 1);
            size_t last = at + what_len;
            lua_pushinteger(lua, (lua_Integer)last);
            return 2;
        }
    luaL_pushfail(lua);
    return 1;
}

/* A part of an event is a table to whoever asks (lua_event.h). */
static int type(lua_State *lua)
{
    luaL_checkany(lua, 1);
    lua_pushstring(lua, lua_isuserdata(lua, 1) ? "table" : luaL_typename(lua, 1));
    return 1;
}

static void keep_only(lua_State *lua, const char *library, const char *const *names)
{
    lua_getglobal(lua, library);
    lua_newtable(lua);
    for (; *names; names++) {
        lua_getfield(lua, -2, *names);
        lua_setfield(lua, -2, *names);
    }
    lua_remove(lua, -2);
    lua_setglobal(lua, library);
}

static void trim_strings(lua_State *lua)
{
    static const char *const NAMES[] = {"byte", "char",    "format", "len",   "lower",
                                        "rep",  "reverse", "sub",    "upper", NULL};
    keep_only(lua, "string", NAMES);
    lua_getglobal(lua, "string");
    lua_pushcfunction(lua, find);
    lua_setfield(lua, -2, "find");
    lua_pushliteral(lua, "");
    lua_getmetatable(lua, -1);
    lua_pushvalue(lua, -3);
    lua_setfield(lua, -2, "__index");
    lua_pushboolean(lua, 0);
    lua_setfield(lua, -2, "__metatable");
    lua_pop(lua, 3);
}

static void trim_globals(lua_State *lua)
{
    static const char *const GONE[] = {
        "collectgarbage", "dofile",       "getmetatable", "load",   "loadfile", "next",
        "pcall",          "print",        "rawequal",     "rawget", "rawlen",   "rawset",
        "require",        "setmetatable", "warn",         "xpcall", NULL};
    for (const char *const *name = GONE; *name; name++) {
        lua_pushnil(lua);
        lua_setglobal(lua, *name);
    }
    lua_pushcfunction(lua, type);
    lua_setglobal(lua, "type");
}

static int open_libraries(lua_State *lua)
{
    static const luaL_Reg LIBRARIES[] = {{LUA_GNAME, luaopen_base},
                                         {LUA_STRLIBNAME, luaopen_string},
                                         {LUA_TABLIBNAME, luaopen_table},
                                         {LUA_MATHLIBNAME, luaopen_math},
                                         {LUA_UTF8LIBNAME, luaopen_utf8}};
    static const char *const MATH[] = {"abs",        "ceil", "floor",      "fmod", "huge", "max",
                                       "maxinteger", "min",  "mininteger", "modf", "pi",   "sqrt",
                                       "tointeger",  "type", "ult",        NULL};
    for (size_t i = 0; i < sizeof LIBRARIES / sizeof *LIBRARIES; i++) {
        luaL_requiref(lua, LIBRARIES[i].name, LIBRARIES[i].func, 1);
        lua_pop(lua, 1);
    }
    keep_only(lua, "math", MATH);
    trim_strings(lua);
    trim_globals(lua);
    return 0;
}

lua_State *lua_state_new(LuaRoom *room, Error *err)
{
    room->used = 0;
    room->over = false;
    lua_State *lua = lua_newstate(allocate, room);
    if (lua) {
        lua_pushcfunction(lua, open_libraries);
        if (lua_pcall(lua, 0, 0, 0) == LUA_OK)
            return lua;
    }
    lua_state_free(lua);
    error_set(err, ERROR_LIMIT, "Lua needs more than the %zu bytes that it may have",
              room->limits.memory);
    return NULL;
}

void lua_state_free(lua_State *lua)
{
    if (lua)
        lua_close(lua);
}
