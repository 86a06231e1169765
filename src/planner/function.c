#include "planner/function.h"

#include <string.h>

/* Each table is a group of docs/sql.md. */
const Function FUNCTIONS[] = {
#define FUNCTION(name, signature, class, how, meaning, test, expected)                             \
    {name, signature, FUNCTION_##class, how, GROUP, meaning, test, expected},
#define GROUP "Conditions"
#include "planner/function_condition_table.h"
#undef GROUP
#define GROUP "Numbers"
#include "planner/function_number_table.h"
#undef GROUP
#define GROUP "Texts"
#include "planner/function_text_table.h"
#undef GROUP
#define GROUP "Regular expressions"
#include "planner/function_regexp_table.h"
#undef GROUP
#define GROUP "JSON"
#include "planner/function_json_table.h"
#undef GROUP
#define GROUP "Dates and times"
#include "planner/function_time_table.h"
#undef GROUP
#define GROUP "Arrays"
#include "planner/function_array_table.h"
#undef GROUP
#define GROUP "Maps"
#include "planner/function_map_table.h"
#undef GROUP
#define GROUP "Bytes and hashes"
#include "planner/function_bytes_table.h"
#undef GROUP
#define GROUP "Addresses and URLs"
#include "planner/function_address_table.h"
#undef GROUP
#define GROUP "Aggregates"
#include "planner/function_aggregate_table.h"
#undef GROUP
#define GROUP "Window functions"
#include "planner/function_window_table.h"
#undef GROUP
#undef FUNCTION
};

const size_t FUNCTION_COUNT = sizeof FUNCTIONS / sizeof *FUNCTIONS;

/* The end of an argument's type: a comma or the end outside of parentheses. */
static size_t argument_end(Str text, size_t from)
{
    int depth = 0;
    for (size_t i = from; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == ',' && depth == 0)
            return i;
        depth += (c == '(') - (c == ')');
    }
    return text.len;
}

static bool read_arguments(Str text, Arena *arena, FunctionSignature *ret, Error *err)
{
    for (size_t at = 0; at < text.len;) {
        size_t end = argument_end(text, at);
        Str argument = str_trim(str_slice(text, at, end));
        if (str_ends(argument, STR("..."))) {
            ret->variadic = true;
            argument.len -= 3;
        }
        if (ret->count == FUNCTION_ARGUMENTS_MAX)
            return error_set(err, ERROR_SYSTEM, "a signature has too many arguments");
        ret->arguments[ret->count] = type_read(argument, arena, err);
        if (!ret->arguments[ret->count++])
            return false;
        at = end + 1;
    }
    return true;
}

bool function_signature(const Function *function, Arena *arena, FunctionSignature *ret, Error *err)
{
    Str text = str_of(function->signature);
    size_t close = text.len;
    for (size_t i = 0; i + 1 < text.len; i++)
        if (text.ptr[i] == '-' && text.ptr[i + 1] == '>')
            close = i;
    Str arguments = str_trim(str_slice(text, 0, close));
    Str result = str_trim(str_slice(text, close + 2, text.len));
    *ret = (FunctionSignature){.count = 0};
    if (close == text.len || !str_starts(arguments, STR("(")) || !str_ends(arguments, STR(")")))
        return error_set(err, ERROR_SYSTEM, "the signature of %s is none", function->name);
    arguments = str_slice(arguments, 1, arguments.len - 1);
    if (!read_arguments(arguments, arena, ret, err))
        return error_context(err, "the signature of %s", function->name);
    ret->result = type_read(result, arena, err);
    return ret->result != NULL || error_context(err, "the result of %s", function->name);
}

const Type *function_argument(const FunctionSignature *signature, uint32_t index)
{
    if (index < signature->count)
        return signature->arguments[index];
    return signature->variadic ? signature->arguments[signature->count - 1] : NULL;
}

static bool is_whole(const Type *type)
{
    return type->kind >= TYPE_TINYINT && type->kind <= TYPE_BIGINT;
}

/* W, X, Y and Z are particular: see function.h. */
static bool match_variable(const Type *given, char letter, FunctionBinding *binding, Arena *arena,
                           uint32_t *ret_cost, Error *err)
{
    const Type **bound = &binding->variables[letter - 'A'];
    bool known = given->kind != TYPE_UNKNOWN;
    if (letter == 'W')
        return true;
    if (known &&
        ((letter == 'X' && !type_is_number(given)) || (letter == 'Y' && !is_whole(given)) ||
         (letter == 'Z' && given->kind != TYPE_DECIMAL)))
        return false;
    if (!*bound) {
        *bound = given;
        return true;
    }
    const Type *common = type_common(*bound, given, arena, err);
    if (!common)
        return false;
    *ret_cost += !type_equal(common, given);
    *bound = common;
    return true;
}

bool function_match(const Type *given, const Type *wanted, FunctionBinding *binding, Arena *arena,
                    uint32_t *ret_cost, Error *err)
{
    if (given->kind == TYPE_TIMESTAMP_TZ && !binding->zone.len)
        binding->zone = given->zone;
    if (given->kind == TYPE_TIMESTAMP && given->zone.len)
        binding->moment = true;
    if (wanted->kind == TYPE_VARIABLE)
        return match_variable(given, wanted->variable, binding, arena, ret_cost, err);
    if (given->kind == TYPE_UNKNOWN)
        return true;
    if (given->kind == wanted->kind && given->count == wanted->count) {
        for (uint32_t i = 0; i < given->count; i++)
            if (!function_match(given->parts[i], wanted->parts[i], binding, arena, ret_cost, err))
                return false;
        return true;
    }
    if (!type_coerces(given, wanted))
        return false;
    *ret_cost += type_is_number(given) ? (uint32_t)(wanted->kind - given->kind) : 4;
    return true;
}

const Type *function_substitute(const Type *type, const FunctionBinding *binding, Arena *arena,
                                Error *err)
{
    const Type *parts[TYPE_PARTS_MAX];
    if (type->kind == TYPE_VARIABLE) {
        const Type *bound = binding->variables[type->variable - 'A'];
        return bound ? bound : type_simple(TYPE_UNKNOWN);
    }
    if (!type->count)
        return type;
    for (uint32_t i = 0; i < type->count; i++) {
        parts[i] = function_substitute(type->parts[i], binding, arena, err);
        if (!parts[i])
            return NULL;
    }
    return type_of_parts(arena, type->kind, parts, type->names, type->count, err);
}

const Function *function_next(Str name, const Function *after)
{
    for (const Function *at = after ? after + 1 : FUNCTIONS; at < FUNCTIONS + FUNCTION_COUNT; at++)
        if (str_equal_nocase(name, str_of(at->name)))
            return at;
    return NULL;
}

const char *function_near(Str name)
{
    const char *near = NULL;
    size_t least = name.len > 8 ? 4 : name.len > 4 ? 3 : 2;
    for (size_t i = 0; i < FUNCTION_COUNT; i++) {
        size_t distance = str_distance(str_of(FUNCTIONS[i].name), name);
        if (distance < least) {
            least = distance;
            near = FUNCTIONS[i].name;
        }
    }
    return near;
}
