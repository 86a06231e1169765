#include "hunt/gather.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "hunt/listed.h"

enum { ACCOUNT_DIGITS = 12, REGION_BYTES_MAX = 32, ID_HASH_BYTES = 16 };

/* A match and what it is gathered by. */
typedef struct Key {
    const HuntMatch *match;
    Str account, region, subject;
    int32_t day;
} Key;

struct Gather {
    Key *keys; /* sorted: those of a finding stand together */
    const HuntMatch **matches;
    Gathered *findings;
    size_t count;
};

static bool is_account(Str text)
{
    bool ok = text.len == ACCOUNT_DIGITS;
    for (size_t i = 0; ok && i < text.len; i++)
        ok = text.ptr[i] >= '0' && text.ptr[i] <= '9';
    return ok;
}

/* The account that the event went to, else the principal's; zeros where neither is known. */
static Str account_of(const HuntMatch *match)
{
    Str of_principal = gather_arn_part(match->principal, 4);
    if (is_account(match->account))
        return match->account;
    return is_account(of_principal) ? of_principal : STR("000000000000");
}

/* The region; where the record names none, that in which global services write. */
static Str region_of(const HuntMatch *match)
{
    Str region = match->region;
    bool ok = region.len > 0 && region.len <= REGION_BYTES_MAX;
    for (size_t i = 0; ok && i < region.len; i++) {
        char c = region.ptr[i];
        ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    }
    return ok ? region : STR("us-east-1");
}

static const char *partition_of(Str region)
{
    if (str_starts(region, STR("cn-")))
        return "aws-cn";
    return str_starts(region, STR("us-gov-")) ? "aws-us-gov" : "aws";
}

static Key key_of(const HuntMatch *match)
{
    return (Key){.match = match,
                 .account = account_of(match),
                 .region = region_of(match),
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
    const Gathered *left = a, *right = b;
    return (left->matches[0] > right->matches[0]) - (left->matches[0] < right->matches[0]);
}

/* The id out of what makes the finding one. */
static bool write_id(const Key *key, char ret[GATHER_ID_BYTES], Error *err)
{
    char day[TIMESTAMP_TEXT_BYTES];
    uint8_t hash[HASH_SHA256_BYTES];
    HashSha256 *sum = hash_sha256_new(err);
    timestamp_format_day(key->day, day);
    const Str parts[] = {gather_rule_id(key->match->rule), key->account, key->region, key->subject,
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
    Gathered *finding = &gather->findings[gather->count];
    *finding = (Gathered){.rule = key->match->rule,
                          .matches = gather->matches + first,
                          .count = end - first,
                          .account = key->account,
                          .region = key->region,
                          .partition = partition_of(key->region),
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

const Gathered *gather_at(const Gather *gather, size_t index)
{
    return &gather->findings[index];
}

Str gather_rule_id(const Rule *rule)
{
    if (rule->id.len)
        return rule->id;
    return rule->name.len ? rule->name : rule->title;
}

Str gather_resembles(const Rule *rule)
{
    const Yaml *node = rule->tree ? yaml_member(rule->tree, "resembles") : NULL;
    return node && yaml_is_scalar(node) ? node->text : STR("");
}

Str gather_arn_part(Str arn, int number)
{
    size_t from = 0;
    if (!str_starts(arn, STR("arn:")))
        return STR("");
    for (int i = 0; i < number && from < arn.len; i++)
        from = str_find_byte(arn, ':', from) + 1;
    return from < arn.len ? str_slice(arn, from, str_find_byte(arn, ':', from)) : STR("");
}

/* Puts *text* behind the others unless it is there. */
static size_t put_text(Str text, Str *ret, size_t count)
{
    bool known = text.len == 0;
    for (size_t i = 0; !known && i < count; i++)
        known = str_equal(ret[i], text);
    if (known)
        return count;
    ret[count] = text;
    return count + 1;
}

size_t gather_texts(const Gathered *finding, size_t member, Str *ret, size_t most)
{
    size_t count = 0;
    for (size_t i = 0; count < most && i < finding->count; i++)
        count = put_text(hunt_match_text(finding->matches[i], member), ret, count);
    return count;
}

size_t gather_lists(const Gathered *finding, Str *ret, size_t most)
{
    size_t count = 0;
    for (size_t i = 0; i < finding->count; i++) {
        Str lists = finding->matches[i]->threat_lists;
        for (size_t at = 0; count < most && at < lists.len;)
            count = put_text(listed_next(lists, &at), ret, count);
    }
    return count;
}
