/* Types as the parser read them become types as type.h has them. */
#include "planner/names_scope.h"

static const Type *parts_type(Names *names, const Ast *node, TypeKind kind)
{
    const Type *parts[TYPE_PARTS_MAX];
    Str labels[TYPE_PARTS_MAX];
    uint32_t count = 0;
    for (const Ast *child = node->first; child; child = child->next, count++) {
        if (count == TYPE_PARTS_MAX) {
            names_fail(names, node->place, "a type has more than %d parts", TYPE_PARTS_MAX);
            return NULL;
        }
        const Ast *label = child->kind == AST_ROW_FIELD ? ast_find(child, AST_NAME) : NULL;
        labels[count] = label ? label->text : (Str){"", 0};
        parts[count] = names_type(names, child->kind == AST_ROW_FIELD ? child->last : child);
        if (!parts[count])
            return NULL;
    }
    uint32_t wanted = kind == TYPE_ARRAY ? 1 : kind == TYPE_MAP ? 2 : count;
    if (count != wanted || count == 0) {
        names_fail(names, node->place, "a type %.*s takes %u types, not %u", STR_ARG(node->text),
                   wanted, count);
        return NULL;
    }
    return type_of_parts(names->arena, kind, parts, kind == TYPE_ROW ? labels : NULL, count,
                         names->err);
}

static const Type *decimal_type(Names *names, const Ast *node)
{
    uint64_t precision = 38, scale = 0;
    const Ast *first = node->first;
    if (first && !str_to_u64(first->text, &precision))
        precision = 0;
    if (first && first->next && !str_to_u64(first->next->text, &scale))
        precision = 0;
    if (precision < 1 || precision > 38 || scale > precision) {
        names_fail(names, node->place,
                   "a decimal has 1 to 38 digits, and no more behind its point");
        return NULL;
    }
    return type_decimal(names->arena, (uint32_t)precision, (uint32_t)scale, names->err);
}

const Type *names_type(Names *names, const Ast *node)
{
    static const struct {
        Str word;
        TypeKind kind;
    } NESTED[] = {{{"array", 5}, TYPE_ARRAY}, {{"map", 3}, TYPE_MAP}, {{"row", 3}, TYPE_ROW}};
    for (size_t i = 0; i < sizeof NESTED / sizeof *NESTED; i++)
        if (str_equal_nocase(node->text, NESTED[i].word))
            return parts_type(names, node, NESTED[i].kind);
    const Type *simple = type_named(node->text);
    if (!simple || simple->kind == TYPE_UNKNOWN) {
        names_fail(names, node->place, "type '%.*s' is not known",
                   STR_ARG(str_slice(node->text, 0, 60)));
        return NULL;
    }
    return simple->kind == TYPE_DECIMAL ? decimal_type(names, node) : simple;
}
