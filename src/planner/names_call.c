/* Calls: which function is meant, and what its letters stand for. */
#include <stdio.h>
#include <string.h>

#include "planner/names_scope.h"

enum { TYPES_TEXT_BYTES = 600 };

/* The arguments of a call: children that are expressions. */
static bool take_arguments(Names *names, Ast *node, NamesCall *call, const NamesScope *scope)
{
    for (Ast *child = node->first; child; child = child->next) {
        if (ast_class((AstKind)child->kind) != AST_CLASS_EXPR)
            continue;
        if (call->count == FUNCTION_ARGUMENTS_MAX)
            return names_fail(names, node->place, "a call has more than %d arguments",
                              FUNCTION_ARGUMENTS_MAX);
        if (child->kind != AST_LAMBDA && !names_expression(names, child, scope))
            return false;
        call->arguments[call->count++] = child;
    }
    return true;
}

/* A member of a map that a view makes of a text is found in the text: the map is not made. */
static void use_text(Names *names, const Ast *node, NamesCall *call)
{
    Ast *map = node->first;
    if (!str_equal(node->text, STR("element_at")) || call->count != 2 ||
        map != call->arguments[0] || map->type->kind != TYPE_MAP)
        return;
    const NamesColumn *column =
        map->kind == AST_COLUMN || map->kind == AST_FIELD ? map->bound : NULL;
    const CatalogColumn *raw = column && column->relation && column->relation->table
                                   ? catalog_raw(column->relation->table, column->name)
                                   : NULL;
    if (!raw || raw->type->kind != TYPE_VARCHAR)
        return;
    names_bind_to(names, map, column, raw);
    map->type = raw->type;
}

/* A lambda's parameters get the types that its function says, its body is bound over them. */
static const Type *bind_lambda(Names *names, Ast *lambda, const Type *wanted,
                               const FunctionBinding *binding, const NamesScope *scope)
{
    uint32_t count = lambda->count - 1;
    NamesColumn *parameters = arena_calloc(names->arena, count + 1, sizeof *parameters, names->err);
    if (!parameters)
        return NULL;
    if (wanted->count != count + 1) {
        names_fail(names, lambda->place, "a lambda with %u parameters is expected here",
                   wanted->count - 1);
        return NULL;
    }
    const Ast *name = lambda->first;
    for (uint32_t i = 0; i < count; i++, name = name->next) {
        parameters[i].name = name->text;
        parameters[i].sql = names_text(names, "p%u", ++names->relations);
        parameters[i].type =
            function_substitute(wanted->parts[i], binding, names->arena, names->err);
        if (!parameters[i].type)
            return NULL;
    }
    lambda->bound = parameters;
    NamesScope inner = {.outer = scope, .parameters = parameters, .parameter_count = count};
    return names_expression(names, lambda->last, &inner);
}

static bool match_lambda(Names *names, Ast *lambda, const Type *wanted, NamesCall *call,
                         const NamesScope *scope)
{
    uint32_t cost = 0;
    const Type *result = bind_lambda(names, lambda, wanted, &call->binding, scope);
    if (!result)
        return false;
    lambda->type = result;
    const Type *expected = wanted->parts[wanted->count - 1];
    if (function_match(result, expected, &call->binding, names->arena, &cost, names->err))
        return true;
    return names->err->kind == ERROR_NONE
               ? names_fail(names, lambda->last->place, "the lambda gives a value of another type")
               : false;
}

/* True when *function* takes the arguments that are no lambdas; adds up what it costs. */
static bool fits(Names *names, const FunctionSignature *signature, NamesCall *call,
                 uint32_t *ret_cost)
{
    uint32_t least = signature->variadic ? signature->count - 1 : signature->count;
    call->binding = (FunctionBinding){.zone = {"", 0}};
    *ret_cost = 0;
    if (call->count < least || (!signature->variadic && call->count > signature->count))
        return false;
    for (uint32_t i = 0; i < call->count; i++) {
        const Type *wanted = function_argument(signature, i);
        bool lambda = call->arguments[i]->kind == AST_LAMBDA;
        if (lambda != (wanted->kind == TYPE_FUNCTION))
            return false;
        if (!lambda && !function_match(call->arguments[i]->type, wanted, &call->binding,
                                       names->arena, ret_cost, names->err))
            return false;
    }
    return true;
}

/* Words for what was given: "(varchar, bigint)". */
static bool no_such_call(Names *names, const Ast *node, Str name, const NamesCall *call)
{
    BUF_AUTO Buf text = buf_init(TYPES_TEXT_BYTES);
    Error ignored = {0};
    bool ok = true;
    for (uint32_t i = 0; ok && i < call->count; i++)
        ok = (i == 0 || buf_printf(&text, &ignored, ", ")) &&
             (call->arguments[i]->kind == AST_LAMBDA
                  ? buf_printf(&text, &ignored, "lambda")
                  : type_write(call->arguments[i]->type, &text, &ignored));
    const Function *first = function_next(name, NULL);
    return names_fail(names, node->place, "%.*s does not take (%.*s): it takes %s%s",
                      STR_ARG(str_slice(name, 0, 60)), STR_ARG(buf_str(&text)), first->signature,
                      function_next(name, first) ? " and other forms, see docs/sql.md" : "");
}

static bool unknown_function(Names *names, const Ast *node, Str name)
{
    char quoted[PLACE_QUOTE_BYTES];
    const char *near = function_near(name);
    place_quote(name, quoted);
    if (near)
        return names_fail(names, node->place, "function '%s' is not known; did you mean '%s'?",
                          quoted, near);
    return names_fail(names, node->place, "function '%s' is not known", quoted);
}

/* Chooses the overload that needs the fewest coercions; the first of equals. */
static const Function *choose(Names *names, const Ast *node, Str name, NamesCall *call)
{
    const Function *best = NULL;
    uint32_t least = UINT32_MAX;
    if (!function_next(name, NULL)) {
        unknown_function(names, node, name);
        return NULL;
    }
    for (const Function *at = NULL; (at = function_next(name, at)) != NULL;) {
        FunctionSignature signature;
        uint32_t cost;
        if (!function_signature(at, names->arena, &signature, names->err))
            return NULL;
        bool fit = fits(names, &signature, call, &cost);
        if (names->err->kind != ERROR_NONE)
            return NULL;
        if (fit && cost < least) {
            least = cost;
            best = at;
        }
    }
    if (!best)
        no_such_call(names, node, name, call);
    return best;
}

/* The result with what the arguments say of it: a zone, that it is a moment. */
static const Type *result_of(Names *names, const FunctionSignature *signature,
                             const FunctionBinding *binding)
{
    const Type *result = function_substitute(signature->result, binding, names->arena, names->err);
    if (result && result->kind == TYPE_TIMESTAMP_TZ && binding->zone.len)
        return type_zoned(names->arena, binding->zone, names->err);
    return result && result->kind == TYPE_TIMESTAMP && binding->moment ? type_moment() : result;
}

/* Binds lambdas, then says what the call gives. */
static const Type *finish(Names *names, Ast *node, NamesCall *call, const NamesScope *scope)
{
    FunctionSignature signature;
    uint32_t cost;
    if (!function_signature(call->function, names->arena, &signature, names->err) ||
        !fits(names, &signature, call, &cost))
        return NULL;
    for (uint32_t i = 0; i < call->count; i++) {
        if (call->arguments[i]->kind != AST_LAMBDA)
            continue;
        Ast *lambda = node->first;
        while (lambda != call->arguments[i])
            lambda = lambda->next;
        if (!match_lambda(names, lambda, function_argument(&signature, i), call, scope))
            return NULL;
    }
    return names_call_zone(names, node, call) ? result_of(names, &signature, &call->binding) : NULL;
}

/* What may stand in a call: DISTINCT, ORDER BY, FILTER and OVER belong to aggregates and windows.
 */
static bool check_clauses(Names *names, const Ast *node, const Function *function)
{
    bool over = ast_find(node, AST_OVER) != NULL;
    bool aggregate = function->class == FUNCTION_AGGREGATE;
    if (function->class == FUNCTION_WINDOW && !over)
        return names_fail(names, node->place, "%s needs OVER (...)", function->name);
    if (function->class == FUNCTION_SCALAR && over)
        return names_fail(names, node->place, "%s is no window function", function->name);
    if (!aggregate && (node->flags & AST_DISTINCT || ast_find(node, AST_ORDER_BY)))
        return names_fail(names, node->place,
                          "%s is no aggregate: DISTINCT and ORDER BY do not "
                          "stand in it",
                          function->name);
    if (!aggregate && ast_find(node, AST_FILTER))
        return names_fail(names, node->place, "%s is no aggregate: FILTER does not follow it",
                          function->name);
    return true;
}

static bool bind_sorts(Names *names, Ast *order, const NamesScope *scope)
{
    for (Ast *sort = order ? order->first : NULL; sort; sort = sort->next)
        if (!names_expression(names, sort->first, scope))
            return false;
    return true;
}

/* A window: its partition, order and the bounds of its frame. */
static bool bind_window(Names *names, Ast *window, const NamesScope *scope)
{
    for (Ast *child = window->first; child; child = child->next) {
        if (child->kind == AST_ORDER_BY && !bind_sorts(names, child, scope))
            return false;
        for (Ast *part = child->first; part; part = part->next) {
            Ast *expr = child->kind == AST_PARTITION_BY ? part
                        : child->kind == AST_FRAME      ? part->first
                                                        : NULL;
            if (expr && !names_expression(names, expr, scope))
                return false;
        }
    }
    return true;
}

static bool bind_clauses(Names *names, Ast *node, const NamesScope *scope)
{
    for (Ast *child = node->first; child; child = child->next) {
        bool ok = true;
        if (child->kind == AST_ORDER_BY)
            ok = bind_sorts(names, child, scope);
        else if (child->kind == AST_FILTER)
            ok = names_condition(names, child->first, scope, "FILTER");
        else if (child->kind == AST_OVER && child->first->kind == AST_WINDOW)
            ok = bind_window(names, child->first, scope);
        if (!ok)
            return false;
    }
    return true;
}

const Type *names_call(Names *names, Ast *node, const NamesScope *scope)
{
    NamesCall *call = arena_calloc(names->arena, 1, sizeof *call, names->err);
    if (!call || !take_arguments(names, node, call, scope) || !bind_clauses(names, node, scope))
        return NULL;
    use_text(names, node, call);
    call->function = choose(names, node, node->text, call);
    if (!call->function || !check_clauses(names, node, call->function))
        return NULL;
    node->bound = call;
    return finish(names, node, call, scope);
}

const Type *names_call_simple(Names *names, Ast *node, Str name, Ast *argument)
{
    NamesCall *call = arena_calloc(names->arena, 1, sizeof *call, names->err);
    if (!call)
        return NULL;
    call->arguments[call->count++] = argument;
    call->function = choose(names, node, name, call);
    node->bound = call;
    return call->function ? finish(names, node, call, NULL) : NULL;
}

bool names_call_window(Names *names, Ast *window, const NamesScope *scope)
{
    return bind_window(names, window, scope);
}
