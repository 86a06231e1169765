#include "support/support.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/timestamp.h"
#include "decode/object.h"
#include "generate/story.h"
#include "support/sample.h"

static char folder[256];
static TrailOptions options;
static TrailReport report;
static Trail *trail;
static Story *story;

static int set_up(void **state)
{
    Error err = {0};
    (void)state;
    snprintf(folder, sizeof folder, "%s/story", support_folder());
    options = (TrailOptions){.folder = folder,
                             .events = 100,
                             .days = 3,
                             .accounts = 3,
                             .regions = 2,
                             .seed = 1,
                             .end_us = timestamp_day_of(2026, 11, 1) * TIMESTAMP_DAY_US};
    trail = trail_new(&options, &err);
    story = trail ? story_plant(trail, &options, &report, &err) : NULL;
    return story ? 0 : 1;
}

static int tear_down(void **state)
{
    (void)state;
    story_free(story);
    trail_free(trail);
    support_folder_end();
    return 0;
}

/* What the files hold. */
typedef struct Found {
    Decoder *decoder;
    uint64_t records;
    uint64_t bad;
} Found;

static bool count_piece(void *context, const QuarantineItem *item, Error *err)
{
    (void)item;
    (void)err;
    ((Found *)context)->bad++;
    return true;
}

static bool visit(void *context, const char *path, const FileInfo *info, Error *err)
{
    Found *found = context;
    ObjectReport read;
    BUF_AUTO Buf bytes = buf_init(16 << 20);
    (void)info;
    if (!file_read(path, &bytes, NULL, err) ||
        !object_decode(found->decoder, buf_str(&bytes), 1, NULL, &read, err))
        return false;
    found->records += read.records_read;
    return true;
}

static void files_hold_what_is_told(void **state)
{
    (void)state;
    Error err = {0};
    Found found = {0};
    DecoderHooks hooks = {.context = &found, .quarantine = count_piece};
    uint64_t told = 0;
    for (size_t i = 0; i < story_count(story); i++)
        told += (uint64_t)story_item(story, i)->count;
    found.decoder = object_decoder_new(NULL, &hooks, &err);
    support_ok(file_walk(folder, visit, NULL, &found, &err), &err);
    object_decoder_free(found.decoder);
    assert_int_equal(found.records, told);
    assert_int_equal(found.bad, 0);
    assert_int_equal(report.events, told);
    assert_int_equal(report.objects, story_count(story));
}

static void acts_follow_each_other_within_their_five_minutes(void **state)
{
    (void)state;
    int64_t before_us = 0;
    for (size_t i = 0; i < story_count(story); i++) {
        const StoryItem *item = story_item(story, i);
        assert_int_equal(strlen(item->event_id), 36);
        assert_true(item->time_us > before_us);
        assert_true(item->until_us >= item->time_us && item->until_us < options.end_us);
        assert_int_equal(item->time_us / 300000000, item->until_us / 300000000);
        before_us = item->time_us;
    }
}

/* The first item of this call, which must be there. */
static const StoryItem *item_named(const char *name)
{
    for (size_t i = 0; i < story_count(story); i++)
        if (strcmp(story_item(story, i)->event_name, name) == 0)
            return story_item(story, i);
    fail_msg("nothing is planted that begins with %s", name);
    return NULL;
}

static void the_attack_is_refused_first_and_works_then(void **state)
{
    static const char *const STEPS[] = {"GetCallerIdentity", "AttachUserPolicy",
                                        "CreateAccessKey",   "UpdateAssumeRolePolicy",
                                        "StopLogging",       "GetObject"};
    (void)state;
    int refused = 0, names = 0;
    for (size_t i = 0; i < story_count(story); i++) {
        const StoryItem *item = story_item(story, i);
        if (!item->error_code)
            continue;
        assert_string_equal(item->error_code, "AccessDenied");
        assert_true(item->time_us < item_named("AttachUserPolicy")->time_us);
        refused += item->count;
        names += item->name_count;
    }
    assert_true(refused >= 100);
    assert_true(names >= 40);
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        assert_null(item_named(STEPS[i])->error_code);
        assert_non_null(strstr(item_named(STEPS[i])->principal, ":user/ci-deploy"));
    }
    assert_true(item_named("GetObject")->count >= 300);
}

static void the_outage_leads_back_to_a_person(void **state)
{
    (void)state;
    assert_non_null(strstr(item_named("AssumeRole")->principal, "/mina.park"));
    assert_non_null(strstr(item_named("StopInstances")->principal, "/prod-operator/"));
    assert_true(item_named("StartInstances")->time_us > item_named("StopInstances")->time_us);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_hold_what_is_told),
        cmocka_unit_test(acts_follow_each_other_within_their_five_minutes),
        cmocka_unit_test(the_attack_is_refused_first_and_works_then),
        cmocka_unit_test(the_outage_leads_back_to_a_person),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
