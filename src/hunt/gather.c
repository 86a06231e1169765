#include "hunt/gather.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "findings/asff.h"
#include "findings/ocsf.h"

enum { ID_HASH_BYTES = 16, LINE_BYTES_MAX = 32 << 20 };

/* A match and what it is gathered by. */
typedef struct Key {
    const HuntMatch *match;
    Str account, region, subject;
    int32_t day;
} Key;

struct Gather {
    Key *keys; /* sorted: those of a finding stand together */
    const HuntMatch **matches;
    Story *findings;
    size_t count;
};

static Key key_of(const HuntMatch *match)
{
    return (Key){.match = match,
                 .account = story_account(match->account, match->principal),
                 .region = story_region(match->region),
                 .subject = match->group.len ? match->group : match->principal,
                 .day = timestamp_day(match->time_us)};
}

static int compare_findings(const Key *left, const Key *right)
{
    const Str pairs[][2] = {{left->account, right->account},
                            {left->region, right->region},
                            {left->subject, right->subject}};
    if (left->match->rule->index != right->match->rule->index)
        return left->match->rule->index < right->match->rule->index ? -1 : 1;
    int order = (left->day > right->day) - (left->day < right->day);
    for (size_t i = 0; !order && i < sizeof pairs / sizeof *pairs; i++)
        order = str_compare(pairs[i][0], pairs[i][1]);
    return order;
}

static int by_finding(const void *a, const void *b)
{
    const Key *left = a, *right = b;
    int order = compare_findings(left, right);
    return order ? order : (left->match > right->match) - (left->match < right->match);
}

static int by_time(const void *a, const void *b)
{
    const Story *left = a, *right = b;
    return (left->matches[0] > right->matches[0]) - (left->matches[0] < right->matches[0]);
}

/* The id out of what makes the finding one. */
static bool write_id(const Key *key, char ret[STORY_ID_BYTES], Error *err)
{
    char day[TIMESTAMP_TEXT_BYTES];
    uint8_t hash[HASH_SHA256_BYTES];
    HashSha256 *sum = hash_sha256_new(err);
    timestamp_format_day(key->day, day);
    const Str parts[] = {story_rule_id(key->match->rule), key->account, key->region, key->subject,
                         str_of(day)};
    for (size_t i = 0; sum && i < sizeof parts / sizeof *parts; i++) {
        hash_sha256_add(sum, parts[i].ptr, parts[i].len);
        hash_sha256_add(sum, "", 1);
    }
    hash_sha256_end(sum, sum ? hash : NULL);
    if (sum)
        hash_hex(hash, ID_HASH_BYTES, ret);
    return sum != NULL;
}

static bool fill(Gather *gather, size_t first, size_t end, Error *err)
{
    const Key *key = &gather->keys[first];
    Story *finding = &gather->findings[gather->count];
    *finding = (Story){.rule = key->match->rule,
                       .matches = gather->matches + first,
                       .count = end - first,
                       .account = key->account,
                       .region = key->region,
                       .partition = story_partition(key->region),
                       .subject = key->subject,
                       .first_us = key->match->time_us,
                       .last_us = gather->keys[end - 1].match->time_us};
    gather->count++;
    return write_id(key, finding->id, err);
}

static bool split(Gather *gather, size_t count, Error *err)
{
    bool ok = true;
    for (size_t first = 0, end; ok && first < count; first = end) {
        for (end = first;
             end < count && compare_findings(&gather->keys[first], &gather->keys[end]) == 0; end++)
            gather->matches[end] = gather->keys[end].match;
        ok = fill(gather, first, end, err);
    }
    return ok;
}

Gather *gather_new(const HuntMatch *matches, size_t count, Error *err)
{
    Gather *gather = mem_calloc(1, sizeof *gather, err);
    if (!gather)
        return NULL;
    gather->keys = mem_calloc(count + 1, sizeof *gather->keys, err);
    gather->matches = gather->keys ? mem_calloc(count + 1, sizeof *gather->matches, err) : NULL;
    gather->findings =
        gather->matches ? mem_calloc(count + 1, sizeof *gather->findings, err) : NULL;
    for (size_t i = 0; gather->findings && i < count; i++)
        gather->keys[i] = key_of(&matches[i]);
    if (gather->findings)
        qsort(gather->keys, count, sizeof *gather->keys, by_finding);
    if (gather->findings && split(gather, count, err)) {
        qsort(gather->findings, gather->count, sizeof *gather->findings, by_time);
        return gather;
    }
    gather_free(gather);
    return NULL;
}

void gather_free(Gather *gather)
{
    if (!gather)
        return;
    mem_free(gather->keys);
    mem_free(gather->matches);
    mem_free(gather->findings);
    mem_free(gather);
}

size_t gather_count(const Gather *gather)
{
    return gather->count;
}

const Story *gather_at(const Gather *gather, size_t index)
{
    return &gather->findings[index];
}

bool gather_write_asff(const Gather *gather, FILE *out, Error *err)
{
    BUF_AUTO Buf line = buf_init(LINE_BYTES_MAX);
    bool ok = fputs("[", out) >= 0;
    for (size_t i = 0; ok && i < gather->count; i++) {
        line.len = 0;
        if (!asff_append(&gather->findings[i], &line, err))
            return false;
        ok = fprintf(out, "%s\n", i ? "," : "") > 0 &&
             fwrite(line.ptr, 1, line.len, out) == line.len;
    }
    ok = ok && fputs("\n]\n", out) >= 0;
    return ok || error_errno(err, "cannot write the findings");
}

bool gather_write_ocsf(const Gather *gather, FILE *out, Error *err)
{
    BUF_AUTO Buf line = buf_init(LINE_BYTES_MAX);
    for (size_t i = 0; i < gather->count; i++) {
        line.len = 0;
        if (!ocsf_append(&gather->findings[i], &line, err) || !buf_append_byte(&line, '\n', err))
            return false;
        if (fwrite(line.ptr, 1, line.len, out) != line.len)
            return error_errno(err, "cannot write the findings");
    }
    return true;
}
