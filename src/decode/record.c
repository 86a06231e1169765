#include "decode/record.h"

#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "decode/record_parser.h"
#include "decode/text.h"

static bool choose(RecordParser *parser, RecordBuild build, Error *err)
{
    bool best = build == RECORD_BEST;
#if defined(__x86_64__)
    if ((best || build == RECORD_AVX2) && __builtin_cpu_supports("avx2") &&
        __builtin_cpu_supports("bmi2"))
        parser->parse = record_avx2_parse;
#elif defined(__aarch64__)
    if (best || build == RECORD_NEON)
        parser->parse = record_neon_parse;
#endif
    if (!parser->parse && (best || build == RECORD_SCALAR))
        parser->parse = record_scalar_parse;
    return parser->parse ||
           error_set(err, ERROR_SYSTEM, "this machine cannot run record parser %d", (int)build);
}

static RecordKind kind_of(FieldType type)
{
    switch (type) {
    case FIELD_BOOL:
        return KIND_BOOL;
    case FIELD_TIME:
        return KIND_TIME;
    case FIELD_STRUCT:
        return KIND_OBJECT;
    case FIELD_LIST:
        return KIND_LIST;
    case FIELD_JSON:
        return KIND_JSON;
    default:
        return KIND_TEXT;
    }
}

static void fill_tables(RecordParser *parser)
{
    for (unsigned slot = 0; slot < SLOT_MEMBERS; slot++) {
        const Field *field = &FIELDS[SLOT_FIELDS[slot]];
        unsigned at = record_key_hash(field->member.ptr, field->member.len);
        while (parser->key_table[at])
            at = (at + 1) % KEY_TABLE;
        parser->key_table[at] = (uint8_t)(slot + 1);
        parser->kinds[slot] = (uint8_t)kind_of(field->type);
    }
}

RecordParser *record_new(RecordBuild build, Error *err)
{
    RecordParser *parser = mem_calloc(1, sizeof *parser, err);
    if (!parser)
        return NULL;
    parser->extra = buf_init(4 * (size_t)RECORD_BYTES_MAX);
    memset(parser->minute, '?', sizeof parser->minute);
    fill_tables(parser);
    if (!choose(parser, build, err) ||
        !hash_random(&parser->identity_count, sizeof parser->identity_count, err)) {
        record_free(parser);
        return NULL;
    }
    return parser;
}

void record_free(RecordParser *parser)
{
    if (!parser)
        return;
    buf_free(&parser->extra);
    mem_free(parser->kept);
    mem_free(parser);
}

RecordVerdict record_parse(RecordParser *parser, const char *at, const char *end,
                           const char **ret_end)
{
    RecordVerdict verdict = parser->parse(parser, at, end, ret_end);
    if (verdict != RECORD_ORDINARY || *ret_end - at > RECORD_BYTES_MAX) {
        record_forget(parser);
        return RECORD_AWKWARD;
    }
    return verdict;
}

const RecordView *record_view(const RecordParser *parser)
{
    return &parser->view;
}

void record_forget(RecordParser *parser)
{
    parser->count = 0;
}

bool record_keep(RecordParser *parser, Error *err)
{
    if (!parser->count)
        return true;
    if (parser->before_len > RECORD_BYTES_MAX / 16 || parser->before == parser->kept) {
        if (parser->before != parser->kept)
            record_forget(parser);
        return true;
    }
    size_t need = parser->before_len + RECORD_PADDING;
    if (need > parser->kept_cap) {
        char *grown = mem_realloc(parser->kept, 2 * need, err);
        if (!grown)
            return false;
        parser->kept = grown;
        parser->kept_cap = 2 * need;
    }
    memcpy(parser->kept, parser->before, parser->before_len);
    memset(parser->kept + parser->before_len, 0, RECORD_PADDING);
    parser->before = parser->kept;
    for (uint32_t i = 0; i < parser->count; i++) {
        const RecordMember *member = &parser->members[parser->current][i];
        if (member->slot == SLOT_UNKNOWN)
            continue;
        RecordValue *value = &parser->view.values[member->slot];
        bool quoted = parser->kinds[member->slot] == KIND_TEXT && !(member->marks & MEMBER_ODD);
        value->ptr = parser->kept + member->start + member->value_at + quoted;
    }
    return true;
}

unsigned record_slot(const RecordParser *parser, const char *name, size_t len)
{
    unsigned at = record_key_hash(name, len);
    for (unsigned slot; (slot = parser->key_table[at]) != 0; at = (at + 1) % KEY_TABLE)
        if (str_equal(FIELDS[SLOT_FIELDS[slot - 1]].member, (Str){name, len}))
            return slot - 1;
    return SLOT_UNKNOWN;
}

unsigned record_escape(const char *at, uint32_t *flags)
{
    uint32_t code = 0;
    unsigned len = text_escape(at, at + 12, &code);
    if (len && code >= 0xd800 && code <= 0xdfff)
        return 0;
    *flags |= RECORD_ESCAPE;
    if (len > 2 || code == '/')
        *flags |= RECORD_ESCAPE_RESPELLED | (code ? 0 : RECORD_ESCAPE_NUL);
    return len;
}

static void copy_tokens(RecordTokens *to, const RecordTokens *from)
{
    memcpy(to->list, from->list, from->count * sizeof *to->list);
    to->count = from->count;
    to->complete = from->complete;
}

uint64_t record_remember(RecordParser *parser, RecordIdentity *identity, const RecordValue *value,
                         const RecordTokens *tokens)
{
    if (value->len > IDENTITY_BYTES_MAX || value->len < IDENTITY_KEY || !tokens->complete)
        return 0;
    memcpy(identity->text, value->ptr, value->len);
    identity->number =
        ++parser->identity_count * RECORD_IDENTITIES + (uint64_t)(identity - parser->identities);
    identity->len = value->len;
    identity->loose = value->flags != 0;
    copy_tokens(&identity->tokens, tokens);
    return identity->number;
}

void record_recall(const RecordIdentity *identity, RecordTokens *ret)
{
    copy_tokens(ret, &identity->tokens);
}

bool record_time(RecordParser *parser, const char *text, int64_t *ret_us)
{
    unsigned tens = (unsigned char)text[17] - '0', ones = (unsigned char)text[18] - '0';
    bool known = memcmp(text, parser->minute, sizeof parser->minute) == 0;
    if (known && text[16] == ':' && text[19] == 'Z' && tens < 6 && ones < 10) {
        *ret_us = parser->minute_us + (int64_t)(tens * 10 + ones) * 1000000;
        return true;
    }
    if (!text_time((Str){text, 20}, ret_us))
        return false;
    memcpy(parser->minute, text, sizeof parser->minute);
    parser->minute_us = *ret_us - (int64_t)(tens * 10 + ones) * 1000000;
    return true;
}

bool record_unknown(RecordParser *parser, Str name, Str member)
{
    if (parser->unknown_count == RECORD_UNKNOWN_MAX || name.ptr[0] == '_')
        return false;
    for (unsigned i = 0; i < parser->unknown_count; i++)
        if (str_equal(parser->unknown_names[i], name))
            return false;
    parser->unknown_names[parser->unknown_count] = name;
    parser->unknown[parser->unknown_count++] = member;
    return true;
}

static bool join_unknown(RecordParser *parser)
{
    Error ignored;
    parser->extra.len = 0;
    for (unsigned i = 0; i < parser->unknown_count; i++)
        if ((i && !buf_append_byte(&parser->extra, ',', &ignored)) ||
            !buf_append_str(&parser->extra, parser->unknown[i], &ignored))
            return false;
    return true;
}

bool record_complete(RecordParser *parser, uint64_t seen, uint64_t nulls)
{
    static const Str ABSENT[] = {{"", 0},
                                 {"\"requestParameters\"", 19},
                                 {"\"responseElements\"", 18},
                                 {"\"requestParameters\",\"responseElements\"", 38}};
    RecordView *view = &parser->view;
    if (!(seen & SLOT_BIT(S_EVENT_TIME)))
        return false;
    view->present = seen & ~nulls & ~SLOT_BIT(SLOT_UNKNOWN);
    if (!(seen & SLOT_BIT(S_READ_ONLY)))
        view->read_only = 2;
    if (!(seen & SLOT_BIT(S_MANAGEMENT_EVENT)))
        view->management = 2;
    unsigned absent = (seen & SLOT_BIT(S_REQUEST_PARAMETERS) ? 0u : 1u) +
                      (seen & SLOT_BIT(S_RESPONSE_ELEMENTS) ? 0u : 2u);
    view->absent = ABSENT[absent];
    view->altered = STR("");
    if (!parser->unknown_count) {
        view->extra = STR("");
        return true;
    }
    if (!join_unknown(parser))
        return false;
    view->extra = buf_str(&parser->extra);
    return true;
}
