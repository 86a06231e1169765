#include "function/lua_write.h"

#include <inttypes.h>
#include <lauxlib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 60, NAMES_MAX = 10000, STACK_ROOM = 12 };

typedef struct Writing {
    lua_State *lua;
    LuaEvents *events;
    Buf *out;
    int depth;
} Writing;

/* A failure of memory becomes an error of Lua. */
static void check(const Writing *to, bool ok)
{
    if (!ok)
        luaL_error(to->lua, "what is returned is too large");
}

static void put(const Writing *to, Str text)
{
    ERROR_UNREAD(ignored);
    check(to, buf_append_str(to->out, text, &ignored));
}

static void put_text(const Writing *to, Str text)
{
    ERROR_UNREAD(ignored);
    check(to, json_append_string(to->out, text, &ignored));
}

static void put_json(const Writing *to, const Json *json)
{
    ERROR_UNREAD(ignored);
    lua_state_charge(to->lua, to->events->room, json->raw.len / 64);
    check(to, json_append(to->out, json, &ignored));
}

static void put_name(const Writing *to, Str name, bool *some)
{
    put(to, *some ? STR(",") : STR(""));
    *some = true;
    put_text(to, name);
    put(to, STR(":"));
}

static void write(Writing *to, int index);

/* ---- parts of the event ---- */

/* A member as it was set, or as it came; the part is at *index*. */
static void write_member(Writing *to, int index, const Json *member, bool *some)
{
    lua_State *lua = to->lua;
    lua_pushlstring(lua, member->name.ptr, member->name.len);
    lua_event_set_value(lua, index);
    if (lua_isnil(lua, -1)) {
        put_name(to, member->name, some);
        put_json(to, member);
    } else if (!lua_islightuserdata(lua, -1)) {
        put_name(to, member->name, some);
        write(to, lua_gettop(lua));
    }
    lua_pop(lua, 1);
}

static int compare(const void *a, const void *b)
{
    const Str *left = a, *right = b;
    return str_compare(*left, *right);
}

/* Names of the table at *index*, ascending, in a block of Lua's that is left on the stack. */
static Str *names_of(Writing *to, int index, size_t *ret_count)
{
    lua_State *lua = to->lua;
    size_t count = 0, cap = 0;
    for (lua_pushnil(lua); lua_next(lua, index); lua_pop(lua, 1))
        cap++;
    if (cap > NAMES_MAX)
        luaL_error(lua, "a table of more than %d members", NAMES_MAX);
    Str *names = lua_newuserdatauv(lua, (cap + 1) * sizeof *names, 0);
    for (lua_pushnil(lua); lua_next(lua, index); lua_pop(lua, 1)) {
        if (lua_type(lua, -2) != LUA_TSTRING)
            luaL_error(lua, "a table with names and numbers as keys, or with gaps");
        size_t len;
        const char *name = lua_tolstring(lua, -2, &len);
        names[count++] = (Str){name, len};
    }
    qsort(names, count, sizeof *names, compare);
    *ret_count = count;
    return names;
}

/* Members that were set and that the event does not have. */
static void write_new(Writing *to, int index, const Json *json, bool *some)
{
    lua_State *lua = to->lua;
    size_t count;
    if (lua_getiuservalue(lua, index, 1) != LUA_TTABLE) {
        lua_pop(lua, 1);
        return;
    }
    int set = lua_gettop(lua);
    const Str *names = names_of(to, set, &count);
    for (size_t i = 0; i < count; i++) {
        lua_pushlstring(lua, names[i].ptr, names[i].len);
        lua_rawget(lua, set);
        if (!lua_islightuserdata(lua, -1) && !json_member(json, names[i])) {
            put_name(to, names[i], some);
            write(to, lua_gettop(lua));
        }
        lua_pop(lua, 1);
    }
    lua_settop(lua, set - 1);
}

static void write_object(Writing *to, int index, const Json *json)
{
    bool some = false;
    put(to, STR("{"));
    for (const Json *member = json ? json->first : NULL; member; member = member->next)
        if (!member->shadowed)
            write_member(to, index, member, &some);
    write_new(to, index, json, &some);
    put(to, STR("}"));
}

static void write_list(Writing *to, int index)
{
    lua_State *lua = to->lua;
    lua_Integer count = lua_event_length(lua, to->events, index);
    put(to, STR("["));
    for (lua_Integer i = 1; i <= count; i++) {
        put(to, i > 1 ? STR(",") : STR(""));
        lua_pushinteger(lua, i);
        lua_event_set_value(lua, index);
        write(to, lua_gettop(lua));
        lua_pop(lua, 1);
    }
    put(to, STR("]"));
}

static bool was_touched(lua_State *lua, int index)
{
    bool touched = lua_getiuservalue(lua, index, 1) == LUA_TTABLE;
    lua_pop(lua, 1);
    return touched;
}

static void write_part(Writing *to, int index, const LuaPart *part)
{
    if (!part->json)
        write_object(to, index, document_root(to->events->document));
    else if (!was_touched(to->lua, index))
        put_json(to, part->json);
    else if (part->json->type == JSON_ARRAY)
        write_list(to, index);
    else
        write_object(to, index, part->json);
}

/* ---- tables ---- */

/* Whether the keys are 1 to *count*. */
static bool is_list(lua_State *lua, int index, lua_Integer count)
{
    lua_Integer numbers = 0, keys = 0;
    for (lua_pushnil(lua); lua_next(lua, index); lua_pop(lua, 1), keys++)
        numbers += lua_isinteger(lua, -2) && lua_tointeger(lua, -2) >= 1 &&
                   lua_tointeger(lua, -2) <= count;
    return count > 0 && keys == count && numbers == count;
}

static void write_table(Writing *to, int index)
{
    lua_State *lua = to->lua;
    lua_Integer count = (lua_Integer)lua_rawlen(lua, index);
    bool list = is_list(lua, index, count), some = false;
    put(to, list ? STR("[") : STR("{"));
    for (lua_Integer i = 1; list && i <= count; i++) {
        put(to, i > 1 ? STR(",") : STR(""));
        lua_rawgeti(lua, index, i);
        write(to, lua_gettop(lua));
        lua_pop(lua, 1);
    }
    if (!list) {
        size_t named;
        const Str *names = names_of(to, index, &named);
        for (size_t i = 0; i < named; i++) {
            put_name(to, names[i], &some);
            lua_pushlstring(lua, names[i].ptr, names[i].len);
            lua_rawget(lua, index);
            write(to, lua_gettop(lua));
            lua_pop(lua, 1);
        }
        lua_pop(lua, 1);
    }
    put(to, list ? STR("]") : STR("}"));
}

static void write_number(const Writing *to, int index)
{
    ERROR_UNREAD(ignored);
    lua_State *lua = to->lua;
    if (lua_isinteger(lua, index)) {
        check(to, buf_printf(to->out, &ignored, "%" PRId64, (int64_t)lua_tointeger(lua, index)));
        return;
    }
    double number = lua_tonumber(lua, index);
    if (!isfinite(number))
        luaL_error(lua, "a number that is not finite");
    check(to, buf_printf(to->out, &ignored, "%.17g", number));
}

/* ---- all of it ---- */

static void write_text(const Writing *to, int index)
{
    size_t len;
    const char *text = lua_tolstring(to->lua, index, &len);
    put_text(to, (Str){text, len});
}

static void write_compound(Writing *to, int index)
{
    const LuaPart *part = lua_event_part(to->lua, to->events, index);
    if (to->depth++ == DEPTH_MAX)
        luaL_error(to->lua, "what is returned is nested deeper than %d levels", DEPTH_MAX);
    luaL_checkstack(to->lua, STACK_ROOM, "what is returned is nested too deep");
    if (part)
        write_part(to, index, part);
    else if (lua_istable(to->lua, index))
        write_table(to, index);
    else
        luaL_error(to->lua, "a %s, which no event can hold", luaL_typename(to->lua, index));
    to->depth--;
}

static void write(Writing *to, int index)
{
    switch (lua_type(to->lua, index)) {
    case LUA_TNIL:
        put(to, STR("null"));
        break;
    case LUA_TBOOLEAN:
        put(to, lua_toboolean(to->lua, index) ? STR("true") : STR("false"));
        break;
    case LUA_TNUMBER:
        write_number(to, index);
        break;
    case LUA_TSTRING:
        write_text(to, index);
        break;
    default:
        write_compound(to, index);
    }
}

void lua_write_value(lua_State *lua, LuaEvents *events, int index, Buf *out)
{
    Writing to = {.lua = lua, .events = events, .out = out};
    write(&to, lua_absindex(lua, index));
}
