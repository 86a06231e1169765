#include "detection.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cell.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "decode/batch_column.h"
#include "detect/correlation_sql.h"
#include "detect/derived.h"
#include "detect/matcher.h"
#include "redact/redact_value.h"

enum {
    HITS_MAX = 1 << 20,      /* of a part; 16 MiB */
    VALUES_BYTES = 24 << 20, /* of what correlations look at: the part ends then */
    VALUES_BYTES_MAX = 256 << 20,
    VALUE_BYTES_MAX = 2000, /* of one text; a longer one is cut, and told apart by its hash */
    VALUE_HASH_BYTES = 16,
    HITS_BYTES_MAX = 512 << 20,
    TEXTS_BYTES_MAX = 512 << 20,
    RECORDS_MIN = 10000, /* fewer say nothing of how often a rule matches */
    TITLE_BYTES_MAX = 4096,
};

struct DetectionRules {
    const RuleSet *set;
    Derive *derive;
    const RedactPlan *plan;
    int64_t *ids;     /* in the state, by the rule's index; 0: not tried */
    uint64_t *counts; /* matches, by the rule's index */
    uint64_t records; /* on which they were tried */
    CorrelationPaths *paths;
    Arena *arena;
    const FieldPath **fields;     /* of the paths, by their index */
    const RedactTarget **targets; /* what is hidden there; NULL: nothing anywhere */
    const uint8_t *secret;
    size_t hits_max;
};

struct Detection {
    const DetectionRules *rules;
    Matcher *matcher;
    Derived *derived;
    RedactWork *redact; /* NULL: nothing is hidden */
    Buf hits;           /* SignalHit each */
    BatchColumn values;
    size_t values_held;
    Buf value; /* being made */
    uint64_t *counts;
    uint64_t records;
};

bool detection_tries(const Rule *rule)
{
    return rule->kind == RULE_DETECTION && rule->applies && (!rule->silent || rule->correlated);
}

static bool register_tried(DetectionRules *rules, Lake *lake, Error *err)
{
    size_t count = ruleset_count(rules->set), told = 0;
    Arena *arena = arena_new(TEXTS_BYTES_MAX, err);
    SignalRule *list = arena ? arena_calloc(arena, count + 1, sizeof *list, err) : NULL;
    int64_t *ids = list ? arena_calloc(arena, count + 1, sizeof *ids, err) : NULL;
    bool ok = ids != NULL;
    for (size_t i = 0; ok && i < count; i++) {
        const Rule *rule = ruleset_rule(rules->set, i);
        if (detection_tries(rule)) {
            ok = signals_describe(rule, arena, &list[told], err);
            told++;
        }
    }
    ok = ok && signals_register(lake, list, told, ids, err);
    for (size_t i = 0, next = 0; ok && i < count; i++)
        rules->ids[i] = detection_tries(ruleset_rule(rules->set, i)) ? ids[next++] : 0;
    arena_free(arena);
    return ok;
}

static bool find_targets(DetectionRules *rules, size_t count, Error *err)
{
    rules->targets = arena_alloc(rules->arena, (count + 1) * sizeof *rules->targets, err);
    bool ok = rules->targets != NULL;
    for (size_t i = 0; ok && i < count; i++) {
        rules->targets[i] = redaction_target_at(rules->plan, correlation_sql_path(rules->paths, i),
                                                rules->arena, err);
        ok = rules->targets[i] != NULL;
    }
    return ok;
}

static bool read_paths(DetectionRules *rules, Error *err)
{
    rules->paths = correlation_sql_paths(rules->set, err);
    rules->arena = rules->paths ? arena_new(TEXTS_BYTES_MAX, err) : NULL;
    if (!rules->arena)
        return false;
    size_t count = correlation_sql_path_count(rules->paths);
    rules->fields = arena_alloc(rules->arena, (count + 1) * sizeof *rules->fields, err);
    bool ok = rules->fields != NULL;
    for (size_t i = 0; ok && i < count; i++) {
        rules->fields[i] = document_path(correlation_sql_path(rules->paths, i), rules->arena, err);
        ok = rules->fields[i] != NULL;
    }
    return ok && (!rules->plan || find_targets(rules, count, err));
}

DetectionRules *detection_rules_new(Lake *lake, const DetectionParts *parts, Error *err)
{
    const RuleSet *set = parts->set;
    DetectionRules *rules = mem_calloc(1, sizeof *rules, err);
    if (!rules)
        return NULL;
    *rules = (DetectionRules){
        .set = set, .derive = parts->derive, .secret = lake->secret, .hits_max = HITS_MAX};
    rules->plan = parts->plan && parts->plan->count ? parts->plan : NULL;
    rules->ids = mem_calloc(ruleset_count(set) + 1, sizeof *rules->ids, err);
    rules->counts =
        rules->ids ? mem_calloc(ruleset_count(set) + 1, sizeof *rules->counts, err) : NULL;
    if (rules->counts && read_paths(rules, err) && register_tried(rules, lake, err))
        return rules;
    detection_rules_free(rules);
    return NULL;
}

void detection_rules_free(DetectionRules *rules)
{
    if (!rules)
        return;
    mem_free(rules->ids);
    mem_free(rules->counts);
    correlation_sql_paths_free(rules->paths);
    arena_free(rules->arena);
    mem_free(rules);
}

const int64_t *detection_rules_ids(const DetectionRules *rules)
{
    return rules->ids;
}

void detection_rules_limit(DetectionRules *rules, size_t hits_max)
{
    rules->hits_max = hits_max;
}

size_t detection_count(const RuleSet *set)
{
    size_t count = 0;
    for (size_t i = 0; i < ruleset_count(set); i++)
        count += detection_tries(ruleset_rule(set, i));
    return count;
}

void detection_rules_add(DetectionRules *rules, const Detection *detection)
{
    rules->records += detection->records;
    for (size_t i = 0; i < ruleset_count(rules->set); i++)
        rules->counts[i] += detection->counts[i];
}

void detection_rules_tell(const DetectionRules *rules, bool silent)
{
    uint64_t records = rules->records;
    for (size_t i = 0; records >= RECORDS_MIN && i < ruleset_count(rules->set); i++) {
        const Rule *rule = ruleset_rule(rules->set, i);
        Error ignored = {0};
        BUF_AUTO Buf title = buf_init(TITLE_BYTES_MAX);
        if (rules->counts[i] > records / DETECTION_OFTEN && (silent || !rule->silent) &&
            cell_visible(rule->title, &title, &ignored))
            log_tell(LOG_WARN, NULL,
                     "rule '%.*s' matched %" PRIu64 " of %" PRIu64 " records: narrow it%s",
                     STR_ARG(buf_str(&title)), rules->counts[i], records,
                     rule->silent ? "; correlations look at each of them"
                                  : ", or let only correlations name it");
    }
}

static Str derive(void *context, Document *document)
{
    return derived_write(context, document);
}

Detection *detection_new(const DetectionRules *rules, Error *err)
{
    Detection *detection = mem_calloc(1, sizeof *detection, err);
    if (!detection)
        return NULL;
    *detection = (Detection){
        .rules = rules, .hits = buf_init(HITS_BYTES_MAX), .value = buf_init(VALUES_BYTES_MAX)};
    batch_column_reset(&detection->values, false, VALUES_BYTES_MAX);
    detection->counts = mem_calloc(ruleset_count(rules->set) + 1, sizeof *detection->counts, err);
    detection->matcher =
        detection->counts ? matcher_new_of(rules->set, detection_tries, err) : NULL;
    detection->derived = detection->matcher ? derived_new(rules->derive, err) : NULL;
    if (detection->derived && rules->plan)
        detection->redact = redact_work_new(rules->plan, err);
    if (detection->derived && (detection->redact || !rules->plan)) {
        document_set_derive(matcher_document(detection->matcher), derive, detection->derived);
        return detection;
    }
    detection_free(detection);
    return NULL;
}

void detection_free(Detection *detection)
{
    if (!detection)
        return;
    matcher_free(detection->matcher);
    derived_free(detection->derived);
    redact_work_free(detection->redact);
    buf_free(&detection->hits);
    buf_free(&detection->value);
    batch_column_free(&detection->values);
    mem_free(detection->counts);
    mem_free(detection);
}

/* *text*, or its beginning with a hash of all of it. */
static bool put_bounded(Buf *out, Str text, Error *err)
{
    if (text.len <= VALUE_BYTES_MAX)
        return json_append_string(out, text, err);
    uint8_t digest[HASH_SHA256_BYTES];
    char hex[2 * VALUE_HASH_BYTES + 1];
    BUF_AUTO Buf cut = buf_init(VALUE_BYTES_MAX + sizeof hex + 1);
    size_t len = VALUE_BYTES_MAX;
    while (len && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
        len--;
    hash_sha256(text.ptr, text.len, digest);
    hash_hex(digest, VALUE_HASH_BYTES, hex);
    return buf_printf(&cut, err, "%.*s#%s", (int)len, text.ptr, hex) &&
           json_append_string(out, buf_str(&cut), err);
}

/* The text at path *index*; without `ptr` when there is none, or nothing is left of it. */
static bool find_text(Detection *detection, size_t index, Str *ret, Error *err)
{
    const DetectionRules *rules = detection->rules;
    RedactResult result = {.changed = 0};
    Document *document = matcher_document(detection->matcher);
    if (!correlation_sql_text(document, rules->fields[index], ret, err))
        return false;
    if (detection->redact && ret->ptr &&
        !redact_work_at(detection->redact, rules->targets[index], *ret, &result, err))
        return false;
    if (result.changed)
        *ret = result.removed ? (Str){NULL, 0} : result.text;
    return true;
}

/* The code of what correlations look at in an event that *rule* matched: an object of texts. */
static bool find_values(Detection *detection, const Rule *rule, uint32_t *ret, Error *err)
{
    const DetectionRules *rules = detection->rules;
    Buf *value = &detection->value;
    bool ok = true;
    value->len = 0;
    for (size_t i = 0; ok && i < correlation_sql_path_count(rules->paths); i++) {
        Str text;
        if (!correlation_sql_needs(rules->paths, rule, i))
            continue;
        ok = find_text(detection, i, &text, err) &&
             (!text.ptr || (buf_append_byte(value, value->len ? ',' : '{', err) &&
                            json_append_string(value, correlation_sql_path(rules->paths, i), err) &&
                            buf_append_byte(value, ':', err) && put_bounded(value, text, err)));
    }
    ok = ok && (value->len || buf_append_byte(value, '{', err)) && buf_append_byte(value, '}', err);
    return ok && batch_column_find(&detection->values, buf_str(value),
                                   hash_keyed64(rules->secret, value->ptr, value->len),
                                   &detection->values_held, ret, err);
}

static bool take_match(Detection *detection, const Rule *rule, uint32_t row, Error *err)
{
    SignalHit hit = {.row = row,
                     .rule = (uint32_t)detection->rules->ids[rule->index],
                     .shown = !rule->silent,
                     .finding = !rule->silent && rule->level >= LEVEL_LOW,
                     .packed = rule->correlated};
    detection->counts[rule->index]++;
    return (!hit.packed || find_values(detection, rule, &hit.values, err)) &&
           buf_append(&detection->hits, &hit, sizeof hit, err);
}

bool detection_take(Detection *detection, const RecordView *view, uint32_t row, Error *err)
{
    const Rule *const *matched;
    size_t count;
    if (!matcher_run(detection->matcher, view, &matched, &count, err))
        return false;
    bool ok = true;
    detection->records++;
    for (size_t i = 0; ok && i < count; i++)
        ok = take_match(detection, matched[i], row, err);
    return ok;
}

bool detection_add(Detection *detection, int64_t rule, uint32_t row, Error *err)
{
    const SignalHit hit = {.row = row, .rule = (uint32_t)rule, .shown = true, .finding = true};
    return buf_append(&detection->hits, &hit, sizeof hit, err);
}

SignalHits detection_hits(const Detection *detection)
{
    return (SignalHits){(const SignalHit *)(const void *)detection->hits.ptr,
                        detection->hits.len / sizeof(SignalHit), &detection->values,
                        detection->rules->derive};
}

void detection_reset(Detection *detection)
{
    detection->hits.len = 0;
    detection->values_held = 0;
    batch_column_reset(&detection->values, false, VALUES_BYTES_MAX);
}

bool detection_is_full(const Detection *detection)
{
    return detection->hits.len / sizeof(SignalHit) >= detection->rules->hits_max ||
           detection->values.bytes.len >= VALUES_BYTES;
}
