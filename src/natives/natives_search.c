/* Functions that look for a value anywhere in a text or a JSON text: what searches are made of. */
#include <string.h>

#include "natives/json_path.h"
#include "natives/natives_row.h"

enum { DEPTH_MAX = 128, TEXT_BYTES_MAX = 64 << 20 };

/* Stands between the values that are given as one text; one in a value becomes U+FFFD. */
static const char PARTING = '\x1e';

static bool is_container(Str value)
{
    return value.len && (value.ptr[0] == '{' || value.ptr[0] == '[');
}

/* A walk through one document; `take` gets what stands at the path. */
typedef struct Walk Walk;
struct Walk {
    bool (*take)(Walk *walk, Str value); /* false ends it */
    bool objects;                        /* takes objects; else what is neither object nor array */
    NativesRow *row;
    Str words; /* that are looked for */
    Buf name, text;
    bool found;
};

static bool unquote(Str quoted, Buf *scratch, Str *ret, Error *err)
{
    *ret = str_slice(quoted, 1, quoted.len - 1);
    if (!memchr(quoted.ptr, '\\', quoted.len))
        return true;
    scratch->len = 0;
    if (!json_path_unquote(quoted, scratch, err))
        return false;
    *ret = buf_str(scratch);
    return true;
}

static bool walk_value(Walk *walk, Str value, Str rest, int depth);

/* Goes into a member where its name is how *rest* begins: names may have dots, too. */
static bool walk_member(Walk *walk, Str quoted, Str part, Str rest, int depth)
{
    Str name;
    if (!rest.len)
        return walk_value(walk, part, rest, depth);
    if (!unquote(quoted, &walk->name, &name, walk->row->err))
        return false;
    if (!str_starts(rest, name))
        return true;
    Str left = str_slice(rest, name.len, rest.len);
    if (left.len && left.ptr[0] != '.')
        return true;
    return walk_value(walk, part, str_slice(left, 1, left.len), depth);
}

static bool walk_value(Walk *walk, Str value, Str rest, int depth)
{
    Str name, part;
    bool array = value.len && value.ptr[0] == '[';
    if (depth == DEPTH_MAX || !value.len)
        return true;
    if (!is_container(value))
        return rest.len || walk->objects || str_equal(value, STR("null")) ||
               walk->take(walk, value);
    if (!rest.len && !array && walk->objects)
        return walk->take(walk, value);
    for (size_t at = 0; json_path_next(value, &at, &name, &part);)
        if (!(array ? walk_value(walk, part, rest, depth + 1)
                    : walk_member(walk, name, part, rest, depth + 1)))
            return false;
    return true;
}

/* False with the row's error. */
static bool walk_document(Walk *walk, Str path)
{
    Str whole;
    bool ok = true;
    walk->name = buf_init(TEXT_BYTES_MAX);
    walk->text = buf_init(TEXT_BYTES_MAX);
    if (json_path_whole(walk->row->arguments[0].text, &whole) == JSON_PATH_FOUND)
        ok = walk_value(walk, whole, path, 0) || walk->found;
    buf_free(&walk->name);
    buf_free(&walk->text);
    return ok;
}

static bool scalar_text(Walk *walk, Str value, Str *ret)
{
    *ret = value;
    return value.ptr[0] != '"' || unquote(value, &walk->text, ret, walk->row->err);
}

/* Appends to the row's result, the parting in front of all but the first. */
static bool put_part(Walk *walk, Str text)
{
    Buf *out = walk->row->out;
    Error *err = walk->row->err;
    if (walk->row->result.integer++ && !buf_append_byte(out, (unsigned char)PARTING, err))
        return false;
    for (size_t at = 0; at < text.len;) {
        size_t end = str_find_byte(text, PARTING, at);
        if (!buf_append_str(out, str_slice(text, at, end), err) ||
            (end < text.len && !buf_append_str(out, STR("\xEF\xBF\xBD"), err)))
            return false;
        at = end + 1;
    }
    return true;
}

static bool put_value(Walk *walk, Str value)
{
    Str text;
    return scalar_text(walk, value, &text) && put_part(walk, text);
}

static bool collect(NativesRow *row, bool objects)
{
    Walk walk = {.take = objects ? put_part : put_value, .objects = objects, .row = row};
    if (!walk_document(&walk, row->arguments[1].text))
        return false;
    return row->result.integer || natives_row_null(row);
}

/* athena_json_values(json, path): texts of what is at the path or below, parted; NULL for none */
static bool values(NativesRow *row)
{
    return collect(row, false);
}

/* athena_json_objects(json, path): objects at the path, also in arrays, parted; NULL for none */
static bool objects(NativesRow *row)
{
    return collect(row, true);
}

/* Letters and digits; what is not ASCII counts as a letter. */
static bool is_wordy(char c)
{
    unsigned char byte = (unsigned char)c, small = byte | 0x20;
    return byte >= 0x80 || (small >= 'a' && small <= 'z') || (byte >= '0' && byte <= '9');
}

static bool is_wanted(const char *at, Str words)
{
    size_t i = 1;
    while (i < words.len && str_lower(at[i]) == str_lower(words.ptr[i]))
        i++;
    return i >= words.len;
}

/* Where *words* stand next in *text*, whatever their case; text.len when they do not. */
static size_t find_words(Str text, Str words, size_t from)
{
    char small = str_lower(words.ptr[0]);
    bool letter = small >= 'a' && small <= 'z';
    char other = letter ? (char)(small - 32) : small;
    for (size_t at = from; at + words.len <= text.len; at++) {
        char c = text.ptr[at];
        if ((c == small || c == other) && is_wanted(text.ptr + at, words))
            return at;
    }
    return text.len;
}

/* What a search for words asks of a text. */
typedef struct Words {
    Str text;
    bool starts, ends; /* a word must begin, and end, there */
} Words;

static Words read_words(Str given)
{
    Words words = {.text = given, .starts = true, .ends = true};
    if (given.len && given.ptr[0] == '*') {
        words.starts = false;
        words.text = str_slice(words.text, 1, words.text.len);
    }
    if (words.text.len && words.text.ptr[words.text.len - 1] == '*') {
        words.ends = false;
        words.text.len--;
    }
    if (words.text.len) {
        words.starts = words.starts && is_wordy(words.text.ptr[0]);
        words.ends = words.ends && is_wordy(words.text.ptr[words.text.len - 1]);
    }
    return words;
}

static bool holds_words(Str text, const Words *words)
{
    Str wanted = words->text;
    if (!wanted.len)
        return true;
    for (size_t at = 0; (at = find_words(text, wanted, at)) < text.len; at++) {
        size_t end = at + wanted.len;
        if ((!words->starts || at == 0 || !is_wordy(text.ptr[at - 1])) &&
            (!words->ends || end == text.len || !is_wordy(text.ptr[end])))
            return true;
    }
    return false;
}

/* athena_text_holds(text, words) */
static bool text_holds(NativesRow *row)
{
    Words words = read_words(row->arguments[1].text);
    row->result.integer = holds_words(row->arguments[0].text, &words);
    return true;
}

static bool find_in_value(Walk *walk, Str value)
{
    Str text;
    if (!scalar_text(walk, value, &text))
        return false;
    Words words = read_words(walk->words);
    walk->found = holds_words(text, &words);
    return !walk->found;
}

/* athena_json_holds(json, words): a value holds them, names do not count. What the document's text
 * does not hold no value does, unless something in it is escaped. */
static bool json_holds(NativesRow *row)
{
    Str json = row->arguments[0].text;
    Words words = read_words(row->arguments[1].text);
    bool plain = !memchr(json.ptr, '\\', json.len);
    if (plain && words.text.len && find_words(json, words.text, 0) == json.len)
        return true;
    Walk walk = {.take = find_in_value, .row = row, .words = row->arguments[1].text};
    if (!walk_document(&walk, STR("")))
        return false;
    row->result.integer = walk.found;
    return true;
}

/* athena_json_without(json, name): an object without the members of that name; NULL for an empty
 * one. What is no object stays as it is. */
static bool without(NativesRow *row)
{
    Str whole, name, part;
    Buf scratch = buf_init(TEXT_BYTES_MAX);
    bool ok = true;
    if (json_path_whole(row->arguments[0].text, &whole) != JSON_PATH_FOUND || whole.ptr[0] != '{')
        return buf_append_str(row->out, row->arguments[0].text, row->err);
    for (size_t at = 0; ok && json_path_next(whole, &at, &name, &part);) {
        Str plain;
        ok = unquote(name, &scratch, &plain, row->err);
        if (!ok || str_equal(plain, row->arguments[1].text))
            continue;
        ok = buf_append_byte(row->out, row->out->len ? ',' : '{', row->err) &&
             buf_append_str(row->out, name, row->err) && buf_append_byte(row->out, ':', row->err) &&
             buf_append_str(row->out, part, row->err);
    }
    buf_free(&scratch);
    if (ok && !row->out->len)
        return natives_row_null(row);
    return ok && buf_append_byte(row->out, '}', row->err);
}

const NativesFunction NATIVES_SEARCHES[] = {
    {"athena_json_values", {NATIVES_TEXT, NATIVES_TEXT}, NATIVES_TEXT, values, false},
    {"athena_json_objects", {NATIVES_TEXT, NATIVES_TEXT}, NATIVES_TEXT, objects, false},
    {"athena_json_without", {NATIVES_TEXT, NATIVES_TEXT}, NATIVES_TEXT, without, false},
    {"athena_text_holds", {NATIVES_TEXT, NATIVES_TEXT}, NATIVES_BOOLEAN, text_holds, false},
    {"athena_json_holds", {NATIVES_TEXT, NATIVES_TEXT}, NATIVES_BOOLEAN, json_holds, false},
    {NULL, {NATIVES_END}, NATIVES_END, NULL, false},
};
