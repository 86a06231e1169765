#include "derive/derive_holder.h"

#include <stdio.h>

#include "base/file.h"
#include "support/support.h"

static void put(const char *path, int number)
{
    char text[64];
    Error err = {0};
    int len = snprintf(text, sizeof text, "account_id,name\n111122223333,n%d\n", number);
    support_ok(file_replace(path, (Str){text, (size_t)len}, &err), &err);
}

static Config *config_of(const char *path)
{
    Error err = {0};
    Config *config = config_new(&err);
    support_ok(config_set(config, CONFIG_DERIVE_ACCOUNTS, str_of(path), "--test", &err), &err);
    return config;
}

static void a_batch_keeps_its_set_while_it_is_replaced(void **state)
{
    char path[512];
    bool changed;
    Account account;
    Error err = {0};
    (void)state;
    snprintf(path, sizeof path, "%s/accounts.csv", support_folder());
    put(path, 1);
    Config *config = config_of(path);
    DeriveHolder *holder = derive_holder_new(derive_open(config, &err), &err);
    support_ok(holder != NULL, &err);
    Derive *batch = derive_holder_get(holder);
    support_ok(derive_holder_reload(holder, config, &changed, &err), &err);
    assert_false(changed);
    put(path, 22);
    support_ok(derive_holder_reload(holder, config, &changed, &err), &err);
    assert_true(changed);
    derive_account(batch, STR("111122223333"), &account);
    assert_true(str_equal(account.name, STR("n1")));
    derive_release(batch);
    batch = derive_holder_get(holder);
    derive_account(batch, STR("111122223333"), &account);
    assert_true(str_equal(account.name, STR("n22")));
    derive_release(batch);
    support_ok(file_remove(path, &err), &err);
    assert_false(derive_holder_reload(holder, config, NULL, &err));
    batch = derive_holder_get(holder);
    derive_account(batch, STR("111122223333"), &account);
    assert_true(str_equal(account.name, STR("n22")));
    derive_release(batch);
    derive_holder_free(holder);
    derive_holder_free(NULL);
    config_free(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_keeps_its_set_while_it_is_replaced),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    support_folder_end();
    return failed;
}
