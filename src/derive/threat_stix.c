#include "derive/threat_stix.h"

#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/timestamp.h"

enum { TREE_BYTES_MAX = 512 << 20 };

static const char *const ADDRESS_PATHS[] = {
    "ipv4-addr:value",
    "ipv6-addr:value",
    "network-traffic:src_ref.value",
    "network-traffic:dst_ref.value",
};

/* Comparisons that name addresses that are meant. */
static const char *const OPERATORS[] = {"=", "==", "IN", "ISSUBSET"};

/* A pattern being read, word by word. */
typedef struct Pattern {
    Str rest;
    bool is_address; /* the object path read last is one of ADDRESS_PATHS */
    bool is_negated; /* a NOT stood behind it */
    bool is_taken;   /* and then one of OPERATORS */
} Pattern;

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_word(char c)
{
    return !is_space(c) && !memchr("()[],='!<>", c, 10);
}

static bool is_listed(Str word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(word, str_of(list[i])))
            return true;
    return false;
}

/* Where a literal that begins at *from* ends, its closing quote included. */
static size_t literal_end(Str text, size_t from)
{
    size_t end = from + 1;
    while (end < text.len && text.ptr[end] != '\'')
        end += text.ptr[end] == '\\' ? 2 : 1;
    return end + 1;
}

/* The next literal, comparison sign, bracket or word; empty at the end. */
static Str next_word(Pattern *pattern)
{
    Str rest = pattern->rest;
    size_t from = 0;
    while (from < rest.len && is_space(rest.ptr[from]))
        from++;
    size_t end = from;
    if (from < rest.len && rest.ptr[from] == '\'') {
        end = literal_end(rest, from);
    } else if (from < rest.len && memchr("=!<>", rest.ptr[from], 4)) {
        while (end < rest.len && memchr("=!<>", rest.ptr[end], 4))
            end++;
    } else if (from < rest.len && !is_word(rest.ptr[from])) {
        end++;
    } else {
        while (end < rest.len && is_word(rest.ptr[end]))
            end++;
    }
    pattern->rest = str_slice(rest, end, rest.len);
    return str_slice(rest, from, end);
}

static bool take_word(ThreatList *list, Pattern *pattern, Str word, size_t *count, Error *err)
{
    bool is_one = false;
    if (word.ptr[0] == '\'') {
        Str literal = str_slice(word, 1, word.len - 1);
        if (pattern->is_address && pattern->is_taken && !pattern->is_negated &&
            !threat_list_take(list, literal, &is_one, err))
            return false;
        *count += is_one;
    } else if (str_find_byte(word, ':', 0) < word.len) {
        *pattern = (Pattern){.rest = pattern->rest,
                             .is_address = is_listed(word, ADDRESS_PATHS,
                                                     sizeof ADDRESS_PATHS / sizeof *ADDRESS_PATHS)};
    } else if (str_equal(word, STR("NOT"))) {
        pattern->is_negated = true;
    } else if (!memchr("(),", word.ptr[0], 3)) {
        pattern->is_taken = is_listed(word, OPERATORS, sizeof OPERATORS / sizeof *OPERATORS);
    }
    return true;
}

bool threat_stix_take_pattern(ThreatList *list, Str text, size_t *ret_count, Error *err)
{
    Pattern pattern = {.rest = text};
    *ret_count = 0;
    for (Str word = next_word(&pattern); word.len; word = next_word(&pattern))
        if (!take_word(list, &pattern, word, ret_count, err))
            return false;
    return true;
}

/* Not revoked, and its time is not over. */
static bool is_in_force(const ThreatList *list, const Json *indicator)
{
    int64_t until_us;
    const Json *revoked = json_member(indicator, STR("revoked"));
    Str until = json_text(json_member(indicator, STR("valid_until")), STR(""));
    if (revoked && revoked->type == JSON_TRUE)
        return false;
    return !timestamp_parse(until, &until_us) || until_us > list->now_us;
}

static bool take_indicator(ThreatList *list, const Json *indicator, Error *err)
{
    size_t count = 0;
    const Json *pattern = json_member(indicator, STR("pattern"));
    if (!pattern || pattern->type != JSON_STRING) {
        threat_list_refuse(list, 0, STR(""));
        return true;
    }
    if (is_in_force(list, indicator) && !threat_stix_take_pattern(list, pattern->text, &count, err))
        return false;
    list->report.ignored += count == 0;
    return true;
}

static bool read_objects(ThreatList *list, const Json *root, Error *err)
{
    static const Str NONE = {"", 0};
    const Json *objects = root->type == JSON_ARRAY ? root : json_member(root, STR("objects"));
    bool is_bundle = root->type == JSON_ARRAY ||
                     str_equal(json_text(json_member(root, STR("type")), NONE), STR("bundle"));
    if (!is_bundle || !objects || objects->type != JSON_ARRAY)
        return error_set(err, ERROR_INPUT, "%s: JSON, but no STIX 2.1 bundle", list->name);
    bool found = false;
    for (const Json *object = objects->first; object; object = object->next) {
        Str type = json_text(json_member(object, STR("type")), NONE);
        found = found || type.len;
        if (str_equal(type, STR("indicator")) && !take_indicator(list, object, err))
            return false;
    }
    return found || !objects->count ||
           error_set(err, ERROR_INPUT, "%s: JSON, but no objects of STIX 2.1", list->name);
}

bool threat_stix_read_json(ThreatList *list, Str text, Error *err)
{
    static const JsonLimits LIMITS = {.depth_max = 32, .duplicates_allowed = true};
    list->report.format = "stix2";
    Arena *tree = arena_new(TREE_BYTES_MAX, err);
    if (!tree)
        return false;
    const Json *root = json_read(text, &LIMITS, tree, err);
    bool ok = root ? read_objects(list, root, err) : error_context(err, "%s", list->name);
    arena_free(tree);
    return ok;
}

/* Index of *part* at or after *from*, or text.len. */
static size_t find(Str text, Str part, size_t from)
{
    for (size_t at = str_find_byte(text, part.ptr[0], from); at < text.len;
         at = str_find_byte(text, part.ptr[0], at + 1))
        if (str_starts(str_slice(text, at, text.len), part))
            return at;
    return text.len;
}

/* Takes one value of an element, or the two ends of a range. */
static bool take_values(ThreatList *list, Str value, bool is_range, Error *err)
{
    static const Str COMMA = {"##comma##", 9};
    bool is_one = false;
    size_t at = find(value, COMMA, 0);
    if (is_range && at < value.len) {
        if (!threat_list_take_range(list, str_trim(str_slice(value, 0, at)),
                                    str_trim(str_slice(value, at + COMMA.len, value.len)), &is_one,
                                    err))
            return false;
    } else {
        for (size_t from = 0; from <= value.len; from = at + COMMA.len) {
            at = find(value, COMMA, from);
            if (!threat_list_take(list, str_trim(str_slice(value, from, at)), &is_one, err))
                return false;
            if (!is_one)
                break;
        }
    }
    if (!is_one)
        threat_list_refuse(list, 0, value);
    return true;
}

bool threat_stix_read_xml(ThreatList *list, Str text, Error *err)
{
    static const Str ELEMENT = {"Address_Value", 13};
    bool found = false;
    list->report.format = "stix1";
    for (size_t at = find(text, ELEMENT, 0); at < text.len; at = find(text, ELEMENT, at)) {
        size_t open = str_find_byte(text, '>', at);
        size_t close = str_find_byte(text, '<', open);
        Str attributes = str_slice(text, at + ELEMENT.len, open);
        Str value = str_trim(str_slice(text, open + 1, close));
        at = close;
        if (close == text.len)
            break;
        size_t end = str_find_byte(text, '>', close);
        if (find(str_slice(text, close, end), ELEMENT, 0) < end - close)
            at = end; /* its own end tag */
        found = true;
        bool is_range = find(attributes, STR("InclusiveBetween"), 0) < attributes.len;
        if (!take_values(list, value, is_range, err))
            return false;
    }
    return found || error_set(err, ERROR_INPUT, "%s: XML or a web page, but no STIX with addresses",
                              list->name);
}
