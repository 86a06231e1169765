/* Finds records in containers and envelopes; see object.h. */
#include <string.h>

#include "decode/decoder.h"
#include "decode/repair.h"
#include "decode/text.h"

enum { LOOK_AHEAD = 4096, ENVELOPE_DEPTH_MAX = 4, MESSAGE_BYTES_MAX = 64 << 20 };

typedef enum { NEED_MORE, STEPPED, FAILED } Outcome;

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
        at++;
    return at;
}

/* Behind *word* when it stands at *at*, white space before it allowed; else NULL. */
static const char *skip_word(const char *at, const char *end, Str word)
{
    at = skip_space(at, end);
    if ((size_t)(end - at) < word.len || memcmp(at, word.ptr, word.len) != 0)
        return NULL;
    return at + word.len;
}

/* Behind `{"Records":[`, or NULL. */
static const char *records_open(const char *at, const char *end)
{
    at = skip_word(at, end, STR("{"));
    if (at)
        at = skip_word(at, end, STR("\"Records\""));
    if (at)
        at = skip_word(at, end, STR(":"));
    return at ? skip_word(at, end, STR("[")) : NULL;
}

/* A member of an object, found without checking: its raw name and where its value is. */
typedef struct Member {
    Str name;
    const char *value, *value_end;
} Member;

/* The next member from *at* (behind '{', or behind the member before); NULL at the end. */
static const char *next_member(const char *at, const char *end, Member *ret)
{
    while (at < end && (*at == ',' || skip_space(at, end) > at))
        at = *at == ',' ? at + 1 : skip_space(at, end);
    if (at >= end || *at != '"')
        return NULL;
    const char *name_end = repair_skip(at, end);
    if (!name_end)
        return NULL;
    ret->name = (Str){at + 1, (size_t)(name_end - at) - 2};
    at = skip_word(name_end, end, STR(":"));
    if (!at)
        return NULL;
    ret->value = skip_space(at, end);
    ret->value_end = repair_skip(ret->value, end);
    return ret->value_end;
}

typedef enum {
    SHAPE_RECORD,
    SHAPE_RECORDS,     /* {"Records":[..]} with other members first */
    SHAPE_EVENTBRIDGE, /* detail */
    SHAPE_LOG_EVENTS,  /* CloudWatch Logs subscription */
    SHAPE_LOOKUP,      /* {"Events":[..]}, of the next one or of records (Insights) */
    SHAPE_LOOKUP_EVENT,
    SHAPE_DIGEST,
    SHAPE_CONTROL, /* CloudWatch Logs tells that it is there */
    SHAPE_UNKNOWN,
} Shape;

/* Members that tell what an object is, with the first byte of the value that they need. A later
 * row is believed before an earlier one. */
static const struct {
    Str name;
    char opens;
    Shape shape;
} SIGNS[] = {
    {{"eventName", 9}, '"', SHAPE_RECORD},
    {{"eventSource", 11}, '"', SHAPE_RECORD},
    {{"userIdentity", 12}, '{', SHAPE_RECORD},
    {{"eventTime", 9}, 0, SHAPE_RECORD},
    {{"eventVersion", 12}, 0, SHAPE_RECORD},
    {{"Records", 7}, '[', SHAPE_RECORDS},
    {{"Events", 6}, '[', SHAPE_LOOKUP},
    {{"CloudTrailEvent", 15}, '"', SHAPE_LOOKUP_EVENT},
    {{"logEvents", 9}, '[', SHAPE_LOG_EVENTS},
    {{"detail", 6}, '{', SHAPE_EVENTBRIDGE},
    {{"digestStartTime", 15}, '"', SHAPE_DIGEST},
};

static Shape shape_of(const char *at, const char *end, Member *ret_part)
{
    size_t best = 0;
    bool control = false, seen_detail_type = false, seen_any = false;
    Member member;
    const char *next = at + 1;
    while ((next = next_member(next, end, &member)) != NULL) {
        seen_detail_type |= str_equal(member.name, STR("detail-type"));
        control |= str_equal(member.name, STR("messageType")) &&
                   str_equal((Str){member.value, (size_t)(member.value_end - member.value)},
                             STR("\"CONTROL_MESSAGE\""));
        for (size_t i = best; i < sizeof SIGNS / sizeof *SIGNS; i++)
            if (str_equal(member.name, SIGNS[i].name) &&
                (!SIGNS[i].opens || *member.value == SIGNS[i].opens)) {
                best = i;
                seen_any = true;
                *ret_part = member;
            }
    }
    if (!seen_any)
        return SHAPE_UNKNOWN;
    if (control && SIGNS[best].shape == SHAPE_LOG_EVENTS)
        return SHAPE_CONTROL;
    if (SIGNS[best].shape == SHAPE_EVENTBRIDGE && !seen_detail_type)
        return SHAPE_UNKNOWN;
    return SIGNS[best].shape;
}

static bool take_object(Decoder *decoder, const char *at, const char *end, Error *err);

typedef bool Take(Decoder *decoder, const char *at, const char *end, Error *err);

/* Takes every object of the array in [at, end) by *each*; other elements are refused. */
static bool take_array(Decoder *decoder, const char *at, const char *end, Take *each, Error *err)
{
    at++;
    for (;;) {
        while (at < end && (*at == ',' || skip_space(at, end) > at))
            at = *at == ',' ? at + 1 : skip_space(at, end);
        if (at >= end || *at == ']')
            return true;
        const char *next = repair_skip(at, end);
        if (!next)
            next = end;
        bool ok = *at == '{' ? each(decoder, at, next, err)
                             : element_refuse(decoder, at, next, true,
                                              "the record is not a JSON object", err);
        if (!ok)
            return false;
        at = next;
    }
}

/* The record or envelope that stands as text in the string at [at, end), quotes included. */
static bool take_string(Decoder *decoder, const char *at, const char *end, Error *err)
{
    static const char ZEROS[RECORD_PADDING];
    if (decoder->messages == DECODER_MESSAGES_MAX)
        return element_refuse(decoder, at, end, true, "messages are nested too deep", err);
    Buf *text = &decoder->message[decoder->messages];
    text->len = 0;
    Str raw = {at + 1, (size_t)(end - at) - 2};
    if (raw.len > MESSAGE_BYTES_MAX)
        return element_refuse(decoder, at, end, true, "a message of more than 64 MiB", err);
    if (!text_unescape(text, raw, err) || !buf_append(text, ZEROS, sizeof ZEROS, err))
        return false;
    const char *from = text->ptr, *to = text->ptr + text->len - sizeof ZEROS;
    from = skip_space(from, to);
    if (!decoder->messages)
        decoder->message_offset = decoder->window_offset + (uint64_t)(at - decoder->window);
    decoder->messages++;
    const char *close = from < to && *from == '{' ? repair_skip(from, to) : NULL;
    bool ok =
        close && skip_space(close, to) == to
            ? take_object(decoder, from, close, err)
            : element_refuse(decoder, from, to, true, "the message is not a JSON object", err);
    record_forget(decoder->parser);
    decoder->messages--;
    return ok;
}

/* A message of an envelope: the member that holds the record as text. */
static bool take_member_text(Decoder *decoder, const char *at, const char *end, Str name,
                             Error *err)
{
    Member member;
    const char *next = at + 1;
    while ((next = next_member(next, end, &member)) != NULL) {
        if (!str_equal(member.name, name))
            continue;
        if (*member.value == '{') /* somebody has read the text already */
            return take_object(decoder, member.value, member.value_end, err);
        if (*member.value == '"')
            return take_string(decoder, member.value, member.value_end, err);
    }
    return element_refuse(decoder, at, end, true, "the envelope holds no record", err);
}

static bool take_log_event(Decoder *decoder, const char *at, const char *end, Error *err)
{
    return take_member_text(decoder, at, end, STR("message"), err);
}

static bool take_lookup_event(Decoder *decoder, const char *at, const char *end, Error *err)
{
    return take_member_text(decoder, at, end, STR("CloudTrailEvent"), err);
}

static bool take_record(Decoder *decoder, const char *at, const char *end, Error *err)
{
    const char *next;
    if (!element_take(decoder, at, end, &next, err))
        return false;
    return next || element_refuse(decoder, at, end, true, "the record ends early", err);
}

static bool take_digest(Decoder *decoder, const char *at, const char *end, Error *err)
{
    if (decoder->depth == 1 && !decoder->report->records_read) {
        decoder->report->kind = OBJECT_DIGEST;
        return true;
    }
    return element_refuse(decoder, at, end, false, "a digest among records", err);
}

static bool take_shape(Decoder *decoder, Shape shape, const Member *part, const char *at,
                       const char *end, Error *err)
{
    if (shape != SHAPE_RECORD && shape != SHAPE_RECORDS && shape != SHAPE_DIGEST &&
        shape != SHAPE_UNKNOWN)
        decoder->report->flags |= OBJECT_ENVELOPES;
    switch (shape) {
    case SHAPE_RECORD:
        return take_record(decoder, at, end, err);
    case SHAPE_RECORDS:
        return take_array(decoder, part->value, part->value_end, take_record, err);
    case SHAPE_EVENTBRIDGE:
        return take_record(decoder, part->value, part->value_end, err);
    case SHAPE_LOG_EVENTS:
        return take_array(decoder, part->value, part->value_end, take_log_event, err);
    case SHAPE_LOOKUP:
        return take_array(decoder, part->value, part->value_end, take_object, err);
    case SHAPE_LOOKUP_EVENT:
        return take_lookup_event(decoder, at, end, err);
    case SHAPE_DIGEST:
        return take_digest(decoder, at, end, err);
    case SHAPE_CONTROL:
        return true;
    case SHAPE_UNKNOWN:
        break;
    }
    return element_refuse(decoder, at, end, true, "the object is not a CloudTrail record", err);
}

/* A whole object of unknown shape. */
static bool take_object(Decoder *decoder, const char *at, const char *end, Error *err)
{
    Member part = {0};
    if (decoder->depth >= ENVELOPE_DEPTH_MAX)
        return element_refuse(decoder, at, end, true, "envelopes are nested too deep", err);
    decoder->depth++;
    bool ok = take_shape(decoder, shape_of(at, end, &part), &part, at, end, err);
    decoder->depth--;
    return ok;
}

/* Says where the text broke and gives up on the rest. */
static Outcome give_up(Decoder *decoder, const char **at, const char *end, unsigned flag,
                       const char *reason, Error *err)
{
    decoder->report->flags |= flag;
    decoder->ended = true;
    bool ok = element_refuse(decoder, *at, end, false, reason, err);
    *at = end;
    return ok ? STEPPED : FAILED;
}

static Outcome take_element(Decoder *decoder, const char **at, const char *end, bool last,
                            Error *err)
{
    const char *next = *at;
    bool plainly_record =
        decoder->state == CONTAINER_RECORDS || skip_word(*at + 1, end, STR("\"eventVersion\""));
    if (plainly_record) {
        if (!element_take(decoder, *at, end, &next, err))
            return FAILED;
    } else if (!element_take_plain(decoder, *at, end, &next, err)) {
        return FAILED;
    } else if (!next) {
        next = repair_skip(*at, end);
        if (next && !take_object(decoder, *at, next, err))
            return FAILED;
    }
    if (next) {
        *at = next;
        return STEPPED;
    }
    if (!last)
        return NEED_MORE;
    return give_up(decoder, at, end, OBJECT_TRUNCATED, "the text ends within a record", err);
}

/* Something other than an object stands where a record should. */
static Outcome take_stray(Decoder *decoder, const char **at, const char *end, bool last, Error *err)
{
    const char *next = repair_skip(*at, end);
    if (decoder->state == CONTAINER_TOP) {
        const char *line = memchr(*at, '\n', (size_t)(end - *at));
        next = line ? line + 1 : last ? end : NULL;
    }
    if (!next || (next == end && !last))
        return last ? give_up(decoder, at, end, OBJECT_TRUNCATED, "the text ends within a value",
                              err)
                    : NEED_MORE;
    const char *reason = decoder->state == CONTAINER_TOP ? "text that is not a JSON object"
                                                         : "the record is not a JSON object";
    bool is_record = decoder->state != CONTAINER_TOP;
    if (!is_record)
        decoder->report->flags |= OBJECT_BROKEN;
    if (!element_refuse(decoder, *at, next, is_record, reason, err))
        return FAILED;
    *at = next;
    return STEPPED;
}

static Outcome step_top(Decoder *decoder, const char **at, const char *end, bool last, Error *err)
{
    decoder->seen_text = true;
    if (**at == '[') {
        decoder->state = CONTAINER_LIST;
        decoder->place = LIST_START;
        ++*at;
        return STEPPED;
    }
    if (**at != '{')
        return take_stray(decoder, at, end, last, err);
    const char *inside = records_open(*at, end);
    if (inside) {
        decoder->state = CONTAINER_RECORDS;
        decoder->place = LIST_START;
        *at = inside;
        return STEPPED;
    }
    if (!last && end - *at < LOOK_AHEAD)
        return NEED_MORE;
    return take_element(decoder, at, end, last, err);
}

/* A comma where a record should be: AWS writes none, so one may have been taken out. */
static Outcome miss_record(Decoder *decoder, const char **at, const char *end, Error *err)
{
    const char *next = *at;
    while (next < end && *next == ',')
        next = skip_space(next + 1, end);
    decoder->report->flags |= OBJECT_BROKEN;
    bool ok = element_refuse(decoder, *at, next, false, "a record is missing at a comma", err);
    *at = next;
    return ok ? STEPPED : FAILED;
}

static Outcome step_list(Decoder *decoder, const char **at, const char *end, bool last, Error *err)
{
    ListPlace place = decoder->place;
    decoder->place = **at == ',' ? LIST_COMMA : LIST_VALUE;
    if (**at == ',') {
        if (place != LIST_VALUE)
            return miss_record(decoder, at, end, err);
        ++*at;
        return STEPPED;
    }
    if (**at == ']') {
        if (place == LIST_COMMA && miss_record(decoder, at, end, err) == FAILED)
            return FAILED;
        decoder->state = decoder->state == CONTAINER_RECORDS ? CONTAINER_TAIL : CONTAINER_TOP;
        ++*at;
        return STEPPED;
    }
    if (**at == '{')
        return take_element(decoder, at, end, last, err);
    if (**at == '}' || **at == ':')
        return give_up(decoder, at, end, OBJECT_BROKEN, "a stray character between records", err);
    return take_stray(decoder, at, end, last, err);
}

/* Members behind the array of records: AWS writes none. Scalars are passed over, what might hold
 * records is kept aside. */
static Outcome step_tail(Decoder *decoder, const char **at, const char *end, bool last, Error *err)
{
    if (**at == '}') {
        decoder->state = CONTAINER_TOP;
        ++*at;
        return STEPPED;
    }
    if (**at == ',' || **at == ':') {
        ++*at;
        return STEPPED;
    }
    const char *next = repair_skip(*at, end);
    if (next && (next < end || last)) {
        bool nested = **at == '{' || **at == '[';
        if (nested && !element_refuse(decoder, *at, next, false, "a value behind the records", err))
            return FAILED;
        *at = next;
        return STEPPED;
    }
    if (!last)
        return NEED_MORE;
    return give_up(decoder, at, end, OBJECT_TRUNCATED, "the text ends behind the records", err);
}

const char *container_take(Decoder *decoder, const char *at, const char *end, bool last, Error *err)
{
    static Outcome (*const STEPS[])(Decoder *, const char **, const char *, bool, Error *) = {
        [CONTAINER_TOP] = step_top,
        [CONTAINER_LIST] = step_list,
        [CONTAINER_RECORDS] = step_list,
        [CONTAINER_TAIL] = step_tail,
    };
    while ((at = skip_space(at, end)) < end) {
        Outcome outcome = STEPS[decoder->state](decoder, &at, end, last, err);
        if (outcome == FAILED)
            return NULL;
        if (outcome == NEED_MORE)
            break;
    }
    /* Cut at a border between records nothing is left to keep aside, but the place is told. */
    if (last && decoder->state != CONTAINER_TOP && !decoder->ended &&
        give_up(decoder, &at, end, OBJECT_TRUNCATED, "the text ends before its records do", err) ==
            FAILED)
        return NULL;
    return at;
}
