#include "detect/cloudwatch.h"

#include "base/json.h"
#include "detect/cloudwatch_reading.h"

static bool check_length(Str pattern, Error *err)
{
    size_t characters = 0;
    for (size_t i = 0; i < pattern.len; i++)
        characters += ((unsigned char)pattern.ptr[i] & 0xc0) != 0x80;
    return characters <= CLOUDWATCH_CHARACTERS_MAX ||
           error_set(err, ERROR_INPUT,
                     "a filter pattern has at most %d characters, this one has "
                     "%zu",
                     CLOUDWATCH_CHARACTERS_MAX, characters);
}

/* Everything matches an empty pattern, and one of blanks in quotes. */
static bool is_empty(Str pattern)
{
    size_t len = pattern.len;
    if (len > 1 && pattern.ptr[0] == '"' && pattern.ptr[len - 1] == '"')
        pattern = str_trim(str_slice(pattern, 1, len - 1));
    return !pattern.len;
}

static const Expr *read_kind(CloudWatchReading *reading, CloudWatchPattern *pattern)
{
    switch (pattern->kind) {
    case CLOUDWATCH_JSON:
        return cloudwatch_json_read(reading);
    case CLOUDWATCH_FIELDS:
        return cloudwatch_fields_read(reading, pattern);
    default:
        return cloudwatch_words_read(reading);
    }
}

bool cloudwatch_read(Str pattern, Arena *arena, Buf *regexes, CloudWatchPattern *ret, Error *err)
{
    static const TestMeaning MEANINGS[] = {MEANING_WORDS, MEANING_WORDS, MEANING_JSON};
    CloudWatchPattern own = {.kind = CLOUDWATCH_WORDS};
    const ExprList all = {NULL, NULL};
    if (!check_length(pattern, err))
        return false;
    const char *copy = arena_text(arena, pattern, err);
    if (!copy)
        return false;
    CloudWatchReading reading = {
        .text = {copy, pattern.len}, .arena = arena, .regexes = regexes, .err = err};
    cloudwatch_lex_space(&reading);
    own.kind = cloudwatch_lex_take(&reading, STR("{"))   ? CLOUDWATCH_JSON
               : cloudwatch_lex_take(&reading, STR("[")) ? CLOUDWATCH_FIELDS
                                                         : CLOUDWATCH_WORDS;
    reading.meaning = MEANINGS[own.kind];
    own.expr = is_empty(str_trim(pattern)) ? expr_join(EXPR_AND, &all, arena, err)
                                           : read_kind(&reading, &own);
    if (!own.expr)
        return false;
    *ret = own;
    return true;
}

bool cloudwatch_event(const CloudWatchPattern *pattern, Str text, const Json *json, Arena *arena,
                      const Json **ret, Error *err)
{
    *ret = json;
    if (pattern->kind == CLOUDWATCH_JSON)
        return true;
    if (pattern->kind == CLOUDWATCH_FIELDS)
        return cloudwatch_fields_event(pattern, text, arena, ret, err);
    Json *line = arena_calloc(arena, 1, sizeof *line, err);
    if (!line)
        return false;
    line->type = JSON_STRING;
    line->text = text;
    *ret = line;
    return true;
}
