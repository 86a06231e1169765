/* What the modifiers of texts make of them ("sigma", sections 6.2 to 6.5). */
#include "detect/sigma_modifier.h"

#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/json.h"
#include "decode/text.h"

enum { TEXT_BYTES_MAX = 1 << 20, SHORT_BYTES = 3, PLACEHOLDERS_DEPTH_MAX = 8 };

typedef struct Applying {
    RuleReading *reading;
    const SigmaChain *chain;
    const Yaml *node;
} Applying;

/* Applies a modifier to one text; more alternatives may be added behind *texts*. */
typedef bool (*Apply)(const Applying *in, GlobText *text, Buf *texts);

static bool add_piece(const Applying *in, GlobText *text, GlobKind kind, char byte)
{
    return glob_add(text, kind, byte, in->reading->err);
}

/* *text* with ANY on the open sides. */
static bool open_sides(const Applying *in, GlobText *text, bool front, bool back)
{
    GlobText out = glob_text();
    uint32_t count = glob_count(text);
    bool ok = true;
    if (front && (!count || glob_piece(text, 0).kind != GLOB_ANY))
        ok = add_piece(in, &out, GLOB_ANY, 0);
    for (uint32_t i = 0; ok && i < count; i++)
        ok = add_piece(in, &out, (GlobKind)glob_piece(text, i).kind, glob_piece(text, i).byte);
    if (ok && back && (!count || glob_piece(text, count - 1).kind != GLOB_ANY))
        ok = add_piece(in, &out, GLOB_ANY, 0);
    glob_text_free(text);
    *text = out;
    return ok;
}

static bool apply_contains(const Applying *in, GlobText *text, Buf *texts)
{
    (void)texts;
    return open_sides(in, text, true, true);
}

static bool apply_startswith(const Applying *in, GlobText *text, Buf *texts)
{
    (void)texts;
    return open_sides(in, text, false, true);
}

static bool apply_endswith(const Applying *in, GlobText *text, Buf *texts)
{
    (void)texts;
    return open_sides(in, text, true, false);
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Bytes of the dash at *at*; 0: none. */
static uint32_t dash_at(const GlobText *text, uint32_t at)
{
    static const char LONG[] = "\x93\x94\x95";
    uint32_t count = glob_count(text);
    if (glob_piece(text, at).kind != GLOB_LITERAL)
        return 0;
    char c = glob_piece(text, at).byte;
    if (c == '-' || c == '/')
        return 1;
    if (c != '\xe2' || at + 2 >= count || glob_piece(text, at + 1).byte != '\x80')
        return 0;
    return memchr(LONG, glob_piece(text, at + 2).byte, 3) ? 3 : 0;
}

/* A dash that begins a flag: a word character behind it, none before it. */
static bool apply_windash(const Applying *in, GlobText *text, Buf *texts)
{
    GlobText out = glob_text();
    uint32_t count = glob_count(text);
    bool ok = true;
    (void)texts;
    for (uint32_t i = 0; ok && i < count;) {
        uint32_t len = dash_at(text, i);
        bool before = i > 0 && glob_piece(text, i - 1).kind == GLOB_LITERAL &&
                      is_word(glob_piece(text, i - 1).byte);
        bool behind = len && i + len < count && glob_piece(text, i + len).kind == GLOB_LITERAL &&
                      is_word(glob_piece(text, i + len).byte);
        if (behind && !before) {
            ok = add_piece(in, &out, GLOB_DASH, 0);
            i += len;
        } else {
            ok = add_piece(in, &out, (GlobKind)glob_piece(text, i).kind, glob_piece(text, i).byte);
            i++;
        }
    }
    glob_text_free(text);
    *text = out;
    return ok;
}

static bool literal_of(const Applying *in, const GlobText *text, const char *name, Buf *out)
{
    bool ok = true;
    if (glob_is_live(text))
        return ruleset_reject(in->reading, in->node, "R18", "a wildcard cannot pass '%s'", name);
    for (uint32_t i = 0; ok && i < glob_count(text); i++)
        ok = buf_append_byte(out, (unsigned char)glob_piece(text, i).byte, in->reading->err);
    return ok;
}

static bool set_literal(const Applying *in, GlobText *text, Str bytes)
{
    bool ok = true;
    if (bytes.len > SIGMA_VALUE_BYTES_MAX)
        return ruleset_reject(in->reading, in->node, "R13",
                              "the value becomes longer than %d bytes", SIGMA_VALUE_BYTES_MAX);
    glob_text_free(text);
    *text = glob_text();
    for (size_t i = 0; ok && i < bytes.len; i++)
        ok = add_piece(in, text, GLOB_LITERAL, bytes.ptr[i]);
    return ok;
}

static bool apply_base64(const Applying *in, GlobText *text, Buf *texts)
{
    BUF_AUTO Buf bytes = buf_init(TEXT_BYTES_MAX);
    BUF_AUTO Buf coded = buf_init(2 * TEXT_BYTES_MAX);
    (void)texts;
    return literal_of(in, text, "base64", &bytes) &&
           base64_append(&coded, buf_str(&bytes), in->reading->err) &&
           set_literal(in, text, buf_str(&coded));
}

/* The three spellings of bytes within a longer base64 text ("sigma", section 6.3). */
static bool apply_base64offset(const Applying *in, GlobText *text, Buf *texts)
{
    static const size_t FRONT[] = {0, 2, 3}, BACK[] = {0, 3, 2};
    BUF_AUTO Buf bytes = buf_init(TEXT_BYTES_MAX);
    bool ok = literal_of(in, text, "base64offset", &bytes);
    size_t len = bytes.len;
    if (ok && !len)
        return ruleset_reject(in->reading, in->node, "R13", "'base64offset' of an empty text");
    if (ok && len < SHORT_BYTES)
        ruleset_warn(in->reading, in->node, "'base64offset' of fewer than three bytes fits much");
    for (size_t form = 3; ok && form-- > 0;) {
        BUF_AUTO Buf shifted = buf_init(TEXT_BYTES_MAX);
        BUF_AUTO Buf coded = buf_init(2 * TEXT_BYTES_MAX);
        ok = buf_append(&shifted, "  ", form, in->reading->err) &&
             buf_append_str(&shifted, buf_str(&bytes), in->reading->err) &&
             base64_append(&coded, buf_str(&shifted), in->reading->err);
        size_t cut = FRONT[form] + BACK[(len + form) % 3];
        if (!ok || (coded.len <= cut && form > 0))
            continue;
        Str piece = str_slice(buf_str(&coded), FRONT[form], coded.len - BACK[(len + form) % 3]);
        GlobText other = glob_text();
        ok = set_literal(in, form ? &other : text, piece) &&
             (!form || buf_append(texts, &other, sizeof other, in->reading->err));
    }
    return ok;
}

static bool append_utf16(Buf *out, uint32_t unit, bool big, Error *err)
{
    unsigned char high = (unsigned char)(unit >> 8), low = (unsigned char)unit;
    unsigned char bytes[2] = {big ? high : low, big ? low : high};
    return buf_append(out, bytes, 2, err);
}

static bool encode_utf16(Buf *out, Str text, bool big, Error *err)
{
    const char *end = text.ptr + text.len;
    bool ok = true;
    for (const char *at = text.ptr; ok && at < end;) {
        unsigned len = json_utf8_length(at, end);
        static const unsigned char FIRST[] = {0xff, 0x7f, 0x1f, 0x0f, 0x07};
        uint32_t point = (unsigned char)*at & FIRST[len];
        for (unsigned i = 1; i < len; i++)
            point = point << 6 | ((unsigned char)at[i] & 0x3fu);
        if (point >= 0x10000)
            ok = append_utf16(out, 0xd800 + ((point - 0x10000) >> 10), big, err) &&
                 append_utf16(out, 0xdc00 + ((point - 0x10000) & 0x3ff), big, err);
        else
            ok = append_utf16(out, point, big, err);
        at += len ? len : 1;
    }
    return ok;
}

static bool apply_utf16(const Applying *in, GlobText *text, bool big, bool mark)
{
    BUF_AUTO Buf bytes = buf_init(TEXT_BYTES_MAX);
    BUF_AUTO Buf coded = buf_init(2 * TEXT_BYTES_MAX + 2);
    Error *err = in->reading->err;
    return literal_of(in, text, "utf16", &bytes) &&
           (!mark || buf_append(&coded, "\xff\xfe", 2, err)) &&
           encode_utf16(&coded, buf_str(&bytes), big, err) &&
           set_literal(in, text, buf_str(&coded));
}

static bool apply_utf16le(const Applying *in, GlobText *text, Buf *texts)
{
    (void)texts;
    return apply_utf16(in, text, false, false);
}

static bool apply_utf16be(const Applying *in, GlobText *text, Buf *texts)
{
    (void)texts;
    return apply_utf16(in, text, true, false);
}

static bool apply_utf16_marked(const Applying *in, GlobText *text, Buf *texts)
{
    (void)texts;
    return apply_utf16(in, text, false, true);
}

static const Apply APPLY[MODIFIER_KINDS] = {
    [MODIFIER_CONTAINS] = apply_contains,  [MODIFIER_STARTSWITH] = apply_startswith,
    [MODIFIER_ENDSWITH] = apply_endswith,  [MODIFIER_WINDASH] = apply_windash,
    [MODIFIER_BASE64] = apply_base64,      [MODIFIER_BASE64OFFSET] = apply_base64offset,
    [MODIFIER_UTF16LE] = apply_utf16le,    [MODIFIER_UTF16BE] = apply_utf16be,
    [MODIFIER_UTF16] = apply_utf16_marked,
};

static bool apply_to_all(const Applying *in, Apply apply, Buf *texts)
{
    size_t count = texts->len / sizeof(GlobText);
    for (size_t i = 0; i < count; i++) {
        GlobText text;
        memcpy(&text, texts->ptr + i * sizeof text, sizeof text);
        bool ok = apply(in, &text, texts);
        memcpy(texts->ptr + i * sizeof text, &text, sizeof text);
        if (!ok)
            return false;
    }
    return texts->len / sizeof(GlobText) <= SIGMA_ALTERNATIVES_MAX ||
           ruleset_reject(in->reading, in->node, "R13", "more than %d alternatives",
                          SIGMA_ALTERNATIVES_MAX);
}

bool sigma_modifier_apply(RuleReading *reading, const SigmaChain *chain, const Yaml *node,
                          Buf *texts)
{
    const Applying in = {reading, chain, node};
    bool ok = true;
    for (uint32_t i = 0; ok && i < chain->count; i++) {
        Apply apply = APPLY[chain->modifiers[i]->kind];
        ok = !apply || apply_to_all(&in, apply, texts);
    }
    return ok;
}

/* The first "%name%" of *text*, whose '%' no backslash escapes; its bytes are [from, end). */
static bool find_placeholder(Str text, size_t *ret_from, size_t *ret_end)
{
    for (size_t at = 0; at < text.len; at++) {
        if (text.ptr[at] != '%' || (at > 0 && text.ptr[at - 1] == '\\'))
            continue;
        size_t close = str_find_byte(text, '%', at + 1);
        if (close < text.len && close > at + 1) {
            *ret_from = at;
            *ret_end = close + 1;
            return true;
        }
    }
    return false;
}

static bool add_expanded(RuleReading *reading, const Yaml *node, Str text, Buf *texts)
{
    BUF_AUTO Buf plain = buf_init(TEXT_BYTES_MAX);
    bool ok = true;
    if (texts->len / sizeof(Str) == SIGMA_ALTERNATIVES_MAX)
        return ruleset_reject(reading, node, "R22", "placeholders stand for more than %d values",
                              SIGMA_ALTERNATIVES_MAX);
    for (size_t i = 0; ok && i < text.len; i++) {
        bool escaped = text.ptr[i] == '\\' && i + 1 < text.len && text.ptr[i + 1] == '%';
        ok = escaped || buf_append_byte(&plain, (unsigned char)text.ptr[i], reading->err);
    }
    const char *copy = ok ? arena_text(reading->arena, buf_str(&plain), reading->err) : NULL;
    Str own = {copy, plain.len};
    return copy && buf_append(texts, &own, sizeof own, reading->err);
}

static bool expand(RuleReading *reading, const Yaml *node, Str text, Buf *texts, int depth);

static bool expand_with(RuleReading *reading, const Yaml *node, Str parts[3], Buf *texts, int depth)
{
    BUF_AUTO Buf filled = buf_init(TEXT_BYTES_MAX);
    bool ok = true;
    for (int i = 0; ok && i < 3; i++)
        ok = buf_append_str(&filled, parts[i], reading->err);
    const char *copy = ok ? arena_text(reading->arena, buf_str(&filled), reading->err) : NULL;
    return copy && expand(reading, node, (Str){copy, filled.len}, texts, depth + 1);
}

static bool expand(RuleReading *reading, const Yaml *node, Str text, Buf *texts, int depth)
{
    char name[80];
    size_t from, end;
    if (!find_placeholder(text, &from, &end))
        return add_expanded(reading, node, text, texts);
    snprintf(name, sizeof name, "%.*s", (int)(end - from - 2 < 79 ? end - from - 2 : 79),
             text.ptr + from + 1);
    const Yaml *values = yaml_member(reading->set->options.placeholders, name);
    if (!values)
        return ruleset_reject(reading, node, "R22", "nothing says what '%%%s%%' stands for", name);
    if (depth > PLACEHOLDERS_DEPTH_MAX || text.len > SIGMA_VALUE_BYTES_MAX)
        return ruleset_reject(reading, node, "R22", "too many placeholders, at '%%%s%%'", name);
    bool list = values->kind == YAML_LIST;
    if (list && !values->first)
        return ruleset_reject(reading, node, "R22", "'%%%s%%' stands for no value", name);
    for (const Yaml *value = list ? values->first : values; value;
         value = list ? value->next : NULL) {
        if (!yaml_is_scalar(value) || value->text.len > SIGMA_VALUE_BYTES_MAX)
            return ruleset_reject(reading, node, "R22", "a value of '%%%s%%' is %s", name,
                                  yaml_is_scalar(value) ? "too long" : yaml_kind_name(value));
        Str parts[3] = {str_slice(text, 0, from), value->text, str_slice(text, end, text.len)};
        if (!expand_with(reading, node, parts, texts, depth))
            return false;
    }
    return true;
}

bool sigma_modifier_expand(RuleReading *reading, const Yaml *node, Str text, Buf *ret_texts)
{
    return expand(reading, node, text, ret_texts, 0);
}
