#include "generate/fill.h"

#include <assert.h>
#include <string.h>

#include "base/timestamp.h"

enum { ROOM = 1 << 10, ITEMS_MAX = 4000 };

/* Numbers of the pools: one for each letter, and ranks of what a record holds fast. */
typedef enum {
    HELD_INSTANCE,
    HELD_VOLUME,
    HELD_GROUP,
    HELD_BUCKET,
    HELD_OBJECT,
    HELD_KEY,
    HELD_ROLE,
    HELD_USER,
    HELDS
} Held;

_Static_assert(HELDS == (int)FILL_HELD, "fill.h has room for what is held");

static const uint32_t POOL_SIZES[HELDS] = {60, 60, 30, 40, 300, 30, 40, 30};

void fill_clock_set(FillClock *clock, int64_t time_s)
{
    int64_t minute = time_s / 60;
    uint32_t second = (uint32_t)(time_s % 60);
    if (minute != clock->minute) {
        char text[TIMESTAMP_TEXT_BYTES];
        timestamp_format((time_s / 3600 - 1) * 3600 * 1000000, text);
        memcpy(clock->hour, text, 14);
        clock->hour[14] = '\0';
        timestamp_format(minute * 60 * 1000000, text);
        memcpy(clock->time, text, 21);
        memcpy(clock->day, text, 10);
        clock->day[4] = clock->day[7] = '/';
        clock->day[10] = '\0';
        clock->minute = minute;
    }
    clock->time[17] = (char)('0' + second / 10);
    clock->time[18] = (char)('0' + second % 10);
}

bool fill_str(Fill *fill, Str text)
{
    return buf_append_str(fill->out, text, fill->err);
}

static bool put_text(Fill *fill, const char *text)
{
    return buf_append(fill->out, text, strlen(text), fill->err);
}

/* The rank that this record has for *held*: drawn once. */
static uint32_t hold(Fill *fill, Held held)
{
    if (fill->held[held] == 0)
        fill->held[held] = 1 + random_rank(fill->random, POOL_SIZES[held]);
    return fill->held[held] - 1;
}

void fill_hold(Random *random, uint32_t held[FILL_HELD])
{
    for (int i = 0; i < FILL_HELD; i++)
        held[i] = random_chance(random, 500) ? 1 + random_rank(random, POOL_SIZES[i]) : 0;
}

/* The randomness of a pool's member: the same whenever the account names it. */
static Random member(const Fill *fill, int pool, uint32_t rank)
{
    return random_new(fill->account->number, (uint64_t)(pool + 1) << 32 | rank);
}

static void put_decimal(Fill *fill, uint32_t number)
{
    char digits[10];
    size_t len = 0;
    do
        digits[len++] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    while (len > 0)
        fill->out->ptr[fill->out->len++] = digits[--len];
}

/* fill_pattern has reserved room: what follows appends without a check. */

static bool put_held_hex(Fill *fill, Held held)
{
    Random random = member(fill, (int)held, hold(fill, held));
    random_hex(&random, fill->out, 16);
    return true;
}

static bool put_instance(Fill *fill)
{
    return put_held_hex(fill, HELD_INSTANCE);
}

static bool put_volume(Fill *fill)
{
    return put_held_hex(fill, HELD_VOLUME);
}

static bool put_group(Fill *fill)
{
    return put_held_hex(fill, HELD_GROUP);
}

static bool put_pooled(Fill *fill)
{
    Random random = member(fill, 'h', random_rank(fill->random, 40));
    random_hex(&random, fill->out, 16);
    return true;
}

static bool put_pooled_letters(Fill *fill)
{
    Random random = member(fill, 'q', random_rank(fill->random, 20));
    random_id(&random, fill->out, 17);
    return true;
}

static bool put_new_hex(Fill *fill)
{
    random_hex(fill->random, fill->out, 16);
    return true;
}

static bool put_number(Fill *fill)
{
    put_decimal(fill, random_rank(fill->random, 120));
    return true;
}

static bool put_bucket(Fill *fill)
{
    static const char *const NAMES[] = {"acme-data-", "acme-logs-", "acme-media-"};
    uint32_t rank = hold(fill, HELD_BUCKET);
    if (!put_text(fill, NAMES[rank % 3]))
        return false;
    put_decimal(fill, rank);
    return true;
}

static bool put_object(Fill *fill)
{
    uint32_t rank = hold(fill, HELD_OBJECT);
    Random random = member(fill, 'o', rank);
    if (!put_text(fill, "year=2026/part-"))
        return false;
    put_decimal(fill, rank);
    fill->out->ptr[fill->out->len++] = '-';
    random_hex(&random, fill->out, 24);
    return put_text(fill, ".parquet");
}

static bool put_key(Fill *fill)
{
    Random random = member(fill, 'k', hold(fill, HELD_KEY));
    random_uuid(&random, fill->out);
    return true;
}

static bool put_role(Fill *fill)
{
    bool ok = put_text(fill, "service-role-");
    put_decimal(fill, hold(fill, HELD_ROLE));
    return ok;
}

static bool put_user(Fill *fill)
{
    bool ok = put_text(fill, "engineer-");
    put_decimal(fill, hold(fill, HELD_USER));
    return ok;
}

static bool put_uuid(Fill *fill)
{
    random_uuid(fill->random, fill->out);
    return true;
}

static bool put_shared_id(Fill *fill)
{
    Random random = random_new(fill->pair, 's');
    random_uuid(&random, fill->out);
    return true;
}

static bool put_event_id(Fill *fill)
{
    return fill->event_id ? buf_append(fill->out, fill->event_id, 36, fill->err) : put_uuid(fill);
}

static bool put_temporary_key(Fill *fill)
{
    bool ok = put_text(fill, "ASIA");
    random_id(fill->random, fill->out, 16);
    return ok;
}

static bool put_token(Fill *fill)
{
    bool ok = put_text(fill, "IQoJb3JpZ2luX2VjE");
    random_alnum(fill->random, fill->out, 64);
    return ok && put_text(fill, "EXAMPLETOKENSHORTENED==");
}

static bool put_letters(Fill *fill)
{
    random_alnum(fill->random, fill->out, 76);
    return true;
}

static bool put_request_letters(Fill *fill)
{
    random_id(fill->random, fill->out, 16);
    return true;
}

/* Mostly one of a few sizes; one in twenty is written as a float. */
static bool put_bytes(Fill *fill)
{
    uint32_t rank = random_rank(fill->random, 1000);
    put_decimal(fill, rank * 172);
    return !random_chance(fill->random, 50) || put_text(fill, ".0");
}

static bool put_arn_name(Fill *fill)
{
    return put_text(fill, random_chance(fill->random, 100) ? "arn" : "ARN");
}

static bool put_time(Fill *fill)
{
    return buf_append(fill->out, fill->clock->time, 20, fill->err);
}

/* Five minutes later, on the minute. */
static bool put_window_end(Fill *fill)
{
    char text[TIMESTAMP_TEXT_BYTES];
    timestamp_format((fill->clock->minute + 5) * 60 * 1000000, text);
    return put_text(fill, text);
}

static bool put_hour(Fill *fill)
{
    return buf_append(fill->out, fill->clock->hour, 14, fill->err);
}

static bool put_day(Fill *fill)
{
    return buf_append(fill->out, fill->clock->day, 10, fill->err);
}

/* The event's time so many hours later, as "Oct 31, 2026, 9:41:00 PM". */
static bool put_words(Fill *fill, int hours)
{
    static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char text[TIMESTAMP_TEXT_BYTES];
    int64_t now = (fill->clock->minute + hours * 60) * 60 * 1000000;
    timestamp_format(now, text);
    int month = (text[5] - '0') * 10 + text[6] - '0', day = (text[8] - '0') * 10 + text[9] - '0';
    int hour = (text[11] - '0') * 10 + text[12] - '0';
    return buf_printf(fill->out, fill->err, "%.3s %d, %.4s, %d:%.2s:%.2s %s",
                      MONTHS + 3 * (month - 1), day, text, hour % 12 ? hour % 12 : 12, text + 14,
                      fill->clock->time + 17, hour < 12 ? "AM" : "PM");
}

static bool put_now_in_words(Fill *fill)
{
    return put_words(fill, 0);
}

static bool put_later_in_words(Fill *fill)
{
    return put_words(fill, 1);
}

static bool put_time_in_words(Fill *fill)
{
    return put_text(fill, "Oct 31, 2026, 9:41:00 PM");
}

static bool put_account(Fill *fill)
{
    return buf_append(fill->out, fill->account->id, 12, fill->err);
}

static bool put_region(Fill *fill)
{
    return put_text(fill, fill->region);
}

static bool put_version(Fill *fill)
{
    return put_text(fill, fill->call->version);
}

static bool put_service(Fill *fill)
{
    return put_text(fill, fill->call->service);
}

static bool put_name(Fill *fill)
{
    return put_text(fill, fill->call->name);
}

static bool put_read_only(Fill *fill)
{
    return put_text(fill, fill->call->read_only ? "true" : "false");
}

static bool put_address(Fill *fill)
{
    return fill_str(fill, fill->principal->address);
}

static bool put_agent(Fill *fill)
{
    return fill_str(fill, fill->principal->agent);
}

static bool put_arn(Fill *fill)
{
    return fill_str(fill, fill->principal->arn);
}

static bool put_per_cent(Fill *fill)
{
    return buf_append_byte(fill->out, '%', fill->err);
}

/* A template within a template; identities and items have no such placeholders themselves, so the
 * nesting ends there. */
static bool put_identity(Fill *fill)
{
    return fill_pattern(fill, fill->principal->identity.ptr);
}

static bool put_items(Fill *fill)
{
    const char *item = fill->item;
    assert(item);
    for (int i = 0; i < ITEMS_MAX && fill->out->len - fill->begin < fill->item_bytes; i++) {
        /* Each item is about something else. */
        memset(fill->held, 0, sizeof fill->held);
        if (!fill_pattern(fill, i == 0 && item[0] == ',' ? item + 1 : item))
            return false;
    }
    return true;
}

static bool (*const FILLERS[128])(Fill *fill) = {
    ['i'] = put_instance,
    ['v'] = put_volume,
    ['g'] = put_group,
    ['h'] = put_pooled,
    ['q'] = put_pooled_letters,
    ['x'] = put_new_hex,
    ['n'] = put_number,
    ['b'] = put_bucket,
    ['o'] = put_object,
    ['k'] = put_key,
    ['r'] = put_role,
    ['t'] = put_user,
    ['u'] = put_uuid,
    ['s'] = put_shared_id,
    ['e'] = put_event_id,
    ['K'] = put_temporary_key,
    ['T'] = put_token,
    ['X'] = put_letters,
    ['y'] = put_request_letters,
    ['f'] = put_bytes,
    ['l'] = put_arn_name,
    ['M'] = put_time,
    ['N'] = put_window_end,
    ['H'] = put_hour,
    ['D'] = put_day,
    ['d'] = put_time_in_words,
    ['j'] = put_now_in_words,
    ['J'] = put_later_in_words,
    ['A'] = put_account,
    ['R'] = put_region,
    ['V'] = put_version,
    ['S'] = put_service,
    ['E'] = put_name,
    ['w'] = put_read_only,
    ['a'] = put_address,
    ['U'] = put_agent,
    ['P'] = put_arn,
    ['I'] = put_identity,
    ['*'] = put_items,
    ['%'] = put_per_cent,
};

bool fill_pattern(Fill *fill, const char *pattern)
{
    for (;;) {
        const char *next = strchr(pattern, '%');
        size_t len = next ? (size_t)(next - pattern) : strlen(pattern);
        if (!buf_reserve(fill->out, len + ROOM, fill->err) ||
            !buf_append(fill->out, pattern, len, fill->err))
            return false;
        if (!next)
            return true;
        assert(next[1] > 0 && FILLERS[(unsigned char)next[1]]);
        if (!FILLERS[(unsigned char)next[1]](fill))
            return false;
        pattern = next + 2;
    }
}
