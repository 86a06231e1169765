/* Replays the fuzz corpora without libFuzzer: each file once through its target. */
#define LLVMFuzzerTestOneInput inflate_input
#include "../../../fuzz/inflate_fuzz.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput record_input
#include "../../../fuzz/record_fuzz.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput envelope_input
#include "../../../fuzz/envelope_fuzz.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput published_input
#include "../../../fuzz/published_fuzz.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput summary_input
#include "../../../fuzz/summary_fuzz.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput footer_input
#include "../../../fuzz/footer_fuzz.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput config_input
#include "../../../fuzz/config_fuzz.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput run_input
#include "../../../fuzz/run_fuzz.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput parser_input
#include "../../../fuzz/parser_fuzz.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput search_input
#include "../../../fuzz/search_fuzz.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput rules_input
#include "../../../fuzz/rules_fuzz.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput threat_list_input
#include "../../../fuzz/threat_list_fuzz.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput aws_ranges_input
#include "../../../fuzz/aws_ranges_fuzz.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput cloudwatch_input
#include "../../../fuzz/cloudwatch_fuzz.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput eventbridge_input
#include "../../../fuzz/eventbridge_fuzz.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput digest_input
#include "../../../fuzz/digest_fuzz.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput xml_input
#include "../../../fuzz/xml_fuzz.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput profiles_input
#include "../../../fuzz/profiles_fuzz.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput notification_input
#include "../../../fuzz/notification_fuzz.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput push_delivery_input
#include "../../../fuzz/push_delivery_fuzz.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput filters_input
#include "../../../fuzz/filters_fuzz.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput redact_input
#include "../../../fuzz/redact_fuzz.c"
#undef LLVMFuzzerTestOneInput

#include <stdio.h>

#include "base/file.h"
#include "support/support.h"

typedef struct Replay {
    int (*run)(const uint8_t *, size_t);
    unsigned files;
} Replay;

static bool replay_file(void *context, const char *path, const FileInfo *info, Error *err)
{
    Replay *replay = context;
    BUF_AUTO Buf bytes = buf_init(1 << 26);
    (void)info;
    support_ok(file_read(path, &bytes, NULL, err), err);
    replay->run((const uint8_t *)bytes.ptr, bytes.len);
    replay->files++;
    return true;
}

static void replay(const char *name, int (*run)(const uint8_t *, size_t))
{
    char path[512];
    Error err = {0};
    Replay state = {.run = run};
    snprintf(path, sizeof path, "%s/fuzz/corpus/%s", TEST_SOURCE_DIR, name);
    support_ok(file_walk(path, replay_file, NULL, &state, &err), &err);
    assert_true(state.files > 0);
}

static void inflate_corpus_breaks_nothing(void **state)
{
    (void)state;
    replay("inflate", inflate_input);
}

static void record_corpus_breaks_nothing(void **state)
{
    (void)state;
    replay("record", record_input);
}

static void envelope_corpus_breaks_nothing(void **state)
{
    (void)state;
    replay("envelope", envelope_input);
}

static void published_corpus_breaks_nothing(void **state)
{
    (void)state;
    replay("published", published_input);
}

static void summary_corpus_breaks_nothing(void **state)
{
    (void)state;
    replay("summary", summary_input);
}

static void footer_corpus_breaks_nothing(void **state)
{
    (void)state;
    replay("footer", footer_input);
}

static void config_corpus_breaks_nothing(void **state)
{
    (void)state;
    replay("config", config_input);
}

static void run_corpus_breaks_nothing(void **state)
{
    (void)state;
    replay("run", run_input);
}

static void parser_corpus_breaks_nothing(void **state)
{
    (void)state;
    replay("parser", parser_input);
}

static void rules_corpus_breaks_nothing(void **state)
{
    (void)state;
    replay("rules", rules_input);
}

static void threat_list_corpus_breaks_nothing(void **state)
{
    (void)state;
    replay("threat_list", threat_list_input);
}

static void aws_ranges_corpus_breaks_nothing(void **state)
{
    (void)state;
    replay("aws_ranges", aws_ranges_input);
}

static void search_corpus_breaks_nothing(void **state)
{
    (void)state;
    replay("search", search_input);
}

static void cloudwatch_corpus_breaks_nothing(void **state)
{
    (void)state;
    replay("cloudwatch", cloudwatch_input);
}

static void eventbridge_corpus_breaks_nothing(void **state)
{
    (void)state;
    replay("eventbridge", eventbridge_input);
}

static void digest_corpus_breaks_nothing(void **state)
{
    (void)state;
    replay("digest", digest_input);
}

static void xml_corpus_breaks_nothing(void **state)
{
    (void)state;
    replay("xml", xml_input);
}

static void profiles_corpus_breaks_nothing(void **state)
{
    (void)state;
    replay("profiles", profiles_input);
}

static void notification_corpus_breaks_nothing(void **state)
{
    (void)state;
    replay("notification", notification_input);
}

static void push_delivery_corpus_breaks_nothing(void **state)
{
    (void)state;
    replay("push_delivery", push_delivery_input);
}

static void filters_corpus_breaks_nothing(void **state)
{
    (void)state;
    replay("filters", filters_input);
}

static void redact_corpus_breaks_nothing(void **state)
{
    (void)state;
    replay("redact", redact_input);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inflate_corpus_breaks_nothing),
        cmocka_unit_test(record_corpus_breaks_nothing),
        cmocka_unit_test(envelope_corpus_breaks_nothing),
        cmocka_unit_test(published_corpus_breaks_nothing),
        cmocka_unit_test(summary_corpus_breaks_nothing),
        cmocka_unit_test(footer_corpus_breaks_nothing),
        cmocka_unit_test(config_corpus_breaks_nothing),
        cmocka_unit_test(run_corpus_breaks_nothing),
        cmocka_unit_test(parser_corpus_breaks_nothing),
        cmocka_unit_test(rules_corpus_breaks_nothing),
        cmocka_unit_test(threat_list_corpus_breaks_nothing),
        cmocka_unit_test(aws_ranges_corpus_breaks_nothing),
        cmocka_unit_test(eventbridge_corpus_breaks_nothing),
        cmocka_unit_test(digest_corpus_breaks_nothing),
        cmocka_unit_test(xml_corpus_breaks_nothing),
        cmocka_unit_test(profiles_corpus_breaks_nothing),
        cmocka_unit_test(notification_corpus_breaks_nothing),
        cmocka_unit_test(push_delivery_corpus_breaks_nothing),
        cmocka_unit_test(search_corpus_breaks_nothing),
        cmocka_unit_test(cloudwatch_corpus_breaks_nothing),
        cmocka_unit_test(filters_corpus_breaks_nothing),
        cmocka_unit_test(redact_corpus_breaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
