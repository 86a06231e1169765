/* Regular expressions that are no constants are written for the engine row by row. */
#include "natives/natives_row.h"
#include "natives/regexp.h"

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

const NativesFunction NATIVES_REGEXPS[] = {
    {"athena_regexp", {NATIVES_TEXT}, NATIVES_TEXT, pattern, false},
    {"athena_replacement", {NATIVES_TEXT, NATIVES_TEXT}, NATIVES_TEXT, replacement, false},
    {NULL, {NATIVES_END}, NATIVES_END, NULL, false},
};
