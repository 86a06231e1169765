/* Cases are a question and records, each a lake of its own: tests/unit/lineage/cases.txt. */
#include "lineage/lineage_who.h"

#include <string.h>

#include "lake/part.h"
#include "lineage/lineage_text.h"
#include "support/new_lake.h"
#include "support/sample.h"
#include "support/support.h"
#include "support/text_cases.h"

enum { TEXT_BYTES_MAX = 1 << 20, ARENA_BYTES_MAX = 64 << 20, CASES_MIN = 40 };

static Config *config;

static Str next_line(Str *text)
{
    size_t end = str_find_byte(*text, '\n', 0);
    Str line = str_slice(*text, 0, end);
    *text = str_slice(*text, end + 1, text->len);
    return line;
}

/* A lake with the records of *lines*, one a line. */
static Lake *lake_of(Str lines)
{
    Error err = {0};
    PartResult result;
    uint32_t count = 0;
    Lake *lake = new_lake();
    for (Str rest = lines; rest.len;)
        count += str_starts(next_line(&rest), STR("{"));
    Batch *batch = sample_batch(lines);
    ClaimTable *claims = claim_table_new(lake, &err);
    PartStore *store = part_store_new(lake, claims, &err);
    QuarantineSet pieces = quarantine_new();
    Receipt receipt = {
        .object_id = 1, .source = STR("file"), .key = STR("/k"), .read = count, .row_end = count};
    PartInput input = {
        .batch = batch, .receipts = &receipt, .receipt_count = 1, .quarantine = &pieces};
    support_ok(store && part_commit(store, &input, &result, &err), &err);
    quarantine_free(&pieces);
    part_store_free(store);
    claim_table_free(claims);
    batch_free(batch);
    return lake;
}

/* "who QUESTION" and, behind it, "depth=N" and "max=N". */
static LineageQuestion question_of(Str line)
{
    LineageQuestion question = {.depth = 16, .max = 20};
    size_t end = str_find_byte(line, ' ', 4);
    assert_true(str_starts(line, STR("who ")));
    question.text = str_slice(line, 4, end);
    while (end < line.len) {
        size_t from = end + 1;
        uint64_t number = 0;
        end = str_find_byte(line, ' ', from);
        Str word = str_slice(line, from, end);
        size_t equal = str_find_byte(word, '=', 0);
        assert_true(str_to_u64(str_slice(word, equal + 1, word.len), &number));
        *(word.ptr[0] == 'd' ? &question.depth : &question.max) = (unsigned)number;
    }
    return question;
}

static bool answer(const LineageReader *reader, const LineageQuestion *question, Buf *out,
                   Error *err)
{
    LineageAnswer found;
    return lineage_who_ask(reader, question, &found, err) &&
           lineage_text_write(&found, question->max, out, err);
}

/* As TextCaseRun. */
static void run_case(Str text, char verdict, Buf *out)
{
    Error err = {0};
    BUF_AUTO Buf written = buf_init(TEXT_BYTES_MAX);
    const LineageQuestion question = question_of(next_line(&text));
    Lake *lake = lake_of(text);
    const SessionOptions options = {.config = config, .since_us = INT64_MIN, .until_us = INT64_MAX};
    LineageReader reader = {.since_us = INT64_MIN, .until_us = INT64_MAX};
    reader.session = session_open(lake, &options, &err);
    reader.arena = arena_new(ARENA_BYTES_MAX, &err);
    support_ok(reader.session && reader.arena, &err);
    bool ok = answer(&reader, &question, &written, &err);
    if (verdict == '!' && !ok)
        written.len = 0, ok = buf_append(&written, err.text, strlen(err.text), &err);
    support_ok(ok, &err);
    for (size_t i = 0; i < written.len; i++)
        if (written.ptr[i] == '\n')
            written.ptr[i] = ' ';
    text_cases_fold(out, buf_str(&written));
    session_close(reader.session);
    arena_free(reader.arena);
    lake_close(lake);
}

static void each_way_that_credentials_are_handed_on_is_followed(void **state)
{
    (void)state;
    assert_text_cases("unit/lineage/cases.txt", CASES_MIN, run_case);
}

static void questions_are_told_apart_by_their_shape(void **state)
{
    static const struct {
        const char *text;
        LineageAskKind kind;
    } CASES[] = {
        {"AKIAIOSFODNN7EXAMPLE", LINEAGE_ASK_KEY},
        {"ASIAIOSFODNN7EXAMPLE", LINEAGE_ASK_KEY},
        {"arn:aws:iam::111122223333:user/a/mina", LINEAGE_ASK_PRINCIPAL},
        {"arn:aws-cn:iam::111122223333:root", LINEAGE_ASK_PRINCIPAL},
        {"arn:aws:sts::111122223333:assumed-role/r/s", LINEAGE_ASK_PRINCIPAL},
        {"arn:aws:sts::111122223333:federated-user/bob", LINEAGE_ASK_PRINCIPAL},
        {"arn:aws:iam::111122223333:role/p/r", LINEAGE_ASK_ROLE},
        {"3f1b2a60-8f6e-4f36-9a55-0c8c6c6f8a11", LINEAGE_ASK_EVENT},
        {"i-0123456789abcdef0", LINEAGE_ASK_INSTANCE},
        {"i-01234567", LINEAGE_ASK_INSTANCE},
        {"203.0.113.7", LINEAGE_ASK_ADDRESS},
        {"2001:db8::1", LINEAGE_ASK_ADDRESS},
        {"autoscaling.amazonaws.com", LINEAGE_ASK_ADDRESS},
        {"i-0123", LINEAGE_ASKS},
        {"arn:aws:s3:::bucket", LINEAGE_ASKS},
        {"3f1b2a60-8f6e-4f36-9a55-0c8c6c6f8a1", LINEAGE_ASKS},
        {"akiaiosfodnn7example", LINEAGE_ASKS},
        {"", LINEAGE_ASKS},
        {"203.0.113.999", LINEAGE_ASKS},
        {"mina", LINEAGE_ASKS},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        if (lineage_who_kind(str_of(CASES[i].text)) != CASES[i].kind)
            fail_msg("'%s' is taken for another kind of question", CASES[i].text);
}

static int begin(void **state)
{
    Error err = {0};
    (void)state;
    config = config_new(&err);
    support_ok(config != NULL, &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    config_free(config);
    support_folder_end();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_way_that_credentials_are_handed_on_is_followed),
        cmocka_unit_test(questions_are_told_apart_by_their_shape),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
