#include "support/support.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/timestamp.h"
#include "decode/object.h"
#include "generate/hostile.h"
#include "generate/story.h"
#include "support/sample.h"

enum { EVENTS = 5000 };

static char folder[256];
static TrailOptions options;

static void set_options(const char *name, uint64_t seed)
{
    snprintf(folder, sizeof folder, "%s/%s", support_folder(), name);
    options = (TrailOptions){.folder = folder,
                             .events = EVENTS,
                             .days = 3,
                             .accounts = 3,
                             .regions = 2,
                             .seed = seed,
                             .end_us = timestamp_day_of(2026, 11, 1) * TIMESTAMP_DAY_US};
}

/* Writes all units, from the first on or from the last on. */
static TrailReport write_trail(const char *name, uint64_t seed, bool backwards)
{
    Error err = {0};
    TrailReport report = {0};
    set_options(name, seed);
    Trail *trail = trail_new(&options, &err);
    support_ok(trail != NULL, &err);
    TrailWriter *writer = trail_writer_new(&err);
    size_t count = trail_unit_count(trail);
    for (size_t i = 0; i < count; i++)
        support_ok(trail_write_unit(trail, writer, backwards ? count - 1 - i : i, &report, &err),
                   &err);
    trail_writer_free(writer);
    trail_free(trail);
    return report;
}

/* What a walk over a trail sums up. */
typedef struct Seen {
    uint64_t names; /* order does not matter: hashes are added */
    uint64_t content;
    uint64_t files;
    uint64_t records;
    uint64_t misnamed;
    uint64_t bad;
    Decoder *decoder;
    regex_t name;
} Seen;

static bool count_piece(void *context, const QuarantineItem *item, Error *err)
{
    (void)item;
    (void)err;
    ((Seen *)context)->bad++;
    return true;
}

static bool visit(void *context, const char *path, const FileInfo *info, Error *err)
{
    Seen *seen = context;
    ObjectReport report;
    BUF_AUTO Buf bytes = buf_init(16 << 20);
    const char *below = path + strlen(folder) + 1;
    (void)info;
    if (!file_read(path, &bytes, NULL, err) ||
        !object_decode(seen->decoder, buf_str(&bytes), 1, NULL, &report, err))
        return false;
    seen->files++;
    seen->records += report.records_read;
    seen->names += hash_fast64(below, strlen(below));
    seen->content += hash_fast64(bytes.ptr, bytes.len);
    seen->misnamed += regexec(&seen->name, below, 0, NULL, 0) != 0;
    return true;
}

static Seen walk(void)
{
    Error err = {0};
    Seen seen = {0};
    DecoderHooks hooks = {.context = &seen, .quarantine = count_piece};
    seen.decoder = object_decoder_new(NULL, &hooks, &err);
    assert_int_equal(
        regcomp(&seen.name,
                "^AWSLogs/o-[0-9a-f]{10}/([0-9]{12})/CloudTrail/[a-z0-9-]+/[0-9]{4}/[0-9]{2}/"
                "[0-9]{2}/[0-9]{12}_CloudTrail_[a-z0-9-]+_[0-9]{8}T[0-9]{2}[0-5][05]Z_"
                "[A-Za-z0-9]{16}\\.json\\.gz$",
                REG_EXTENDED | REG_NOSUB),
        0);
    support_ok(file_walk(folder, visit, NULL, &seen, &err), &err);
    regfree(&seen.name);
    object_decoder_free(seen.decoder);
    return seen;
}

static void counts_add_up_and_every_record_is_good(void **state)
{
    (void)state;
    TrailReport report = write_trail("a", 1, false);
    Seen seen = walk();
    assert_int_equal(report.events, EVENTS);
    assert_int_equal(seen.files, report.objects);
    assert_int_equal(seen.records, report.events + report.duplicates);
    assert_true(report.duplicates < EVENTS / 25);
    assert_int_equal(seen.bad, 0);
    assert_int_equal(seen.misnamed, 0);
}

static void files_follow_from_the_seed_whatever_the_order(void **state)
{
    (void)state;
    write_trail("b", 9, false);
    Seen forwards = walk();
    write_trail("c", 9, true);
    Seen backwards = walk();
    write_trail("d", 10, false);
    Seen other = walk();
    assert_true(forwards.names == backwards.names && forwards.content == backwards.content);
    assert_true(forwards.content != other.content);
}

static void the_story_is_planted_as_told(void **state)
{
    (void)state;
    Error err = {0};
    TrailReport report = {0};
    set_options("story", 1);
    Trail *trail = trail_new(&options, &err);
    Story *story = story_plant(trail, &options, &report, &err);
    support_ok(story != NULL, &err);
    uint64_t told = 0;
    for (size_t i = 0; i < story_count(story); i++) {
        const StoryItem *item = story_item(story, i);
        told += (uint64_t)item->count;
        assert_int_equal(strlen(item->event_id), 36);
        assert_true(item->time_us < options.end_us);
    }
    Seen seen = walk();
    assert_int_equal(seen.records, told);
    assert_int_equal(report.events, told);
    assert_int_equal(seen.bad, 0);
    story_free(story);
    trail_free(trail);
}

static void ugly_input_of_every_kind_is_written(void **state)
{
    (void)state;
    Error err = {0};
    uint64_t records;
    set_options("ugly", 1);
    Trail *trail = trail_new(&options, &err);
    support_ok(hostile_plant(trail, &options, &records, &err), &err);
    Seen seen = walk();
    assert_int_equal(seen.files, hostile_kind_count());
    assert_true(seen.bad > 5);
    assert_true(seen.records >= records);
    for (size_t kind = 0; kind < hostile_kind_count(); kind++)
        assert_true(strlen(hostile_kind_name(kind)) > 3);
    trail_free(trail);
}

static void impossible_numbers_are_refused(void **state)
{
    (void)state;
    Error err = {0};
    set_options("none", 1);
    options.accounts = 0;
    assert_null(trail_new(&options, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
    options.accounts = 1;
    options.regions = 18;
    assert_null(trail_new(&options, &err));
    options.regions = 1;
    options.days = 0;
    assert_null(trail_new(&options, &err));
}

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_add_up_and_every_record_is_good),
        cmocka_unit_test(files_follow_from_the_seed_whatever_the_order),
        cmocka_unit_test(the_story_is_planted_as_told),
        cmocka_unit_test(ugly_input_of_every_kind_is_written),
        cmocka_unit_test(impossible_numbers_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
