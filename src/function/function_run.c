#include "function/function_run.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "detect/regex.h"
#include "function/lua_write.h"

enum { EVENT_BYTES_MAX = 8 << 20, WHY_BYTES = 500, REGEXES_MAX = 64, LOAD_FACTOR = 10 };

static const char CONTEXT[] = "spoor.context";

struct FunctionRun {
    const FunctionCode *code;
    LuaRoom room;
    LuaEvents events;
    lua_State *lua;
    bool detected;
    Buf event; /* what came of the call */
    char why[WHY_BYTES];
    Regex *regexes[REGEXES_MAX];
    size_t regex_count;
};

static FunctionRun *run_of(lua_State *lua)
{
    return lua_touserdata(lua, lua_upvalueindex(1));
}

static Str text_at(lua_State *lua, int index)
{
    size_t len;
    const char *text = luaL_checklstring(lua, index, &len);
    return (Str){text, len};
}

/* ---- context ---- */

/* context.lookup(table, key): a table of columns, or nil. */
static int look_up(lua_State *lua)
{
    const FunctionRun *run = run_of(lua);
    Str name = text_at(lua, 1);
    const FunctionTable *table = function_code_find(run->code, name);
    if (!table)
        return luaL_error(lua, "there is no table '%s'", name.ptr);
    const FunctionRow *row = lua_isnil(lua, 2) ? NULL : function_code_row(table, text_at(lua, 2));
    if (!row) {
        lua_pushnil(lua);
        return 1;
    }
    lua_createtable(lua, 0, (int)table->column_count);
    for (size_t i = 0; i < table->column_count; i++) {
        lua_pushlstring(lua, table->columns[i].ptr, table->columns[i].len);
        lua_pushlstring(lua, row->values[i].ptr, row->values[i].len);
        lua_rawset(lua, -3);
    }
    return 1;
}

static const Regex *regex_of(lua_State *lua, FunctionRun *run, Str pattern)
{
    Error err = {0};
    for (size_t i = 0; i < run->regex_count; i++)
        if (str_equal(regex_pattern(run->regexes[i]), pattern))
            return run->regexes[i];
    if (run->regex_count == REGEXES_MAX)
        luaL_error(lua, "more than %d patterns", REGEXES_MAX);
    Regex *regex = regex_new(pattern, 0, &err);
    if (!regex)
        luaL_error(lua, "pattern '%s': %s", pattern.ptr, err.text);
    run->regexes[run->regex_count++] = regex;
    return regex;
}

/* context.match(text, pattern): whether the regular expression is found in it. */
static int match(lua_State *lua)
{
    FunctionRun *run = run_of(lua);
    const Regex *regex = regex_of(lua, run, text_at(lua, 2));
    Str text = lua_isnil(lua, 1) ? (Str){"", 0} : text_at(lua, 1);
    lua_state_charge(lua, &run->room, 20 + text.len / 8);
    lua_pushboolean(lua, !lua_isnil(lua, 1) && regex_match(regex, text));
    return 1;
}

static int index_context(lua_State *lua)
{
    FunctionRun *run = run_of(lua);
    Str name = text_at(lua, 2);
    if (str_equal(name, STR("detected"))) {
        lua_pushboolean(lua, run->detected);
    } else if (str_equal(name, STR("derived"))) {
        lua_event_push_json(lua, &run->events,
                            document_member(run->events.document, STR("derived")));
    } else if (str_equal(name, STR("lookup")) || str_equal(name, STR("match"))) {
        lua_pushlightuserdata(lua, run);
        lua_pushcclosure(lua, str_equal(name, STR("match")) ? match : look_up, 1);
    } else {
        return luaL_error(lua, "context has lookup, match, detected and derived, no '%s'",
                          name.ptr);
    }
    return 1;
}

static int refuse_context(lua_State *lua)
{
    return luaL_error(lua, "context cannot be changed");
}

static void open_context(lua_State *lua, FunctionRun *run)
{
    lua_newuserdatauv(lua, 1, 0);
    luaL_newmetatable(lua, CONTEXT);
    lua_pushlightuserdata(lua, run);
    lua_pushcclosure(lua, index_context, 1);
    lua_setfield(lua, -2, "__index");
    lua_pushcfunction(lua, refuse_context);
    lua_setfield(lua, -2, "__newindex");
    lua_pushboolean(lua, 0);
    lua_setfield(lua, -2, "__metatable");
    lua_setmetatable(lua, -2);
    lua_setfield(lua, LUA_REGISTRYINDEX, CONTEXT);
}

/* ---- the life of a run ---- */

/* Runs the text, which defines on_event. */
static int load(lua_State *lua)
{
    FunctionRun *run = lua_touserdata(lua, 1);
    const FunctionCode *code = run->code;
    lua_event_open(lua, &run->events);
    open_context(lua, run);
    if (luaL_loadbufferx(lua, code->text.ptr, code->text.len, code->chunk.ptr, "t") != LUA_OK)
        return lua_error(lua);
    lua_call(lua, 0, 0);
    if (lua_getglobal(lua, "on_event") != LUA_TFUNCTION)
        return luaL_error(lua, "%s: expected a function on_event(event, context)",
                          code->chunk.ptr + 1);
    lua_setfield(lua, LUA_REGISTRYINDEX, "on_event");
    return 0;
}

/* The error on top of the stack as one line in run->why. */
static const char *note_error(FunctionRun *run)
{
    lua_State *lua = run->lua;
    const char *text = lua_type(lua, -1) == LUA_TSTRING ? lua_tostring(lua, -1) : NULL;
    snprintf(run->why, sizeof run->why, "%s", text ? text : "an error that is no text");
    for (char *c = run->why; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    return run->why;
}

FunctionRun *function_run_new(const FunctionCode *code, Error *err)
{
    FunctionRun *run = mem_calloc(1, sizeof *run, err);
    if (!run)
        return NULL;
    run->code = code;
    run->event = buf_init(EVENT_BYTES_MAX);
    run->room.limits = code->limits;
    run->events.room = &run->room;
    run->lua = lua_state_new(&run->room, err);
    if (!run->lua) {
        function_run_free(run);
        return NULL;
    }
    lua_state_begin(run->lua, &run->room);
    run->room.left *= LOAD_FACTOR;
    lua_pushcfunction(run->lua, load);
    lua_pushlightuserdata(run->lua, run);
    if (lua_pcall(run->lua, 1, 0, 0) == LUA_OK)
        return run;
    error_set(err, ERROR_INPUT, "%s", note_error(run));
    function_run_free(run);
    return NULL;
}

void function_run_free(FunctionRun *run)
{
    if (!run)
        return;
    lua_state_free(run->lua);
    for (size_t i = 0; i < run->regex_count; i++)
        regex_free(run->regexes[i]);
    buf_free(&run->event);
    mem_free(run);
}

/* ---- a call ---- */

/* Within a protected call: on_event with the event, and what it returned as JSON. Leaves a number
 * of FunctionOutcome. */
static int call(lua_State *lua)
{
    FunctionRun *run = lua_touserdata(lua, 1);
    Document *document = lua_touserdata(lua, 2);
    lua_getfield(lua, LUA_REGISTRYINDEX, "on_event");
    lua_event_push(lua, &run->events, document);
    lua_pushvalue(lua, -1);
    lua_insert(lua, -3);
    lua_getfield(lua, LUA_REGISTRYINDEX, CONTEXT);
    lua_call(lua, 2, 1);
    if (lua_isnil(lua, -1)) {
        lua_pushinteger(lua, FUNCTION_DROPPED);
        return 1;
    }
    if (!run->events.changed && lua_rawequal(lua, -1, -2)) {
        lua_pushinteger(lua, FUNCTION_SAME);
        return 1;
    }
    if (!lua_istable(lua, -1) && !lua_event_part(lua, &run->events, -1))
        return luaL_error(lua, "%s: on_event returned a %s: expected the event, or nil",
                          run->code->chunk.ptr + 1, luaL_typename(lua, -1));
    lua_write_value(lua, &run->events, -1, &run->event);
    lua_pushinteger(lua, FUNCTION_CHANGED);
    return 1;
}

static void take_error(FunctionRun *run, FunctionResult *ret)
{
    ret->why = note_error(run);
    ret->outcome = FUNCTION_FAILED;
    if (!run->room.over)
        return;
    /* One worker tells. */
    ret->outcome = atomic_exchange(run->code->off, true) ? FUNCTION_OFF : FUNCTION_OVER;
    if (ret->outcome == FUNCTION_OVER && !strstr(run->why, "instructions"))
        snprintf(run->why, sizeof run->why, "%s: more than %zu bytes of memory",
                 run->code->chunk.ptr + 1, run->room.limits.memory);
}

void function_run_call(FunctionRun *run, Document *document, bool detected, FunctionResult *ret)
{
    lua_State *lua = run->lua;
    *ret = (FunctionResult){.outcome = FUNCTION_OFF};
    if (atomic_load(run->code->off))
        return;
    run->detected = detected;
    run->event.len = 0;
    lua_state_begin(lua, &run->room);
    lua_settop(lua, 0);
    lua_pushcfunction(lua, call);
    lua_pushlightuserdata(lua, run);
    lua_pushlightuserdata(lua, document);
    if (lua_pcall(lua, 2, 1, 0) == LUA_OK) {
        ret->outcome = (FunctionOutcome)lua_tointeger(lua, -1);
        ret->event = buf_str(&run->event);
    } else {
        take_error(run, ret);
    }
    ret->instructions = run->room.limits.instructions - (uint64_t)run->room.left;
    ret->memory = run->room.used;
    lua_settop(lua, 0);
}
