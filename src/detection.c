#include "detection.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cell.h"
#include "base/mem.h"
#include "detect/derived.h"
#include "detect/matcher.h"

enum {
    HITS_MAX = 1 << 20, /* of a part; 16 MiB */
    HITS_BYTES_MAX = 512 << 20,
    TEXT_BYTES_MAX = 4 << 20,
    TEXTS_BYTES_MAX = 512 << 20,
    VERSION_BYTES = 8,
    RECORDS_MIN = 10000, /* fewer say nothing of how often a rule matches */
    TITLE_BYTES_MAX = 4096,
};

struct DetectionRules {
    const RuleSet *set;
    Derive *derive;
    int64_t *ids;     /* in the state, by the rule's index; 0: not tried */
    uint64_t *counts; /* matches, by the rule's index */
    size_t tried;
};

struct Detection {
    const DetectionRules *rules;
    Matcher *matcher;
    Derived *derived;
    Buf hits; /* SignalHit each */
    uint64_t *counts;
};

static bool is_tried(const Rule *rule)
{
    return rule->kind == RULE_DETECTION && rule->applies && !rule->silent;
}

/* Its version is a hash of what the rule says, so that a changed rule is another one. */
static bool describe(const Rule *rule, Arena *arena, SignalRule *ret, Error *err)
{
    uint8_t digest[HASH_SHA256_BYTES];
    char version[2 * VERSION_BYTES + 1];
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    if (!yaml_write_json(rule->tree, &text, err))
        return false;
    hash_sha256(text.ptr, text.len, digest);
    hash_hex(digest, VERSION_BYTES, version);
    *ret = (SignalRule){.rule_id = rule->id.len ? rule->id : rule->title,
                        .title = rule->title,
                        .level = str_of(rule_level_name(rule->level)),
                        .version = str_of(arena_text(arena, str_of(version), err)),
                        .body = str_of(arena_text(arena, buf_str(&text), err))};
    return ret->version.ptr && ret->body.ptr;
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
        if (is_tried(rule)) {
            ok = describe(rule, arena, &list[told], err);
            told++;
        }
    }
    ok = ok && signals_register(lake, list, told, ids, err);
    for (size_t i = 0, next = 0; ok && i < count; i++)
        rules->ids[i] = is_tried(ruleset_rule(rules->set, i)) ? ids[next++] : 0;
    rules->tried = told;
    arena_free(arena);
    return ok;
}

DetectionRules *detection_rules_new(Lake *lake, const RuleSet *set, Derive *derive, Error *err)
{
    DetectionRules *rules = mem_calloc(1, sizeof *rules, err);
    if (!rules)
        return NULL;
    *rules = (DetectionRules){.set = set, .derive = derive};
    rules->ids = mem_calloc(ruleset_count(set) + 1, sizeof *rules->ids, err);
    rules->counts =
        rules->ids ? mem_calloc(ruleset_count(set) + 1, sizeof *rules->counts, err) : NULL;
    if (rules->counts && register_tried(rules, lake, err))
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
    mem_free(rules);
}

size_t detection_rules_count(const DetectionRules *rules)
{
    return rules->tried;
}

void detection_rules_add(DetectionRules *rules, const Detection *detection)
{
    for (size_t i = 0; i < ruleset_count(rules->set); i++)
        rules->counts[i] += detection->counts[i];
}

void detection_rules_tell(const DetectionRules *rules, uint64_t records)
{
    for (size_t i = 0; records >= RECORDS_MIN && i < ruleset_count(rules->set); i++) {
        const Rule *rule = ruleset_rule(rules->set, i);
        Error ignored = {0};
        BUF_AUTO Buf title = buf_init(TITLE_BYTES_MAX);
        if (rules->counts[i] > records / DETECTION_OFTEN &&
            cell_visible(rule->title, &title, &ignored))
            fprintf(stderr,
                    "spoor: rule '%.*s' matched %" PRIu64 " of %" PRIu64
                    " records: narrow it, or let only correlations name it\n",
                    STR_ARG(buf_str(&title)), rules->counts[i], records);
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
    *detection = (Detection){.rules = rules, .hits = buf_init(HITS_BYTES_MAX)};
    detection->counts = mem_calloc(ruleset_count(rules->set) + 1, sizeof *detection->counts, err);
    detection->matcher = detection->counts ? matcher_new_of(rules->set, is_tried, err) : NULL;
    detection->derived = detection->matcher ? derived_new(rules->derive, err) : NULL;
    if (detection->derived) {
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
    buf_free(&detection->hits);
    mem_free(detection->counts);
    mem_free(detection);
}

bool detection_take(Detection *detection, const RecordView *view, uint32_t row, Error *err)
{
    const Rule *const *matched;
    size_t count;
    if (!matcher_run(detection->matcher, view, &matched, &count, err))
        return false;
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        const SignalHit hit = {.row = row,
                               .finding = matched[i]->level >= LEVEL_LOW,
                               .rule = detection->rules->ids[matched[i]->index]};
        detection->counts[matched[i]->index]++;
        ok = buf_append(&detection->hits, &hit, sizeof hit, err);
    }
    return ok;
}

SignalHits detection_hits(const Detection *detection)
{
    return (SignalHits){(const SignalHit *)(const void *)detection->hits.ptr,
                        detection->hits.len / sizeof(SignalHit)};
}

void detection_reset(Detection *detection)
{
    detection->hits.len = 0;
}

bool detection_is_full(const Detection *detection)
{
    return detection->hits.len / sizeof(SignalHit) >= HITS_MAX;
}
