#include "decode/field_page.h"

#include "decode/field.h"

static const char *const TYPES[] = {
    [FIELD_STRING] = "VARCHAR", [FIELD_JSON] = "VARCHAR, JSON", [FIELD_BOOL] = "BOOLEAN",
    [FIELD_TIME] = "TIMESTAMP", [FIELD_INT] = "INTEGER",        [FIELD_LONG] = "BIGINT",
    [FIELD_STRUCT] = "STRUCT",  [FIELD_LIST] = "LIST",
};

/* What a flag of a field means to a reader of the table. */
static const struct {
    unsigned flag;
    const char *words;
} NOTES[] = {
    {FIELD_BLOOM, "bloom filter"},
    {FIELD_UNIQUE, "no dictionary"},
    {FIELD_NULL_USUAL, "JSON null is usual"},
    {FIELD_HOISTED, "copy of a nested value"},
    {FIELD_ORIGIN, "where the row came from"},
    {FIELD_DERIVED, "[derived members](../derived-members.md), at the time of ingest"},
    {FIELD_SAMPLED,
     "how many records the row stands for, by a [sample](../filters.md); NULL: itself"},
};

/* Appends the path of members from the record down to *node*; a list's element has no name. */
static bool member_path(FieldNode node, Buf *ret, Error *err)
{
    FieldNode parent = FIELDS[node].parent;
    if (parent != F_ROOT && !member_path(parent, ret, err))
        return false;
    if (FIELDS[node].flags & FIELD_DERIVED)
        return buf_append_str(ret, FIELDS[node].column, err);
    if (FIELDS[node].member.len == 0)
        return parent == F_ROOT || buf_printf(ret, err, "[]");
    return buf_printf(ret, err, "%s%.*s", parent == F_ROOT ? "" : ".",
                      STR_ARG(FIELDS[node].member));
}

static bool row(FieldNode node, Buf *ret, Error *err)
{
    const Field *field = &FIELDS[node];
    char path[128];
    field_path(node, path, sizeof path);
    if (!buf_printf(ret, err, "| `%s` | %d | %s | ", path, field->id, TYPES[field->type]))
        return false;
    bool named = field->member.len > 0 || field->parent != F_ROOT;
    if (named &&
        !(buf_printf(ret, err, "`") && member_path(node, ret, err) && buf_printf(ret, err, "`")))
        return false;
    if (!buf_printf(ret, err, " |"))
        return false;
    const char *before = " ";
    for (size_t i = 0; i < sizeof NOTES / sizeof *NOTES; i++)
        if (field->flags & NOTES[i].flag) {
            if (!buf_printf(ret, err, "%s%s", before, NOTES[i].words))
                return false;
            before = ", ";
        }
    return buf_printf(ret, err, " |\n");
}

bool field_page(Buf *ret, Error *err)
{
    if (!buf_printf(ret, err, "| column | id | type | member | |\n|---|---|---|---|---|\n"))
        return false;
    for (FieldNode node = 0; node < FIELD_COUNT; node++)
        if (!row(node, ret, err))
            return false;
    return true;
}
