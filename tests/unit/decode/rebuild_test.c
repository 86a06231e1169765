/* The property that the table is lossless: records made at random, and real ones, come back. */
#include "decode/rebuild.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/json.h"
#include "decode/object.h"
#include "support/support.h"

static uint8_t secret[BATCH_SECRET_BYTES] = {3, 1, 4};

/* ---- records made at random ---- */

static uint64_t seed;

static uint32_t draw(uint32_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % below;
}

/* Ordinary records come in runs that share a seed, and differ in few fields: what the record parser
 * compares. Odd ones have wrong types, NUL and other forms of time anywhere. */
static bool odd;
static uint64_t run_seed;
static uint32_t variant;

static void seed_field(FieldNode node)
{
    uint64_t mixed = (run_seed + (uint64_t)node * 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
    bool differs = ((mixed >> 40) + variant) % 5 == 0;
    seed = mixed + (differs ? variant * 0x94d049bb133111ebu : 0);
    draw(2);
}

/* How a record is spelled: as compact as AWS does it, or with space and escapes. */
typedef struct Speller {
    Buf text;
    bool loose;
} Speller;

static void say(Speller *speller, const char *text)
{
    Error err = {0};
    support_ok(buf_append(&speller->text, text, strlen(text), &err), &err);
}

static void space(Speller *speller)
{
    static const char *const SPACES[] = {"", " ", "\n", "\r\n\t", "  "};
    if (speller->loose)
        say(speller, SPACES[draw(5)]);
}

static void say_name(Speller *speller, const char *name)
{
    Error err = {0};
    say(speller, "\"");
    if (speller->loose && draw(4) == 0) {
        support_ok(buf_printf(&speller->text, &err, "\\u%04x", (unsigned char)*name), &err);
        name++;
    }
    say(speller, name);
    say(speller, "\"");
    space(speller);
    say(speller, ":");
    space(speller);
}

static void say_string(Speller *speller)
{
    static const char *const STRINGS[] = {
        "\"\"",
        "\"abc\"",
        "\"arn:aws:iam::123456789012:user/x\"",
        "\"true\"",
        "\"a\\\"b\\\\c\"",
        "\"\\u00e4\\n\"",
        "\"\xc3\xa4\xe2\x82\xac\"",
        "\"\\ud83d\\ude00\"",
        "\"nul \\u0000 inside\"",
        "\"2024-01-02T03:04:05Z\"",
        "\"a rather longer text that fills more than thirty-two bytes\"",
        "\"</script>=cmd|' /C calc'!A0\"",
        "\"\\/\\b\\f\"",
    };
    const char *text = STRINGS[draw(sizeof STRINGS / sizeof *STRINGS)];
    say(speller, odd || !strstr(text, "\\u0000") ? text : "\"plain\"");
}

static void say_value(Speller *speller, unsigned depth)
{
    static const char *const SCALARS[] = {
        "null", "true", "false", "0", "-1.50e+3", "1E5", "{}", "[]", "12345678901234567890"};
    static const char *const NAMES[] = {"a", "b.c", "type", "TagSet", "tagSet", "x y", "_absent"};
    uint32_t kind = draw(depth > 3 ? 5 : 8);
    if (kind < 3) {
        say_string(speller);
    } else if (kind < 5) {
        say(speller, SCALARS[draw(sizeof SCALARS / sizeof *SCALARS)]);
    } else {
        bool object = kind > 5;
        say(speller, object ? "{" : "[");
        uint32_t count = draw(4);
        for (uint32_t i = 0; i < count; i++) {
            space(speller);
            if (object)
                say_name(speller, NAMES[(i * 2 + draw(2)) % 7]);
            say_value(speller, depth + 1);
            say(speller, i + 1 < count ? "," : "");
            space(speller);
        }
        say(speller, object ? "}" : "]");
    }
}

static void say_struct(Speller *speller, FieldNode node);

/* A value for *node*: mostly of the type that it should have. */
static void say_field(Speller *speller, FieldNode node)
{
    static const char *const TIMES[] = {"\"2024-02-29T23:59:59Z\"",      "\"2023-07-10T11:42:36Z\"",
                                        "\"2023-07-10T11:42:36.5Z\"",    "\"20230710T114236Z\"",
                                        "\"2023-07-10T11:42:36+09:00\"", "1688989356"};
    const Field *field = &FIELDS[node];
    if (field->type == FIELD_TIME) {
        say(speller, TIMES[!odd || draw(4) ? draw(2) : draw(6)]);
    } else if (odd && draw(12) == 0) {
        say_value(speller, 1);
    } else if (field->type == FIELD_BOOL) {
        say(speller, draw(2) ? "true" : "false");
    } else if (field->type == FIELD_STRUCT) {
        say_struct(speller, node);
    } else if (field->type == FIELD_LIST) {
        say(speller, "[");
        for (uint32_t i = draw(3) + 1; i--;) {
            if (odd && draw(12) == 0)
                say_value(speller, 2);
            else
                say_struct(speller, F_RESOURCE);
            say(speller, i ? "," : "");
        }
        say(speller, "]");
    } else if (field->type == FIELD_STRING) {
        say_string(speller);
    } else if (!odd) {
        bool null = (field->flags & FIELD_NULL_USUAL) && draw(4) == 0;
        say(speller, null ? "null" : "{\"k\":");
        if (!null)
            say_value(speller, 2);
        say(speller, null ? "" : "}");
    } else {
        say_value(speller, 1);
    }
}

static void say_struct(Speller *speller, FieldNode node)
{
    bool first = true;
    say(speller, "{");
    for (FieldNode child = node + 1; child < FIELD_COUNT; child++) {
        if (FIELDS[child].parent != node || !FIELDS[child].member.len || draw(3) == 0)
            continue;
        char name[64];
        snprintf(name, sizeof name, "%.*s", STR_ARG(FIELDS[child].member));
        if (child == F_RES_ARN && draw(6) == 0)
            snprintf(name, sizeof name, "arn");
        say(speller, first ? "" : ",");
        space(speller);
        first = false;
        say_name(speller, name);
        say_field(speller, child);
        space(speller);
    }
    if (draw(8) == 0) {
        static const char *const NEW[] = {"sourceIdentity", "ec2RoleDelivery", "newMember", "_x"};
        const char *name = NEW[draw(4)];
        bool taken = node == F_SESSION_CONTEXT && name[0] != 'n' && name[0] != '_';
        say(speller, first ? "" : ",");
        say_name(speller, taken ? "other" : name);
        say_value(speller, 1);
    }
    space(speller);
    say(speller, "}");
}

static void say_record(Speller *speller)
{
    static const char *const NEW[] = {"_absent", "__altered", "_altered", "timeWindow",
                                      "eventId", "accountId", "_",        "new\\u0041"};
    say(speller, "{");
    space(speller);
    if (!odd)
        seed_field(F_EVENT_TIME);
    say_name(speller, "eventTime");
    say_field(speller, F_EVENT_TIME);
    for (FieldNode node = 0; node < FIELD_COUNT; node++) {
        if (FIELDS[node].parent != F_ROOT || !FIELDS[node].member.len || node == F_EVENT_TIME)
            continue;
        if (!odd)
            seed_field(node);
        if (draw(5) == 0)
            continue;
        char name[64];
        snprintf(name, sizeof name, "%.*s", STR_ARG(FIELDS[node].member));
        space(speller);
        say(speller, ",");
        space(speller);
        say_name(speller, name);
        say_field(speller, node);
    }
    if (draw(3) == 0) {
        say(speller, ",");
        space(speller);
        say(speller, "\"");
        say(speller, odd ? NEW[draw(8)] : "newMember");
        say(speller, "\":");
        say_value(speller, 1);
    }
    space(speller);
    say(speller, "}");
}

/* ---- the property ---- */

typedef struct Bed {
    Decoder *decoder;
    Batch *batch;
    Arena *mine, *theirs, *scratch;
} Bed;

static void open_bed(Bed *bed, RecordBuild build)
{
    Error err = {0};
    DecoderLimits limits = OBJECT_LIMITS_DEFAULT;
    limits.build = build;
    *bed = (Bed){.decoder = object_decoder_new(&limits, NULL, &err),
                 .batch = batch_new(60000, (size_t)256 << 20, secret, &err),
                 .mine = arena_new((size_t)1 << 30, &err),
                 .theirs = arena_new((size_t)1 << 30, &err),
                 .scratch = arena_new(64 << 20, &err)};
    support_ok(bed->decoder && bed->batch && bed->mine && bed->theirs && bed->scratch, &err);
}

static void close_bed(Bed *bed)
{
    object_decoder_free(bed->decoder);
    batch_free(bed->batch);
    arena_free(bed->mine);
    arena_free(bed->theirs);
    arena_free(bed->scratch);
}

static const JsonLimits DEEP = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};

/* Every row of the batch from *row* on equals the record of that number below *records*. */
static void check_rows(Bed *bed, uint32_t row, const Json *records, const char *what)
{
    Error err = {0};
    for (const Json *record = records; record; record = record->next, row++) {
        BUF_AUTO Buf text = buf_init(64 << 20);
        arena_reset(bed->theirs);
        assert_true(row < bed->batch->rows);
        support_ok(rebuild_record(bed->batch, row, bed->scratch, &text, &err), &err);
        const Json *back = json_read(buf_str(&text), &DEEP, bed->theirs, &err);
        support_ok(back != NULL, &err);
        if (!json_equal(record, back))
            fail_msg("%s row %u\nwas  %.*s\nback %.*s", what, row, STR_ARG(record->raw),
                     STR_ARG(buf_str(&text)));
    }
}

static void random_records_come_back(RecordBuild build)
{
    enum { OBJECTS = 60, RECORDS = 60 };
    Bed bed;
    Error err = {0};
    open_bed(&bed, build);
    for (uint32_t object = 0; object < OBJECTS; object++) {
        Speller speller = {.text = buf_init(64 << 20), .loose = object % 3 == 2};
        ObjectReport report;
        char what[64];
        seed = object * 977 + 5;
        odd = object % 2 == 0;
        snprintf(what, sizeof what, "object %u", object);
        say(&speller, "{\"Records\":[");
        for (uint32_t i = 0; i < RECORDS; i++) {
            say(&speller, i ? "," : "");
            size_t from = speller.text.len;
            variant = i % 6;
            run_seed = object * 1000 + i / 6;
            say_record(&speller);
            if (i % 3 == 1) { /* the same once more, so that neighbours are alike */
                BUF_AUTO Buf copy = buf_init(1 << 20);
                support_ok(
                    buf_append(&copy, speller.text.ptr + from, speller.text.len - from, &err),
                    &err);
                say(&speller, ",");
                support_ok(buf_append_str(&speller.text, buf_str(&copy), &err), &err);
            }
        }
        say(&speller, "]}");
        uint32_t row = bed.batch->rows;
        support_ok(
            object_decode(bed.decoder, buf_str(&speller.text), object, bed.batch, &report, &err),
            &err);
        assert_int_equal(report.records_quarantined, 0);
        assert_int_equal(report.records_altered, 0);
        /* The fast path is what most ordinary records take. */
        assert_true(odd || speller.loose || report.records_awkward < report.records_read / 3);
        arena_reset(bed.mine);
        const Json *tree = json_read(buf_str(&speller.text), &DEEP, bed.mine, &err);
        support_ok(tree != NULL, &err);
        check_rows(&bed, row, tree->first->first, what);
        buf_free(&speller.text);
    }
    close_bed(&bed);
}

static void random_records_come_back_by_the_best_build(void **state)
{
    (void)state;
    random_records_come_back(RECORD_BEST);
}

static void random_records_come_back_by_the_scalar_build(void **state)
{
    (void)state;
    random_records_come_back(RECORD_SCALAR);
}

static void spelling_does_not_change_the_hashes(void **state)
{
    enum { RECORDS = 300 };
    Bed bed;
    Error err = {0};
    (void)state;
    open_bed(&bed, RECORD_BEST);
    for (uint32_t i = 0; i < RECORDS; i++) {
        for (int loose = 0; loose < 2; loose++) {
            ObjectReport report;
            Speller speller = {.text = buf_init(64 << 20)};
            seed = i * 31 + 7;
            odd = i % 2;
            run_seed = i;
            variant = 0;
            say_record(&speller);
            Buf text = speller.text;
            if (loose) { /* the same value, indented, through the tree */
                arena_reset(bed.mine);
                const Json *tree = json_read(buf_str(&text), &DEEP, bed.mine, &err);
                Buf again = buf_init(64 << 20);
                support_ok(buf_append(&again, " \n", 2, &err), &err);
                support_ok(json_append(&again, tree, &err), &err);
                for (size_t at = 2; at + 1 < again.len; at++)
                    if (again.ptr[at] == '{' && again.ptr[at - 1] == ':' && at < again.len / 2) {
                        support_ok(buf_append(&again, " ", 1, &err), &err);
                        memmove(again.ptr + at + 1, again.ptr + at, again.len - at - 1);
                        again.ptr[at++] = ' ';
                        break;
                    }
                buf_free(&text);
                text = again;
            }
            support_ok(object_decode(bed.decoder, buf_str(&text), 1, bed.batch, &report, &err),
                       &err);
            assert_int_equal(report.records_stored, 1);
            buf_free(&text);
        }
        uint32_t rows = bed.batch->rows;
        if (bed.batch->content_hash[rows - 1] != bed.batch->content_hash[rows - 2] ||
            bed.batch->identity_hash[rows - 1] != bed.batch->identity_hash[rows - 2])
            fail_msg("record %u: the hashes depend on the spelling", i);
    }
    close_bed(&bed);
}

static bool check_file(void *context, const char *path, const FileInfo *info, Error *err)
{
    Bed *bed = context;
    BUF_AUTO Buf bytes = buf_init(1 << 28);
    ObjectReport report;
    (void)info;
    support_ok(file_read(path, &bytes, NULL, err), err);
    batch_reset(bed->batch);
    support_ok(object_decode(bed->decoder, buf_str(&bytes), 1, bed->batch, &report, err), err);
    arena_reset(bed->mine);
    const Json *tree = json_read(buf_str(&bytes), &DEEP, bed->mine, err);
    if (!tree || !report.complete || !report.records_stored || report.records_altered ||
        report.records_quarantined || report.flags & OBJECT_ENVELOPES)
        return true;
    const Json *list = tree->type == JSON_ARRAY ? tree : json_member(tree, STR("Records"));
    check_rows(bed, 0, list ? list->first : tree, path);
    return true;
}

static void real_records_come_back(void **state)
{
    static const char *const FOLDERS[] = {"invictus/CloudTrail", "stratus/detonation-logs",
                                          "aws-docs"};
    (void)state;
    if (!support_real_data()) {
        print_message("SPOOR_TEST_DATA is not set: real records are not rebuilt\n");
        skip();
    }
    Bed bed;
    open_bed(&bed, RECORD_BEST);
    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++) {
        char path[512];
        Error err = {0};
        snprintf(path, sizeof path, "%s/%s", support_real_data(), FOLDERS[i]);
        support_ok(file_walk(path, check_file, NULL, &bed, &err), &err);
    }
    close_bed(&bed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_records_come_back_by_the_best_build),
        cmocka_unit_test(random_records_come_back_by_the_scalar_build),
        cmocka_unit_test(spelling_does_not_change_the_hashes),
        cmocka_unit_test(real_records_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
