#include "function/lua_event.h"

#include <lauxlib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char PART[] = "spoor.part";

enum { STEPS_OF_MEMBER = 16 }; /* members that are passed over for the price of an instruction */

/* What stands for a member that was removed. */
static char REMOVED;

static LuaEvents *events_of(lua_State *lua)
{
    return lua_touserdata(lua, lua_upvalueindex(1));
}

/* ---- values ---- */

static void push_part(lua_State *lua, const LuaEvents *events, const Json *json)
{
    LuaPart *part = lua_newuserdatauv(lua, sizeof *part, 1);
    *part = (LuaPart){.json = json, .call = events->call};
    luaL_setmetatable(lua, PART);
}

static void push_number(lua_State *lua, const Json *json)
{
    enum { DIGITS_MAX = 400 };
    char text[DIGITS_MAX + 1];
    int64_t number;
    if (json_int(json, &number)) {
        lua_pushinteger(lua, number);
        return;
    }
    size_t len = json->text.len < DIGITS_MAX ? json->text.len : DIGITS_MAX;
    memcpy(text, json->text.ptr, len);
    text[len] = '\0';
    lua_pushnumber(lua, strtod(text, NULL));
}

void lua_event_push_json(lua_State *lua, LuaEvents *events, const Json *json)
{
    switch (json ? json->type : JSON_NULL) {
    case JSON_STRING:
        lua_pushlstring(lua, json->text.ptr, json->text.len);
        break;
    case JSON_NUMBER:
        push_number(lua, json);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        lua_pushboolean(lua, json->type == JSON_TRUE);
        break;
    case JSON_OBJECT:
    case JSON_ARRAY:
        push_part(lua, events, json);
        break;
    default:
        lua_pushnil(lua);
    }
}

/* ---- parts ---- */

const LuaPart *lua_event_part(lua_State *lua, const LuaEvents *events, int index)
{
    const LuaPart *part = luaL_testudata(lua, index, PART);
    if (part && part->call != events->call)
        luaL_error(lua, "a part of an event of an earlier call");
    return part;
}

static LuaPart *check_part(lua_State *lua, const LuaEvents *events)
{
    LuaPart *part = luaL_checkudata(lua, 1, PART);
    if (part->call != events->call)
        luaL_error(lua, "a part of an event of an earlier call");
    return part;
}

/* Pushes the table of what was set in the part at *index*, made when there is none. */
static void push_set(lua_State *lua, int index)
{
    index = lua_absindex(lua, index);
    if (lua_getiuservalue(lua, index, 1) == LUA_TTABLE)
        return;
    lua_pop(lua, 1);
    lua_newtable(lua);
    lua_pushvalue(lua, -1);
    lua_setiuservalue(lua, index, 1);
}

void lua_event_set_value(lua_State *lua, int index)
{
    index = lua_absindex(lua, index);
    if (lua_getiuservalue(lua, index, 1) != LUA_TTABLE) {
        lua_pop(lua, 2);
        lua_pushnil(lua);
        return;
    }
    lua_insert(lua, -2);
    lua_rawget(lua, -2);
    lua_remove(lua, -2);
}

/* All elements of a list at once, so that going through it takes no walk for each. */
static void load_list(lua_State *lua, LuaEvents *events, LuaPart *part)
{
    lua_Integer number = 1;
    lua_state_charge(lua, events->room, part->json->count / STEPS_OF_MEMBER);
    push_set(lua, 1);
    for (const Json *element = part->json->first; element; element = element->next, number++) {
        lua_event_push_json(lua, events, element);
        lua_rawseti(lua, -2, number);
    }
    lua_pop(lua, 1);
    part->whole = true;
}

static const Json *member_of(lua_State *lua, LuaEvents *events, const LuaPart *part, Str name)
{
    if (!part->json)
        return document_member(events->document, name);
    lua_state_charge(lua, events->room, part->json->count / STEPS_OF_MEMBER);
    return json_member(part->json, name);
}

static Str text_at(lua_State *lua, int index)
{
    size_t len;
    const char *text = lua_tolstring(lua, index, &len);
    return (Str){text, len};
}

/* A member that is read for the first time: parts are kept, so that what is set in them stays. */
static void read_member(lua_State *lua, LuaEvents *events, const LuaPart *part)
{
    lua_event_push_json(lua, events, member_of(lua, events, part, text_at(lua, 2)));
    if (!lua_isuserdata(lua, -1))
        return;
    push_set(lua, 1);
    lua_pushvalue(lua, 2);
    lua_pushvalue(lua, -3);
    lua_rawset(lua, -3);
    lua_pop(lua, 1);
}

static bool is_list(const LuaPart *part)
{
    return part->json && part->json->type == JSON_ARRAY;
}

static int index_part(lua_State *lua)
{
    LuaEvents *events = events_of(lua);
    LuaPart *part = check_part(lua, events);
    if (is_list(part) && !part->whole)
        load_list(lua, events, part);
    lua_pushvalue(lua, 2);
    lua_event_set_value(lua, 1);
    if (lua_islightuserdata(lua, -1)) {
        lua_pushnil(lua);
        return 1;
    }
    if (!lua_isnil(lua, -1) || is_list(part) || lua_type(lua, 2) != LUA_TSTRING)
        return 1;
    read_member(lua, events, part);
    return 1;
}

/* Whether the part has nothing at the name at 2. */
static bool is_nothing(lua_State *lua, LuaEvents *events, const LuaPart *part)
{
    lua_pushvalue(lua, 2);
    lua_event_set_value(lua, 1);
    bool unset = lua_isnil(lua, -1);
    lua_pop(lua, 1);
    return unset && !member_of(lua, events, part, text_at(lua, 2));
}

static int set_part(lua_State *lua)
{
    LuaEvents *events = events_of(lua);
    LuaPart *part = check_part(lua, events);
    bool list = is_list(part);
    if (list ? !lua_isinteger(lua, 2) : lua_type(lua, 2) != LUA_TSTRING)
        return luaL_error(lua, list ? "an element of a list has a number"
                                    : "a member has a text as its name");
    if (list && !part->whole)
        load_list(lua, events, part);
    if (lua_isnil(lua, 3) && !list && is_nothing(lua, events, part))
        return 0;
    events->changed = true;
    push_set(lua, 1);
    lua_pushvalue(lua, 2);
    if (lua_isnil(lua, 3) && !list)
        lua_pushlightuserdata(lua, &REMOVED);
    else
        lua_pushvalue(lua, 3);
    lua_rawset(lua, -3);
    return 0;
}

lua_Integer lua_event_length(lua_State *lua, LuaEvents *events, int index)
{
    LuaPart *part = lua_touserdata(lua, index);
    if (!is_list(part))
        return 0;
    if (!part->whole)
        return part->json->count;
    (void)events;
    lua_getiuservalue(lua, index, 1);
    lua_Integer len = (lua_Integer)lua_rawlen(lua, -1);
    lua_pop(lua, 1);
    return len;
}

static int length_of_part(lua_State *lua)
{
    LuaEvents *events = events_of(lua);
    check_part(lua, events);
    lua_pushinteger(lua, lua_event_length(lua, events, 1));
    return 1;
}

/* The next pair of a table that was made for one walk. */
static int next_pair(lua_State *lua)
{
    lua_settop(lua, 2);
    if (lua_next(lua, 1))
        return 2;
    lua_pushnil(lua);
    return 1;
}

/* Sets in the table on top the members of *json* that the part at 1 does not have otherwise. */
static void add_members(lua_State *lua, LuaEvents *events, const Json *json)
{
    lua_state_charge(lua, events->room, json ? json->count : 0);
    for (const Json *member = json ? json->first : NULL; member; member = member->next) {
        lua_pushvalue(lua, 1);
        lua_pushlstring(lua, member->name.ptr, member->name.len);
        lua_gettable(lua, -2);
        lua_remove(lua, -2);
        lua_pushlstring(lua, member->name.ptr, member->name.len);
        lua_insert(lua, -2);
        lua_rawset(lua, -3);
    }
}

/* Sets in the table on top what was set in the part at 1. */
static void add_set(lua_State *lua)
{
    if (lua_getiuservalue(lua, 1, 1) != LUA_TTABLE) {
        lua_pop(lua, 1);
        return;
    }
    for (lua_pushnil(lua); lua_next(lua, -2); lua_pop(lua, 1))
        if (!lua_islightuserdata(lua, -1)) {
            lua_pushvalue(lua, -2);
            lua_pushvalue(lua, -2);
            lua_rawset(lua, -6);
        }
    lua_pop(lua, 1);
}

static int pairs_of_part(lua_State *lua)
{
    LuaEvents *events = events_of(lua);
    LuaPart *part = check_part(lua, events);
    lua_settop(lua, 1);
    lua_pushcfunction(lua, next_pair);
    lua_newtable(lua);
    if (is_list(part)) {
        if (!part->whole)
            load_list(lua, events, part);
    } else {
        add_members(lua, events, part->json ? part->json : document_root(events->document));
    }
    add_set(lua);
    lua_pushnil(lua);
    return 3;
}

void lua_event_open(lua_State *lua, LuaEvents *events)
{
    static const luaL_Reg METHODS[] = {{"__index", index_part},
                                       {"__newindex", set_part},
                                       {"__len", length_of_part},
                                       {"__pairs", pairs_of_part},
                                       {NULL, NULL}};
    luaL_newmetatable(lua, PART);
    lua_pushlightuserdata(lua, events);
    luaL_setfuncs(lua, METHODS, 1);
    lua_pushboolean(lua, 0);
    lua_setfield(lua, -2, "__metatable");
    lua_pop(lua, 1);
}

void lua_event_push(lua_State *lua, LuaEvents *events, Document *document)
{
    events->document = document;
    events->call++;
    events->changed = false;
    push_part(lua, events, NULL);
}
