#include "decode/omission.h"

#include <stdio.h>

#include "batch_rows.h"

#define CALL ROW_TIME ",\"eventID\":\"e-1\",\"recipientAccountId\":\"111122223333\""
#define TLS  "\"tlsDetails\":{\"tlsVersion\":\"TLSv1.3\",\"cipherSuite\":\"x\"}"
#define FULL                                                                                       \
    "{" CALL ",\"eventName\":\"A\",\"readOnly\":true,\"managementEvent\":true,"                    \
    "\"eventCategory\":\"Management\"," TLS ",\"sessionCredentialFromConsole\":\"true\"}"

static void a_record_without_what_envelopes_leave_out_is_the_same(void **state)
{
    (void)state;
    static const struct {
        const char *name, *record;
        bool same;
    } CASES[] = {
        {"one left out",
         "{" CALL ",\"eventName\":\"A\",\"readOnly\":true,\"managementEvent\":true,"
         "\"eventCategory\":\"Management\",\"sessionCredentialFromConsole\":\"true\"}",
         true},
        {"all left out", "{" CALL ",\"eventName\":\"A\"}", true},
        {"another value of one",
         "{" CALL ",\"eventName\":\"A\",\"readOnly\":false,\"managementEvent\":true,"
         "\"eventCategory\":\"Management\"," TLS ",\"sessionCredentialFromConsole\":\"true\"}",
         false},
        {"another name too", "{" CALL ",\"eventName\":\"B\"}", false},
        {"a name left out", "{" CALL ",\"readOnly\":true}", false},
        {"one more", "{" CALL ",\"eventName\":\"A\",\"userAgent\":\"u\"}", false},
        {"nothing left out", FULL, false},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char text[4096];
        snprintf(text, sizeof text, "{\"Records\":[%s,%s]}", FULL, CASES[i].record);
        Batch *batch = rows_of(text);
        assert_int_equal(batch->rows, 2);
        if (omission_explains(batch, 0, batch->content_hash[1]) != CASES[i].same)
            fail_msg("%s", CASES[i].name);
        if (omission_explains(batch, 1, batch->content_hash[0]))
            fail_msg("%s, the other way round", CASES[i].name);
        batch_free(batch);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_without_what_envelopes_leave_out_is_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
