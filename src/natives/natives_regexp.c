/* Regular expressions that are no constants are written for the engine row by row; what a text must
 * hold to match one that is a constant is looked for before. */
#include "natives/natives_row.h"
#include "natives/regexp.h"
#include "natives/regexp_literals.h"

/* athena_regexp(pattern) */
static bool pattern(NativesRow *row)
{
    RegexpGroups groups;
    return regexp_pattern(row->arguments[0].text, row->out, &groups, row->err);
}

/* athena_replacement(pattern, replacement) */
static bool replacement(NativesRow *row)
{
    RegexpGroups groups;
    BUF_AUTO Buf ignored = buf_init(row->out->max);
    return regexp_pattern(row->arguments[0].text, &ignored, &groups, row->err) &&
           regexp_replacement(row->arguments[1].text, &groups, row->out, row->err);
}

/* athena_has_literal(text, literals) */
static bool has_literal(NativesRow *row)
{
    row->result.integer = regexp_literals_held(row->arguments[0].text, row->arguments[1].text);
    return true;
}

const NativesFunction NATIVES_REGEXPS[] = {
    {"athena_regexp", {NATIVES_TEXT}, NATIVES_TEXT, pattern, false},
    {"athena_replacement", {NATIVES_TEXT, NATIVES_TEXT}, NATIVES_TEXT, replacement, false},
    {"athena_has_literal", {NATIVES_TEXT, NATIVES_TEXT}, NATIVES_BOOLEAN, has_literal, false},
    {NULL, {NATIVES_END}, NATIVES_END, NULL, false},
};
