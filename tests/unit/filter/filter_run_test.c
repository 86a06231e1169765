/* What filters do to records, in their order; and that nothing is lost in between. */
#include "filter/filter_run.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "decode/object.h"
#include "detect/document.h"
#include "generate/random.h"
#include "generate/trail.h"
#include "support/support.h"

enum { TEXT_BYTES_MAX = 8 << 20, OUTCOMES_BYTES = 400, ROUNDS = 40, FILTERS = 12 };

/* Records tried with a set; of each the outcomes are written, if wanted. */
typedef struct Trial {
    FilterSet *set;
    FilterRun *run;
    bool detected;
    char outcomes[OUTCOMES_BYTES];
    /* Of random sets: what asking each filter of each record says. */
    Document *document;
    uint64_t records, kept, dropped, stands_for, differ;
} Trial;

static const char LETTERS[] = ".DKSd-"; /* by FilterOutcome */

static bool take(void *context, const RecordView *view, Error *err)
{
    Trial *trial = context;
    FilterVerdict verdict;
    if (!filter_run_take(trial->run, view, trial->detected, &verdict, err))
        return false;
    size_t used = strlen(trial->outcomes);
    for (size_t i = 0; i < filter_set_count(trial->set) && used + 3 < OUTCOMES_BYTES; i++)
        trial->outcomes[used++] = LETTERS[filter_run_outcome(trial->run, i)];
    snprintf(trial->outcomes + used, OUTCOMES_BYTES - used, "%s|", verdict.by ? "" : "+");
    return true;
}

static void decode(Str text, const DecoderHooks *hooks)
{
    Error err = {0};
    ObjectReport report;
    Decoder *decoder = object_decoder_new(NULL, hooks, &err);
    support_ok(decoder && object_decode(decoder, text, 0, NULL, &report, &err), &err);
    object_decoder_free(decoder);
}

static void begin(Trial *trial, const char *filters)
{
    Error err = {0};
    *trial = (Trial){.set = filter_set_new(&err)};
    support_ok(trial->set && filter_set_add_text(trial->set, str_of(filters), "f.yml", &err) &&
                   filter_set_finish(trial->set, &err),
               &err);
    trial->run = filter_run_new(trial->set, &err);
    trial->document = document_new(&err);
    support_ok(trial->run && trial->document, &err);
}

static void end(Trial *trial)
{
    document_free(trial->document);
    filter_run_free(trial->run);
    filter_set_free(trial->set);
}

#define A      "name: a\ndrop: '{ $.eventName = \"A*\" }'\n---\n"
#define KEEP_B "name: kb\nkeep: '{ $.sourceIPAddress = \"192.0.2.1\" }'\n---\n"
#define C_EVEN "name: c\neven_if_detected: true\ndrop: '{ $.eventName = \"C*\" }'\n---\n"
#define HALF   "name: h\nsample: 1/2\nwhen: '{ $.eventName = \"S*\" }'\n---\n"

static void filters_are_asked_in_their_order(void **state)
{
    /* Names of calls, each from 192.0.2.1 when an exclamation mark stands behind it. */
    static const struct {
        const char *filters, *calls;
        bool detected;
        const char *outcomes;
    } CASES[] = {
        {A, "A1 B1", false, "D|.+|"},
        {A KEEP_B, "A1 A1! B1 B1!", false, "D-|D-|..+|.K+|"},
        {KEEP_B A, "A1 A1! B1 B1!", false, ".D|K-+|..+|K-+|"},
        {A C_EVEN, "A1 C1 B1", true, "d.+|.D|..+|"},
        {HALF A, "S1 S2 S3 S4 A1", false, "S.+|S.+|D-|S.+|.D|"},
        {HALF A, "S1 S2 S3 S4 A1", true, "d.+|d.+|d.+|d.+|.d+|"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Trial trial;
        BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
        Error err = {0};
        char name[8];
        int used;
        begin(&trial, CASES[i].filters);
        trial.detected = CASES[i].detected;
        support_ok(buf_append_str(&text, STR("{\"Records\":["), &err), &err);
        for (const char *at = CASES[i].calls; sscanf(at, "%7s%n", name, &used) == 1; at += used) {
            bool kept = name[strlen(name) - 1] == '!';
            name[kept ? strlen(name) - 1 : strlen(name)] = '\0';
            support_ok(buf_printf(&text, &err,
                                  "%s{\"eventTime\":\"2026-11-01T00:00:00Z\",\"eventName\":\"%s\","
                                  "\"eventID\":\"%s\",\"sourceIPAddress\":\"192.0.2.%d\"}",
                                  at == CASES[i].calls ? "" : ",", name, name, kept ? 1 : 9),
                       &err);
        }
        support_ok(buf_append_str(&text, STR("]}"), &err), &err);
        const DecoderHooks hooks = {.context = &trial, .record = take};
        decode(buf_str(&text), &hooks);
        if (strcmp(trial.outcomes, CASES[i].outcomes) != 0)
            fail_msg("case %zu: %s, not %s", i, trial.outcomes, CASES[i].outcomes);
        end(&trial);
    }
}

/* What the filters say of a record when each is asked by itself, in words of the header. */
static bool judge(void *context, const RecordView *view, Error *err)
{
    Trial *trial = context;
    FilterVerdict verdict;
    const RecordFilter *by = NULL;
    trial->detected = trial->records++ % 5 == 0;
    if (!filter_run_take(trial->run, view, trial->detected, &verdict, err))
        return false;
    document_set_view(trial->document, view);
    for (size_t i = 0; i < filter_set_count(trial->set); i++) {
        const RecordFilter *filter = filter_set_at(trial->set, i);
        bool holds =
            expr_holds(ruleset_rule(filter_set_conditions(trial->set), i)->expr, trial->document);
        if (holds && filter->verb == FILTER_KEEP)
            break;
        if (holds && filter->verb == FILTER_DROP &&
            (!trial->detected || filter->even_if_detected)) {
            by = filter;
            break;
        }
    }
    trial->differ += by != verdict.by;
    trial->kept += !verdict.by;
    trial->dropped += verdict.by != NULL;
    return true;
}

static bool judge_file(void *context, const char *path, const FileInfo *info, Error *err)
{
    BUF_AUTO Buf bytes = buf_init(TEXT_BYTES_MAX);
    const DecoderHooks hooks = {.context = context, .record = judge};
    (void)info;
    if (!file_read(path, &bytes, NULL, err))
        return false;
    filter_run_forget(((Trial *)context)->run);
    decode(buf_str(&bytes), &hooks);
    return true;
}

static void write_random_filters(Random *random, Buf *text)
{
    static const char *const CONDITIONS[] = {
        "'{ $.eventSource = \"s3.amazonaws.com\" }'",
        "'{ $.readOnly IS TRUE }'",
        "'{ $.userIdentity.type = \"AWSService\" }'",
        "'{ ($.eventName = \"Get*\") && ($.userIdentity.type = \"AssumedRole\") }'",
        "{eventbridge: {source: [aws.kms], detail: {eventName: [{prefix: Dec}]}}}",
        "{sigma: {s: {eventName|endswith: s}, f: {errorCode|exists: true}, condition: s and not "
        "f}}",
        "{sigma: {s: {userAgent|contains: aws-cli}, condition: s}}",
    };
    Error err = {0};
    for (int i = 0; i < FILTERS; i++) {
        const char *condition = CONDITIONS[random_below(random, 7)];
        bool keep = random_below(random, 4) == 0;
        support_ok(
            buf_printf(text, &err, "name: f%d\n%s: %s\n%s---\n", i, keep ? "keep" : "drop",
                       condition,
                       !keep && random_below(random, 3) == 0 ? "even_if_detected: true\n" : ""),
            &err);
    }
    support_ok(buf_append_byte(text, '\0', &err), &err);
}

static void random_sets_drop_what_asking_each_filter_says(void **state)
{
    Error err = {0};
    Random random = random_new(7, 0);
    TrailOptions options = {.folder = support_folder(),
                            .events = 2000,
                            .days = 1,
                            .accounts = 2,
                            .regions = 2,
                            .seed = 3,
                            .end_us = INT64_C(1793491200000000)};
    (void)state;
    Trail *trail = trail_new(&options, &err);
    TrailWriter *writer = trail_writer_new(&err);
    TrailReport report = {0};
    support_ok(trail && writer, &err);
    for (size_t i = 0; i < trail_unit_count(trail); i++)
        support_ok(trail_write_unit(trail, writer, i, &report, &err), &err);
    for (int round = 0; round < ROUNDS; round++) {
        Trial trial;
        BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
        uint64_t dropped = 0;
        write_random_filters(&random, &text);
        begin(&trial, text.ptr);
        support_ok(file_walk(options.folder, judge_file, NULL, &trial, &err), &err);
        for (size_t i = 0; i < filter_set_count(trial.set); i++)
            dropped += filter_run_tally(trial.run, i)->dropped;
        assert_int_equal(trial.differ, 0);
        assert_int_equal(trial.dropped, dropped);
        assert_int_equal(trial.kept + dropped, trial.records);
        assert_int_equal(filter_run_records(trial.run), trial.records);
        assert_true(trial.records >= options.events);
        end(&trial);
    }
    trail_writer_free(writer);
    trail_free(trail);
    support_folder_end();
}

/* The same records are kept by any run, one in so many of them. */
static bool count_kept(void *context, const RecordView *view, Error *err)
{
    Trial *trial = context;
    FilterVerdict verdict;
    if (!filter_run_take(trial->run, view, false, &verdict, err))
        return false;
    trial->records++;
    trial->kept += !verdict.by;
    trial->stands_for += verdict.by ? 0 : verdict.factor;
    if (!verdict.by)
        trial->differ = trial->differ * 31 + view->values[S_EVENT_ID].len + trial->records;
    return true;
}

static void samples_are_even_and_the_same_again(void **state)
{
    uint64_t which[2] = {0};
    Error err = {0};
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    (void)state;
    for (int i = 0; i < 20000; i++)
        support_ok(buf_printf(&text, &err,
                              "{\"eventTime\":\"2026-11-01T00:00:00Z\",\"eventID\":"
                              "\"%08x-0000-4000-8000-000000000000\"}\n",
                              (unsigned)i * 2654435761U),
                   &err);
    for (int round = 0; round < 2; round++) {
        Trial trial;
        begin(&trial, "name: s\nsample: 1/20\nwhen: '{ $.eventTime = \"2026*\" }'\n");
        const DecoderHooks hooks = {.context = &trial, .record = count_kept};
        decode(buf_str(&text), &hooks);
        assert_int_equal(trial.records, 20000);
        assert_in_range(trial.kept, 850, 1150);
        assert_int_equal(trial.stands_for, trial.kept * 20);
        assert_int_equal(filter_run_tally(trial.run, 0)->matched, 20000);
        assert_int_equal(filter_run_tally(trial.run, 0)->dropped, 20000 - trial.kept);
        which[round] = trial.differ;
        end(&trial);
    }
    assert_int_equal(which[0], which[1]);
}

/* What two samples keep stands for the product, and the two draw apart: the scaled count is near.
 */
static void what_two_samples_keep_stands_for_the_product(void **state)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    Trial trial;
    (void)state;
    for (int i = 0; i < 20000; i++)
        support_ok(buf_printf(&text, &err,
                              "{\"eventTime\":\"2026-11-01T00:00:00Z\",\"eventID\":\"%d\"}\n", i),
                   &err);
    const DecoderHooks hooks = {.context = &trial, .record = count_kept};
    begin(&trial, "name: s\nsample: 1/4\nwhen: '{ $.eventTime = \"2026*\" }'\n---\n"
                  "name: t\nsample: 1/5\nwhen: '{ $.eventTime = \"2026*\" }'\n");
    decode(buf_str(&text), &hooks);
    assert_in_range(trial.kept, 850, 1150);
    assert_int_equal(trial.stands_for, trial.kept * 20);
    end(&trial);
}

/* Each record as one that was stored before: sampled, and changed by the first function. */
static bool take_stored(void *context, const RecordView *view, Error *err)
{
    Trial *trial = context;
    FilterVerdict verdict;
    const FilterStored stored = {.view = view, .sampled = true, .called = 1};
    if (!filter_run_take_stored(trial->run, &stored, &verdict, err))
        return false;
    trial->records++;
    trial->kept += !verdict.by;
    trial->stands_for += verdict.factor;
    trial->differ += verdict.changed != NULL;
    assert_true(verdict.by || verdict.changed_by == 2);
    return true;
}

static void what_was_sampled_and_changed_before_is_not_again(void **state)
{
    Trial trial;
    (void)state;
    begin(&trial, "name: f\nfunction: {code: 'function on_event(event) event.a = 1 return event"
                  " end'}\n---\nname: g\nfunction: {code: 'function on_event(event) event.b = 1"
                  " return event end'}\n---\n" A HALF);
    const DecoderHooks hooks = {.context = &trial, .record = take_stored};
    decode(STR("{\"eventTime\":\"2026-11-01T00:00:00Z\",\"eventName\":\"S1\",\"eventID\":\"1\"}\n"
               "{\"eventTime\":\"2026-11-01T00:00:00Z\",\"eventName\":\"S2\",\"eventID\":\"2\"}\n"
               "{\"eventTime\":\"2026-11-01T00:00:00Z\",\"eventName\":\"S3\",\"eventID\":\"3\"}\n"
               "{\"eventTime\":\"2026-11-01T00:00:00Z\",\"eventName\":\"A1\",\"eventID\":\"4\"}\n"),
           &hooks);
    assert_int_equal(trial.records, 4);
    assert_int_equal(trial.kept, 3); /* but what is dropped goes */
    assert_int_equal(trial.stands_for, 4);
    assert_int_equal(trial.differ, 3);
    end(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filters_are_asked_in_their_order),
        cmocka_unit_test(random_sets_drop_what_asking_each_filter_says),
        cmocka_unit_test(samples_are_even_and_the_same_again),
        cmocka_unit_test(what_two_samples_keep_stands_for_the_product),
        cmocka_unit_test(what_was_sampled_and_changed_before_is_not_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
