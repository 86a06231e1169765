#include "decode/batch_append.h"

#include "batch_rows.h"

static void copies_values_and_says_what_is_null(void **state)
{
    (void)state;
    Batch *batch =
        rows_of("[{" ROW_TIME
                ",\"eventName\":\"a\\u0062\",\"readOnly\":true,\"requestParameters\":{\"x\":1},"
                "\"responseElements\":{\"credentials\":{\"accessKeyId\":\"ASIA1\"}}},"
                "{" ROW_TIME ",\"managementEvent\":false,\"requestParameters\":null,"
                "\"responseElements\":{\"accessKeyId\":\"AKIA2\"}}]");
    assert_int_equal(batch->rows, 2);
    row_is(batch, F_EVENT_NAME, 0, "ab");
    row_is(batch, F_EVENT_NAME, 1, "");
    row_is(batch, F_REQUEST_PARAMETERS, 0, "{\"x\":1}");
    row_is(batch, F_REQUEST_PARAMETERS, 1, "");
    row_is(batch, F_ISSUED_ACCESSKEY_ID, 0, "ASIA1");
    row_is(batch, F_ISSUED_ACCESSKEY_ID, 1, "");
    assert_int_equal(batch->read_only[0], 1);
    assert_int_equal(batch->read_only[1], 2);
    assert_int_equal(batch->management[0], 2);
    assert_int_equal(batch->management[1], 0);
    assert_int_equal(batch->event_time[0], 1704164645000000);
    assert_int_equal(batch->object_id[1], 5);
    assert_int_equal(batch->record_index[1], 1);
    batch_free(batch);
}

static void tells_absent_from_null(void **state)
{
    (void)state;
    Batch *batch =
        rows_of("[{" ROW_TIME ",\"requestParameters\":null,\"responseElements\":null},"
                "{" ROW_TIME "},{" ROW_TIME ",\"apiVersion\":null,\"requestParameters\":{},"
                "\"responseElements\":null}]");
    row_is(batch, F_EXTRA, 0, "");
    row_is(batch, F_EXTRA, 1, "{\"_absent\":[\"requestParameters\",\"responseElements\"]}");
    row_is(batch, F_EXTRA, 2, "{\"apiVersion\":null}");
    assert_true(batch->content_hash[0] != batch->content_hash[1]);
    batch_free(batch);
}

/* Two texts, and whether they are one content. */
static const struct {
    const char *a, *b;
    bool same;
} CONTENTS[] = {
    {"\"eventName\":\"a\"", "\"eventName\":\"a\"", true},
    {"\"eventName\":\"a\"", "\"eventName\":\"b\"", false},
    {"\"eventName\":\"a\"", "\"eventSource\":\"a\"", false},
    {"\"eventName\":\"a\"", "\"eventName\" : \"\\u0061\"", true},
    {"\"readOnly\":true", "\"readOnly\":false", false},
    {"\"readOnly\":false", "\"eventName\":\"x\"", false},
    {"\"requestParameters\":{\"a\":1}", "\"requestParameters\": { \"a\" : 1 }", true},
    {"\"requestParameters\":{\"a\":1}", "\"requestParameters\":{\"a\":1.0}", false},
    {"\"requestParameters\":{\"a\":\"/\"}", "\"requestParameters\":{\"a\":\"\\/\"}", true},
    {"\"userIdentity\":{\"type\":\"a\",\"arn\":\"b\"}",
     "\"userIdentity\":{\"arn\":\"b\",\"type\":\"a\"}", true},
    {"\"userIdentity\":{\"type\":\"a\"}", "\"userIdentity\":{\"arn\":\"a\"}", false},
    {"\"userIdentity\":{}", "\"userIdentity\":{\"sessionContext\":{}}", false},
    {"\"resources\":[{\"type\":\"a\"},{}]", "\"resources\":[{},{\"type\":\"a\"}]", false},
    {"\"resources\":[]", "\"resources\":[null]", false},
    {"\"new\":1", "\"new\": 1", true},
    {"\"new\":1", "\"new\":2", false},
    {"\"new\":1", "\"neu\":1", false},
};

static void hashes_the_value_and_not_its_spelling(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CONTENTS / sizeof *CONTENTS; i++) {
        BUF_AUTO Buf text = buf_init(4096);
        Error err = {0};
        support_ok(buf_printf(&text, &err, "{" ROW_TIME ",%s}\n{%s, " ROW_TIME "}", CONTENTS[i].a,
                              CONTENTS[i].b),
                   &err);
        Batch *batch = rows_of(buf_text(&text, &err));
        assert_int_equal(batch->rows, 2);
        if ((batch->content_hash[0] == batch->content_hash[1]) != CONTENTS[i].same)
            fail_msg("%s and %s", CONTENTS[i].a, CONTENTS[i].b);
        batch_free(batch);
    }
}

static void hashes_the_same_in_every_batch_of_a_lake(void **state)
{
    (void)state;
    Batch *alone = rows_of("{" ROW_TIME ",\"eventName\":\"b\",\"eventID\":\"1\"}");
    Batch *among = rows_of("[{" ROW_TIME ",\"eventName\":\"a\",\"errorCode\":\"x\"},"
                           "{" ROW_TIME ",\"eventName\":\"b\",\"eventID\":\"1\"}]");
    assert_true(alone->content_hash[0] == among->content_hash[1]);
    assert_true(alone->identity_hash[0] == among->identity_hash[1]);
    batch_free(alone);
    batch_free(among);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_values_and_says_what_is_null),
        cmocka_unit_test(tells_absent_from_null),
        cmocka_unit_test(hashes_the_value_and_not_its_spelling),
        cmocka_unit_test(hashes_the_same_in_every_batch_of_a_lake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
