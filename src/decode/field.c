#include "decode/field.h"

#include <stdio.h>
#include <string.h>

const Field FIELDS[FIELD_COUNT] = {
#define FIELD(name, up, number, kind, col, mem, flag)                                              \
    [F_##name] = {.parent = F_##up,                                                                \
                  .id = (number),                                                                  \
                  .type = FIELD_##kind,                                                            \
                  .column = {col, sizeof(col) - 1},                                                \
                  .member = {mem, sizeof(mem) - 1},                                                \
                  .flags = (flag)},
#include "decode/field_table.h"
#undef FIELD
};

const FieldNode FIELD_PRINCIPAL[FIELD_PRINCIPALS] = {F_UI_ARN, F_UI_INVOKED_BY, F_UI_PRINCIPAL_ID,
                                                     F_UI_USER_NAME, F_UI_ACCOUNT_ID};

FieldNode field_top(FieldNode node)
{
    while (FIELDS[node].parent != F_ROOT)
        node = FIELDS[node].parent;
    return node;
}

FieldNode field_source(FieldNode node)
{
    switch (node) {
    case F_ACCESSKEY_ID:
        return F_UI_ACCESS_KEY_ID;
    case F_PRINCIPAL_ARN:
        return F_UI_ARN;
    case F_SESSION_ISSUER_ARN:
        return F_SCI_ARN;
    default:
        return node;
    }
}

size_t field_path(FieldNode node, char *path, size_t size)
{
    FieldNode chain[8];
    int depth = 0;
    for (FieldNode at = node; at != F_ROOT && depth < 8; at = FIELDS[at].parent)
        chain[depth++] = at;
    size_t used = 0;
    while (depth-- > 0 && used < size) {
        int wrote = snprintf(path + used, size - used, "%s%.*s", used ? "." : "",
                             STR_ARG(FIELDS[chain[depth]].column));
        used += (size_t)wrote;
    }
    return used < size ? used : size - 1;
}

int field_definition_max(FieldNode node)
{
    int levels = 0;
    for (FieldNode at = node; at != F_ROOT; at = FIELDS[at].parent)
        levels += FIELDS[at].type == FIELD_LIST ? 2 : 1;
    return levels;
}

int field_repetition_max(FieldNode node)
{
    int levels = 0;
    for (FieldNode at = node; at != F_ROOT; at = FIELDS[at].parent)
        levels += FIELDS[at].type == FIELD_LIST;
    return levels;
}

size_t field_record_columns(FieldNode *ret)
{
    size_t count = 0;
    for (int node = 0; node < FIELD_COUNT; node++)
        if (FIELDS[node].parent == F_ROOT && (FIELDS[node].member.len || node == F_EXTRA ||
                                              node == F_OBJECT_ID || node == F_RECORD_INDEX))
            ret[count++] = (FieldNode)node;
    return count;
}
