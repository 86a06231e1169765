/* A record and a text with a byte 0 between them: what is found in the text lies in it, whatever
 * the record holds is hidden in JSON, and hiding it twice is hiding it once. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "filter/filter_set.h"
#include "redact/redact_detector.h"
#include "redact/redact_value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { REDACT_ARENA_BYTES_MAX = 64 << 20, ALL_DETECTORS = (1 << DETECTORS) - 1 };

/* What masks and hashes, so that hiding twice is hiding once; and what does not. */
static const char *const REDACT_PLANS[] = {
    "name: a\nredact: {paths: ['**.password', 'userIdentity.*.arn', 'new.\"a.b\"[1]'], with: "
    "mask}\n---\n"
    "name: b\nredact: {paths: [userIdentity.userName, '**.list[*].**.name'], with: hash}\n---\n"
    "name: c\nredact: {detect: [email, card, token, private-key], in: [requestParameters, "
    "userAgent, responseElements], with: hash}\n---\n"
    "name: d\nredact: {detect: [access-key, secret-key, card, resident-registration-number], with: "
    "mask}",
    "name: a\nredact: {paths: ['**.password', userAgent, 'requestParameters.list[0]'], with: "
    "remove}\n---\n"
    "name: b\nredact: {paths: ['requestParameters.*', userIdentity], with: truncate, keep: 3}\n"
    "---\nname: c\nredact: {detect: [email, card, token, access-key, secret-key], with: remove}",
};

typedef struct RedactFuzz {
    FilterSet *sets[2];
    RedactWork *works[2];
    Arena *arena;
} RedactFuzz;

static RedactFuzz *redact_target(void)
{
    static RedactFuzz target;
    static const RedactKey KEY = {{"2026", 4}, {"0123456789abcdef", 16}};
    Error err = {0};
    if (target.arena)
        return &target;
    for (int i = 0; i < 2; i++) {
        target.sets[i] = filter_set_new(&err);
        bool ok = target.sets[i] && filter_set_key(target.sets[i], &KEY, &err) &&
                  filter_set_add_text(target.sets[i], str_of(REDACT_PLANS[i]), "f", &err) &&
                  filter_set_finish(target.sets[i], &err);
        assert(ok);
        target.works[i] = redact_work_new(filter_set_plan(target.sets[i]), &err);
        assert(target.works[i]);
    }
    target.arena = arena_new(REDACT_ARENA_BYTES_MAX, &err);
    assert(target.arena);
    return &target;
}

static void find_all(unsigned set, Str text)
{
    size_t at = 0, from, to;
    while (redact_detector_find(set, text, at, &from, &to)) {
        assert(from >= at && to > from && to <= text.len);
        at = to;
    }
}

static bool is_object(RedactFuzz *target, Str json)
{
    static const JsonLimits LIMITS = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};
    Error err = {0};
    arena_reset(target->arena);
    const Json *tree = json_read(json, &LIMITS, target->arena, &err);
    return tree && tree->type == JSON_OBJECT;
}

static void hide(RedactFuzz *target, int plan, Str record)
{
    Error err = {0};
    Buf once = buf_init(REDACT_ARENA_BYTES_MAX);
    RedactResult result;
    bool valid = is_object(target, record);
    bool ok = redact_work_record(target->works[plan], record, &result, &err);
    assert(ok || !valid);
    if (ok && result.changed) {
        assert(!result.removed && buf_append_str(&once, result.text, &err));
        assert(!valid || is_object(target, buf_str(&once)));
        ok = redact_work_record(target->works[plan], buf_str(&once), &result, &err);
        assert(ok || !valid);
        assert(plan > 0 || !valid || !result.changed);
    }
    buf_free(&once);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    RedactFuzz *target = redact_target();
    Str all = {(const char *)data, size};
    size_t end = str_find_byte(all, '\0', 0);
    Str text = str_slice(all, end < size ? end + 1 : 0, size);
    find_all(ALL_DETECTORS, text);
    for (unsigned i = 0; i < DETECTORS; i++)
        find_all(DETECTOR_BIT(i), text);
    for (int plan = 0; plan < 2; plan++)
        hide(target, plan, str_slice(all, 0, end));
    return 0;
}
