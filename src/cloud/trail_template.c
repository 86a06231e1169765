#include "cloud/trail_template.h"

#include "base/content.h"

/* Where expanding is. */
typedef struct Expanding {
    const Str *features;
    int count;
    int line;
    int depth;   /* of open conditions */
    int left_at; /* the depth of the first one that does not hold; 0: all hold */
} Expanding;

static Str next_word(Str *rest)
{
    *rest = str_trim(*rest);
    size_t end = str_find_byte(*rest, ' ', 0);
    Str word = str_slice(*rest, 0, end);
    *rest = str_slice(*rest, end, rest->len);
    return word;
}

static bool wanted(const Expanding *at, Str name)
{
    for (int i = 0; i < at->count; i++)
        if (str_equal(at->features[i], name))
            return true;
    return false;
}

static bool all_wanted(const Expanding *at, Str names)
{
    for (Str name = next_word(&names); name.len; name = next_word(&names))
        if (!wanted(at, name))
            return false;
    return true;
}

static bool begin(Expanding *at, bool holds, Error *err)
{
    if (at->depth == TRAIL_TEMPLATE_DEPTH_MAX)
        return error_set(err, ERROR_LIMIT, "line %d: conditions nest more than %d deep", at->line,
                         TRAIL_TEMPLATE_DEPTH_MAX);
    at->depth++;
    if (!holds && !at->left_at)
        at->left_at = at->depth;
    return true;
}

static bool end(Expanding *at, Error *err)
{
    if (at->depth == 0)
        return error_set(err, ERROR_INPUT, "line %d: an end without a condition", at->line);
    if (at->left_at == at->depth)
        at->left_at = 0;
    at->depth--;
    return true;
}

static bool obey(Expanding *at, Str words, Error *err)
{
    Str verb = next_word(&words);
    if (str_equal(verb, STR("if")))
        return begin(at, all_wanted(at, words), err);
    if (str_equal(verb, STR("unless")))
        return begin(at, !all_wanted(at, words), err);
    if (str_equal(verb, STR("end")))
        return end(at, err);
    return error_set(err, ERROR_INPUT, "line %d: expected if, unless or end, found '%.*s'",
                     at->line, STR_ARG(str_slice(verb, 0, 40)));
}

bool trail_template_expand(Str text, const Str *features, int count, Buf *ret, Error *err)
{
    Expanding at = {.features = features, .count = count};
    while (text.len) {
        size_t len = str_find_byte(text, '\n', 0);
        Str line = str_slice(text, 0, len + 1);
        text = str_slice(text, len + 1, text.len);
        at.line++;
        bool ok = str_starts(line, STR("#: ")) ? obey(&at, str_slice(line, 3, line.len), err)
                  : at.left_at                 ? true
                                               : buf_append_str(ret, line, err);
        if (!ok)
            return false;
    }
    return at.depth == 0 ||
           error_set(err, ERROR_INPUT, "line %d: %d conditions have no end", at.line, at.depth);
}

Str trail_template_text(Str tool)
{
    for (const ContentFile *file = CONTENT_FILES; file->path; file++) {
        Str path = str_of(file->path);
        if (!str_starts(path, STR("trail/")))
            continue;
        Str name = str_base_name(path);
        if (str_equal(str_slice(name, 0, str_find_byte(name, '.', 0)), tool))
            return (Str){(const char *)file->bytes, file->len};
    }
    return (Str){"", 0};
}
