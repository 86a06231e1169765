#include "natives/json_path.h"

#include <stdio.h>
#include <string.h>

#include "support/support.h"

enum { TEXT_LEN = 24 };

/* {"k":"xxx...","v":1} with *bytes* at *at* of the first string. */
static JsonPathOutcome find_behind(const char *bytes, size_t at, Str *ret)
{
    static char json[128];
    char text[TEXT_LEN + 1];
    Error err = {0};
    JsonPath path;
    memset(text, 'x', TEXT_LEN);
    text[TEXT_LEN] = '\0';
    memcpy(text + at, bytes, strlen(bytes));
    snprintf(json, sizeof json, "{\"k\":\"%s\",\"v\":1}", text);
    support_ok(json_path_read(STR("$.v"), &path, &err), &err);
    return json_path_find(str_of(json), &path, ret);
}

static void strings_end_where_they_do(void **state)
{
    Str value;
    (void)state;
    for (size_t at = 0; at + 6 <= TEXT_LEN; at++) {
        static const char *const KEPT[] = {"\\\"",     "\\\\", "\\n", "\\u00e9",
                                           "\xc3\xa9", "!",    " ",   "\x7f"};
        static const char *const BROKEN[] = {"\x1f", "\n", "\x01", "\\x", "\\u00g0", "\""};
        for (size_t i = 0; i < sizeof KEPT / sizeof *KEPT; i++) {
            assert_int_equal(find_behind(KEPT[i], at, &value), JSON_PATH_FOUND);
            assert_true(str_equal(value, STR("1")));
        }
        for (size_t i = 0; i < sizeof BROKEN / sizeof *BROKEN; i++)
            assert_int_equal(find_behind(BROKEN[i], at, &value), JSON_PATH_BROKEN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_end_where_they_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
