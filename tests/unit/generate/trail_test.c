#include "support/support.h"

#include <libdeflate.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "decode/object.h"
#include "generate/hostile.h"
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

/* Writes all units of the options, from the first on or from the last on. */
static TrailReport write_units(bool backwards)
{
    Error err = {0};
    TrailReport report = {0};
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

static TrailReport write_trail(const char *name, uint64_t seed, bool backwards)
{
    set_options(name, seed);
    return write_units(backwards);
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
        regcomp(
            &seen.name,
            "^AWSLogs/o-[0-9a-f]{10}/([0-9]{12})/CloudTrail[A-Za-z-]*/[a-z0-9-]+/[0-9]{4}/[0-9]{2}/"
            "[0-9]{2}/[0-9]{12}_CloudTrail[A-Za-z-]*_[a-z0-9-]+_[0-9]{8}T[0-9]{2}[0-5][05]Z_"
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

enum { KINDS_MAX = 300 };

/* Different texts and how often each came. */
typedef struct Tally {
    char texts[KINDS_MAX][64];
    int times[KINDS_MAX];
    int count;
} Tally;

static void tally(Tally *self, Str text)
{
    int i = 0;
    while (i < self->count && !str_equal(str_of(self->texts[i]), text))
        i++;
    assert_true(i < KINDS_MAX);
    if (i == self->count)
        snprintf(self->texts[self->count++], sizeof *self->texts, "%.*s", STR_ARG(text));
    self->times[i]++;
}

static int times_of(const Tally *self, const char *text)
{
    for (int i = 0; i < self->count; i++)
        if (strcmp(self->texts[i], text) == 0)
            return self->times[i];
    return 0;
}

/* What the trail's records are like, all in all. */
typedef struct Manner {
    Tally names, types, categories, versions, bytes_forms, console_forms, arn_forms;
    int files, unsorted, records, large, failed, read_only, without_response, with_tls;
    int older;    /* than 190 s at their delivery */
    int next_day; /* delivered on the day after */
    int null_resources, empty_issuers;
} Manner;

/* Delivery in the file's name, which ends in "_YYYYMMDDTHHMMZ_16 characters.json.gz". */
static int64_t delivery_of(const char *path)
{
    char text[32];
    int64_t time_us;
    const char *at = path + strlen(path) - strlen("YYYYMMDDTHHMMZ_0123456789abcdef.json.gz");
    snprintf(text, sizeof text, "%.13s00Z", at);
    assert_true(timestamp_parse(str_of(text), &time_us));
    assert_int_equal(time_us % 300000000, 0);
    return time_us;
}

static int64_t event_time(const Json *record)
{
    int64_t time_us;
    const Json *time = json_member(record, STR("eventTime"));
    time = time ? time : json_path(record, STR("timeWindow.windowStart"));
    assert_true(timestamp_parse(json_text(time, STR("")), &time_us));
    return time_us;
}

static Str raw_of(const Json *value)
{
    return value ? value->raw : STR("");
}

static bool is_null(const Json *value)
{
    return value && value->type == JSON_NULL;
}

static void note_call(Manner *manner, const Json *record)
{
    const Json *resources = json_member(record, STR("resources"));
    const Json *bytes = json_path(record, STR("additionalEventData.bytesTransferredIn"));
    const Json *issuer = json_path(record, STR("userIdentity.sessionContext.sessionIssuer"));
    const Json *console = json_member(record, STR("sessionCredentialFromConsole"));
    tally(&manner->names, json_text(json_member(record, STR("eventName")), STR("")));
    tally(&manner->types, json_text(json_path(record, STR("userIdentity.type")), STR("none")));
    manner->failed += json_member(record, STR("errorCode")) != NULL;
    manner->read_only += str_equal(raw_of(json_member(record, STR("readOnly"))), STR("true"));
    manner->without_response += is_null(json_member(record, STR("responseElements")));
    manner->with_tls += json_member(record, STR("tlsDetails")) != NULL;
    manner->null_resources += is_null(resources);
    manner->empty_issuers += issuer && issuer->count == 0;
    if (bytes)
        tally(&manner->bytes_forms,
              memchr(bytes->raw.ptr, '.', bytes->raw.len) ? STR("float") : STR("integer"));
    if (console)
        tally(&manner->console_forms, console->raw);
    if (resources && resources->first)
        tally(&manner->arn_forms,
              json_member(resources->first, STR("arn")) ? STR("arn") : STR("ARN"));
}

static void note_record(Manner *manner, const Json *record, int64_t delivery_us)
{
    Str category = json_text(json_member(record, STR("eventCategory")), STR(""));
    int64_t age_us = delivery_us - event_time(record);
    assert_true(age_us >= 0 && age_us <= INT64_C(608000000));
    manner->older += age_us > 190000000;
    manner->next_day += timestamp_day(delivery_us) > timestamp_day(event_time(record));
    manner->records++;
    manner->large += record->raw.len >= 10 << 10;
    tally(&manner->categories, category);
    tally(&manner->versions, json_text(json_member(record, STR("eventVersion")), STR("")));
    if (str_equal(category, STR("Management")) || str_equal(category, STR("Data")))
        note_call(manner, record);
}

static bool note_file(void *context, const char *path, const FileInfo *info, Error *err)
{
    enum { BODY_BYTES = 16 << 20 };
    Manner *manner = context;
    BUF_AUTO Buf bytes = buf_init(16 << 20);
    BUF_AUTO Buf body = buf_init(BODY_BYTES);
    Arena *arena = arena_new(256 << 20, err);
    struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
    int64_t before = 0;
    bool sorted = true;
    (void)info;
    support_ok(file_read(path, &bytes, NULL, err) && buf_reserve(&body, BODY_BYTES, err), err);
    assert_int_equal(libdeflate_gzip_decompress(decompressor, bytes.ptr, bytes.len, body.ptr,
                                                BODY_BYTES, &body.len),
                     LIBDEFLATE_SUCCESS);
    const Json *file = json_read(buf_str(&body), &JSON_LIMITS_DEFAULT, arena, err);
    support_ok(file != NULL, err);
    for (const Json *record = file->first->first; record; record = record->next) {
        note_record(manner, record, delivery_of(path));
        sorted = sorted && event_time(record) >= before;
        before = event_time(record);
    }
    manner->files++;
    manner->unsorted += !sorted;
    libdeflate_free_decompressor(decompressor);
    arena_free(arena);
    return true;
}

static Manner manner;

/* A trail large enough for shares: its manner is measured once. */
static void measure(void)
{
    Error err = {0};
    if (manner.files)
        return;
    set_options("manner", 4);
    options.events = 30000;
    write_units(false);
    support_ok(file_walk(folder, note_file, NULL, &manner, &err), &err);
}

/* How many of 1,000 *of* are. */
static int per_mille(int count, int of)
{
    return (int)((int64_t)count * 1000 / of);
}

static void files_are_delivered_in_time_and_a_third_is_unsorted(void **state)
{
    (void)state;
    measure(); /* every single record's age is asserted there */
    assert_in_range(per_mille(manner.older, manner.records), 400, 600);
    assert_in_range(per_mille(manner.unsorted, manner.files), 270, 400);
    assert_in_range(manner.records / manner.files, 5, 25);
    assert_true(manner.next_day > 0);
}

static void callers_and_calls_are_as_various_as_in_real_trails(void **state)
{
    static const struct {
        const char *type;
        int from, to; /* of 1,000 */
    } SHARES[] = {{"AssumedRole", 620, 680}, {"AWSService", 195, 245},    {"AWSAccount", 38, 62},
                  {"IAMUser", 28, 52},       {"WebIdentityUser", 11, 29}, {"none", 4, 18}};
    static const char *const VERSIONS[] = {"1.08", "1.09", "1.10", "1.11"};
    static const char *const RARE[] = {"Root", "SAMLUser", "FederatedUser", "IdentityCenterUser"};
    (void)state;
    measure();
    assert_in_range(manner.names.count, 50, 260);
    for (size_t i = 0; i < sizeof SHARES / sizeof *SHARES; i++)
        assert_in_range(per_mille(times_of(&manner.types, SHARES[i].type), manner.records),
                        SHARES[i].from, SHARES[i].to);
    for (size_t i = 0; i < sizeof RARE / sizeof *RARE; i++)
        assert_in_range(times_of(&manner.types, RARE[i]), 1, manner.records / 100);
    for (size_t i = 0; i < sizeof VERSIONS / sizeof *VERSIONS; i++)
        assert_true(times_of(&manner.versions, VERSIONS[i]) > manner.records / 100);
}

static void records_have_the_shares_and_tails_of_real_ones(void **state)
{
    static const char *const CATEGORIES[] = {"Management", "Data", "Insight", "NetworkActivity",
                                             "Aggregated"};
    (void)state;
    measure();
    assert_in_range(per_mille(manner.failed, manner.records), 10, 100);
    assert_in_range(per_mille(manner.read_only, manner.records), 500, 900);
    assert_in_range(per_mille(manner.without_response, manner.records), 820, 940);
    assert_in_range(per_mille(manner.with_tls, manner.records), 700, 800);
    assert_in_range(manner.large, 10, 60); /* 30 are expected */
    for (size_t i = 0; i < sizeof CATEGORIES / sizeof *CATEGORIES; i++)
        assert_true(times_of(&manner.categories, CATEGORIES[i]) > 0);
}

static void types_vary_as_in_real_trails(void **state)
{
    (void)state;
    measure();
    assert_true(times_of(&manner.bytes_forms, "integer") > times_of(&manner.bytes_forms, "float"));
    assert_true(times_of(&manner.bytes_forms, "float") > 0);
    assert_true(times_of(&manner.console_forms, "\"true\"") > 0);
    assert_true(times_of(&manner.console_forms, "true") > 0);
    assert_true(times_of(&manner.arn_forms, "ARN") > times_of(&manner.arn_forms, "arn"));
    assert_true(times_of(&manner.arn_forms, "arn") > 0);
    assert_true(manner.null_resources > 0);
    assert_true(manner.empty_issuers > 0);
}

static void quiet_regions_have_few_files(void **state)
{
    (void)state;
    set_options("quiet", 1);
    options.events = 600;
    options.days = 60;
    TrailReport report = write_units(false);
    assert_int_equal(report.events, 600);
    assert_in_range(report.objects, 600 / 20, 600 / 5);
}

static void busy_files_hold_what_is_asked_and_compress_well(void **state)
{
    (void)state;
    set_options("busy", 1);
    options.events = 20000;
    options.days = 1;
    options.accounts = options.regions = 1;
    options.events_per_file = 1000;
    options.no_duplicates = true;
    TrailReport report = write_units(false);
    assert_int_equal(report.objects, 20);
    assert_in_range(report.inflated_bytes / report.events, 1200, 1750);
    assert_in_range(report.inflated_bytes * 10 / report.bytes, 105, 130);
}

static void ugly_input_of_every_kind_is_written(void **state)
{
    (void)state;
    Error err = {0};
    TrailReport report = {0};
    uint64_t readable = 0;
    set_options("ugly", 1);
    Trail *trail = trail_new(&options, &err);
    support_ok(hostile_plant(trail, &options, &report, &err), &err);
    Seen seen = walk();
    assert_int_equal(seen.files, hostile_kind_count());
    assert_int_equal(report.objects, hostile_kind_count());
    assert_true(seen.bad > 5);
    assert_true(seen.records >= report.events);
    for (size_t kind = 0; kind < hostile_kind_count(); kind++)
        readable += (uint64_t)hostile_kind_records(kind);
    assert_int_equal(report.events, readable);
    assert_true(report.bytes > 10000 && report.inflated_bytes > report.bytes);
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
        cmocka_unit_test(files_are_delivered_in_time_and_a_third_is_unsorted),
        cmocka_unit_test(callers_and_calls_are_as_various_as_in_real_trails),
        cmocka_unit_test(records_have_the_shares_and_tails_of_real_ones),
        cmocka_unit_test(types_vary_as_in_real_trails),
        cmocka_unit_test(quiet_regions_have_few_files),
        cmocka_unit_test(busy_files_hold_what_is_asked_and_compress_well),
        cmocka_unit_test(ugly_input_of_every_kind_is_written),
        cmocka_unit_test(impossible_numbers_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
