#include "derive/accounts.h"

#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "support/support.h"

/* "name|ou|owner|environment" of an account, "-" for unknown members, "none" for no account. */
static void show(const Accounts *accounts, const char *id, char *ret, size_t size)
{
    Account account;
    if (!accounts_find(accounts, str_of(id), &account)) {
        snprintf(ret, size, "none");
        return;
    }
    const Str texts[] = {account.name, account.organizational_unit, account.owner,
                         account.environment};
    size_t used = 0;
    for (size_t i = 0; i < 4; i++)
        used += (size_t)snprintf(ret + used, size - used, "%s%.*s", i ? "|" : "",
                                 texts[i].ptr ? (int)texts[i].len : 1,
                                 texts[i].ptr ? texts[i].ptr : "-");
}

static void accounts_are_found_by_their_digits(void **state)
{
    static const struct {
        const char *sentence, *text, *id, *expected;
    } CASES[] = {
        {"all columns",
         "account_id,name,ou,owner,environment\n111122223333,Shop,Workloads/Prod,ann,production\n",
         "111122223333", "Shop|Workloads/Prod|ann|production"},
        {"columns in another order, others passed over",
         "name,budget,account_id\n\"Shop, live\",5,111122223333\n", "111122223333",
         "Shop, live|-|-|-"},
        {"names of columns in other case", "Account ID,Account Name\n111122223333,Shop\n",
         "111122223333", "Shop|-|-|-"},
        {"zeros that a spreadsheet dropped", "account_id,name\n1122223333,Shop\n", "001122223333",
         "Shop|-|-|-"},
        {"a short row", "account_id,name,ou\n111122223333\n", "111122223333", "-|-|-|-"},
        {"one of several", "account_id,name\n999999999999,c\n111122223333,a\n222222222222,b\n",
         "222222222222", "b|-|-|-"},
        {"an account that is not there", "account_id,name\n111122223333,a\n", "111122223334",
         "none"},
        {"fewer digits asked for", "account_id,name\n001122223333,a\n", "1122223333", "none"},
        {"no digits asked for", "account_id,name\n001122223333,a\n", "anonymous", "none"},
        {"a comment and a mark", "\xef\xbb\xbf# ours\naccount_id,name\n111122223333,a\n",
         "111122223333", "a|-|-|-"},
        {"what list-accounts prints",
         "{\"Accounts\":[{\"Id\":\"111122223333\",\"Arn\":\"arn:..\",\"Email\":\"a@b\",\"Name\":"
         "\"Shop\",\"Status\":\"ACTIVE\",\"JoinedTimestamp\":1.5}]}",
         "111122223333", "Shop|-|-|-"},
        {"tags and a unit",
         "[{\"Id\":\"111122223333\",\"Name\":\"Shop\",\"OrganizationalUnit\":\"Prod\",\"Tags\":"
         "[{\"Key\":\"Owner\",\"Value\":\"ann\"},{\"Key\":\"env\",\"Value\":\"dev\"},"
         "{\"Key\":\"name\",\"Value\":\"other\"},7,{}]}]",
         "111122223333", "Shop|Prod|ann|dev"},
        {"tags as an object", "[{\"Id\":\"111122223333\",\"Tags\":{\"owner\":\"ann\",\"x\":null}}]",
         "111122223333", "-|-|ann|-"},
        {"no accounts", "{\"Accounts\":[]}", "111122223333", "none"},
    };
    char text[200];
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        Accounts *accounts = accounts_read(str_of(CASES[i].text), "a.csv", &err);
        if (!accounts)
            fail_msg("%s: %s", CASES[i].sentence, err.text);
        show(accounts, CASES[i].id, text, sizeof text);
        if (strcmp(text, CASES[i].expected) != 0)
            fail_msg("%s: %s", CASES[i].sentence, text);
        accounts_free(accounts);
    }
}

static void a_wrong_file_names_the_place(void **state)
{
    static const struct {
        const char *sentence, *text, *words;
    } CASES[] = {
        {"no header", "111122223333,Shop\n", "a.csv:1: expected a header with account_id"},
        {"an id that is none", "account_id,name\n\nabc,Shop\n",
         "a.csv:3: expected an account's 12 digits, found 'abc'"},
        {"an id in scientific notation", "account_id\n1.11122E+11\n", "found '1.11122E+11'"},
        {"thirteen digits", "account_id\n1111222233334\n", "found '1111222233334'"},
        {"an account twice", "account_id\n111122223333\n222222222222\n111122223333\n",
         "a.csv:4: account '111122223333' stands at 2 already"},
        {"an open quote", "account_id,name\n111122223333,\"x\n", "a.csv:2: a quote is not closed"},
        {"nothing", "", "a.csv: no accounts in it"},
        {"other JSON", "{\"Roots\":[]}", "a.csv: expected what 'aws organizations list-accounts'"},
        {"an element without an id", "[{\"Id\":\"111122223333\"},{\"Name\":\"x\"}]",
         "a.csv: account number 2: expected an account's 12 digits, found ''"},
        {"torn JSON", "{\"Accounts\":[", "a.csv: "},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        if (accounts_read(str_of(CASES[i].text), "a.csv", &err))
            fail_msg("%s: taken", CASES[i].sentence);
        if (err.kind != ERROR_INPUT || !strstr(err.text, CASES[i].words))
            fail_msg("%s: %s", CASES[i].sentence, err.text);
    }
    Error err = {0};
    assert_null(accounts_read((Str){"", (size_t)ACCOUNTS_BYTES_MAX + 1}, "a.csv", &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
}

static void a_failed_allocation_is_an_error(void **state)
{
    (void)state;
    for (uint64_t nth = 1; nth < 20; nth++) {
        Error err = {0};
        fault_arm(FAULT_ALLOC, nth);
        Accounts *accounts = accounts_read(STR("account_id,name\n111122223333,a\n"), "a.csv", &err);
        fault_arm(FAULT_ALLOC, 0);
        assert_true(accounts || err.kind == ERROR_LIMIT);
        accounts_free(accounts);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accounts_are_found_by_their_digits),
        cmocka_unit_test(a_wrong_file_names_the_place),
        cmocka_unit_test(a_failed_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
