#include "cloud/trail_ask.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "cloud/trail_question.h"

enum { TRAILS_MAX = 1000, REGIONS_MAX = 100, ARENA_BYTES_MAX = 256 << 20 };

typedef struct Trail {
    Str arn, region, bucket;
    TrailAnswer answers[TRAIL_QUESTIONS_MAX];
} Trail;

typedef struct Region {
    Str name;
    TrailAnswer trails; /* which there are, as this region knows */
    TrailAnswer answers[TRAIL_QUESTIONS_MAX];
} Region;

typedef struct Asking {
    const TrailAskOptions *options;
    TrailAsker asker;
    Arena *arena;
    JsonWriter to;
    TrailAnswer caller;
    Region *regions;
    size_t region_count;
    Trail *trails;
    size_t trail_count;
} Asking;

static void tell(const Asking *asking, const char *what, const Error *why)
{
    char line[2 * sizeof why->text];
    snprintf(line, sizeof line, "%.100s: %s", what, why->text);
    asking->options->tell(asking->options->context, line);
}

static void add_region(Asking *asking, Str name)
{
    if (asking->region_count < REGIONS_MAX)
        asking->regions[asking->region_count++].name = name;
}

/* The regions of the account, or the caller's own alone. */
static bool find_regions(Asking *asking, Error *err)
{
    Error trouble = {0};
    TrailAnswer answer;
    trail_question_start(&asking->asker, &TRAIL_QUESTION_REGIONS, (TrailSubject){0}, &answer);
    const Json *list = json_path(
        trail_question_json(&asking->asker, &answer, asking->arena, &trouble), STR("Regions.item"));
    for (const Json *at = list ? list->first : NULL; at; at = at->next)
        add_region(asking, json_text(json_member(at, STR("RegionName")), STR("")));
    const char *own = answer.endpoint.region;
    if (asking->region_count == 0 && *own) {
        own = arena_text(asking->arena, str_of(own), err);
        tell(asking, "only the caller's own region is looked at", &trouble);
        add_region(asking, str_of(own ? own : ""));
    } else if (asking->region_count == 0) {
        own = NULL;
        *err = trouble;
    }
    trail_question_free(&answer);
    return own != NULL;
}

static bool is_known(const Asking *asking, Str arn)
{
    for (size_t i = 0; i < asking->trail_count; i++)
        if (str_equal(asking->trails[i].arn, arn))
            return true;
    return false;
}

static void add_trails(Asking *asking, const Json *answer)
{
    const Json *list = json_member(answer, STR("trailList"));
    for (const Json *at = list ? list->first : NULL; at; at = at->next) {
        Str arn = json_text(json_member(at, STR("TrailARN")), STR(""));
        if (!arn.len || is_known(asking, arn) || asking->trail_count == TRAILS_MAX)
            continue;
        Trail *trail = &asking->trails[asking->trail_count++];
        trail->arn = arn;
        trail->region = json_text(json_member(at, STR("HomeRegion")), STR(""));
        trail->bucket = json_text(json_member(at, STR("S3BucketName")), STR(""));
    }
}

/* Trails of one region are known in it alone. */
static bool find_trails(Asking *asking, Error *err)
{
    size_t answered = 0;
    Error first = {0};
    for (size_t i = 0; i < asking->region_count; i++) {
        const TrailSubject subject = {.region = asking->regions[i].name};
        trail_question_start(&asking->asker, &TRAIL_QUESTION_TRAILS, subject,
                             &asking->regions[i].trails);
    }
    for (size_t i = 0; i < asking->region_count; i++) {
        Error trouble = {0};
        const Json *answer = trail_question_json(&asking->asker, &asking->regions[i].trails,
                                                 asking->arena, &trouble);
        answered += answer != NULL;
        add_trails(asking, answer);
        if (answer)
            continue;
        tell(asking, asking->regions[i].name.ptr, &trouble);
        if (first.kind == ERROR_NONE)
            first = trouble;
    }
    if (!answered)
        *err = first;
    return answered > 0;
}

static void start_all(Asking *asking, const TrailQuestion *questions, TrailSubject subject,
                      TrailAnswer *answers)
{
    for (size_t i = 0; questions[i].name; i++)
        trail_question_start(&asking->asker, &questions[i], subject, &answers[i]);
}

static void ask_all(Asking *asking)
{
    trail_question_start(&asking->asker, &TRAIL_QUESTION_CALLER, (TrailSubject){0},
                         &asking->caller);
    for (size_t i = 0; i < asking->trail_count; i++) {
        Trail *trail = &asking->trails[i];
        const TrailSubject subject = {trail->region, trail->arn, trail->bucket};
        start_all(asking, TRAIL_QUESTIONS, subject, trail->answers);
    }
    for (size_t i = 0; i < asking->region_count; i++) {
        Region *region = &asking->regions[i];
        const TrailSubject subject = {.region = region->name};
        start_all(asking, TRAIL_QUESTIONS_REGION, subject, region->answers);
    }
}

static void write_answers(Asking *asking, const TrailQuestion *questions, TrailAnswer *answers,
                          bool of_bucket)
{
    for (size_t i = 0; questions[i].name; i++)
        if (questions[i].of_bucket == of_bucket)
            trail_question_write(&asking->asker, &answers[i], &asking->to);
}

static void write_trail(Asking *asking, Trail *trail)
{
    JsonWriter *to = &asking->to;
    json_write_open(to, NULL, '{');
    json_write_text(to, "arn", trail->arn);
    json_write_text(to, "region", trail->region);
    write_answers(asking, TRAIL_QUESTIONS, trail->answers, false);
    json_write_open(to, "bucket", '{');
    write_answers(asking, TRAIL_QUESTIONS, trail->answers, true);
    json_write_close(to, '}');
    json_write_close(to, '}');
}

static void write_document(Asking *asking)
{
    JsonWriter *to = &asking->to;
    json_write_open(to, NULL, '{');
    json_write_int(to, "spoor_trail_answers", 1);
    trail_question_write(&asking->asker, &asking->caller, to);
    json_write_open(to, "trails", '[');
    for (size_t i = 0; i < asking->trail_count; i++)
        write_trail(asking, &asking->trails[i]);
    json_write_close(to, ']');
    json_write_open(to, "regions", '[');
    for (size_t i = 0; i < asking->region_count; i++) {
        json_write_open(to, NULL, '{');
        json_write_text(to, "region", asking->regions[i].name);
        write_answers(asking, TRAIL_QUESTIONS_REGION, asking->regions[i].answers, false);
        json_write_close(to, '}');
    }
    json_write_close(to, ']');
    json_write_close(to, '}');
}

static void free_answers(TrailAnswer *answers)
{
    for (size_t i = 0; i < TRAIL_QUESTIONS_MAX; i++)
        trail_question_free(&answers[i]);
}

static void free_calls(Asking *asking)
{
    trail_question_free(&asking->caller);
    for (size_t i = 0; i < asking->trail_count; i++)
        free_answers(asking->trails[i].answers);
    for (size_t i = 0; i < asking->region_count; i++) {
        trail_question_free(&asking->regions[i].trails);
        free_answers(asking->regions[i].answers);
    }
}

static bool ask(Asking *asking, Error *err)
{
    asking->regions = arena_calloc(asking->arena, REGIONS_MAX, sizeof(Region), err);
    asking->trails =
        asking->regions ? arena_calloc(asking->arena, TRAILS_MAX, sizeof(Trail), err) : NULL;
    if (!asking->trails)
        return false;
    bool ok = find_regions(asking, err) && find_trails(asking, err);
    if (ok) {
        ask_all(asking);
        write_document(asking);
    }
    free_calls(asking);
    return ok && asking->to.ok;
}

bool trail_ask(const TrailAskOptions *options, Buf *ret, Error *err)
{
    Asking asking = {.options = options, .to = {.out = ret, .err = err, .ok = true}};
    asking.arena = arena_new(ARENA_BYTES_MAX, err);
    asking.asker.aws = options->aws;
    asking.asker.line = asking.arena ? aws_take_line(options->aws, err) : NULL;
    bool ok = asking.asker.line && ask(&asking, err);
    aws_give_line(options->aws, asking.asker.line);
    arena_free(asking.arena);
    return ok;
}
