/* Sets of rules and lookups that are replaced while workers use them. */
#include "tried.h"

#include <stdatomic.h>
#include <stdio.h>

#include "base/config.h"
#include "base/file.h"
#include "base/pool.h"
#include "support/new_lake.h"
#include "support/support.h"

enum { SETS = 200, WORKERS = 4, ACCOUNT_BYTES = 64 };

static const char RULES[] = "title: Any\nlogsource: {product: aws, service: cloudtrail}\n"
                            "detection: {s: {eventName: N}, condition: s}\nlevel: low\n";

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

/* Lookups that call the account 111122223333 "n" with *number*. */
static Derive *open_derive(int number)
{
    char path[512], text[ACCOUNT_BYTES];
    Error err = {0};
    snprintf(path, sizeof path, "%s/accounts.csv", support_folder());
    int len = snprintf(text, sizeof text, "account_id,name\n111122223333,n%d\n", number);
    support_ok(file_replace(path, (Str){text, (size_t)len}, &err), &err);
    Config *config = config_new(&err);
    support_ok(config_set(config, CONFIG_DERIVE_ACCOUNTS, str_of(path), "--test", &err), &err);
    Derive *derive = derive_open(config, &err);
    support_ok(derive != NULL, &err);
    config_free(config);
    return derive;
}

static const char CORRELATION[] = "title: Many\nlevel: high\ncorrelation: {type: event_count, "
                                  "rules: [Any], group-by: [userAgent], "
                                  "timespan: 1h, condition: {gte: 2}}\n";

static RuleSet *open_rules(bool correlated)
{
    const RuleSetOptions options = {.titles = true};
    Error err = {0};
    RuleSet *set = ruleset_new(&options, &err);
    support_ok(set && ruleset_add_text(set, STR(RULES), "r.yml", &err) &&
                   (!correlated || ruleset_add_text(set, STR(CORRELATION), "c.yml", &err)) &&
                   ruleset_finish(set, &err),
               &err);
    assert_int_equal(ruleset_error_count(set), 0);
    return set;
}

static Tried *open_tried(Lake *lake, RuleSet *set, int number, bool writes_derived)
{
    Error err = {0};
    Derive *derive = open_derive(number);
    Tried *tried = tried_new(&(TriedPieces){.rules = set, .derive = derive}, writes_derived, &err);
    derive_release(derive);
    support_ok(tried && tried_tie(tried, lake, &err), &err);
    return tried;
}

static void assert_name(const Derive *derive, const char *name)
{
    Account account;
    derive_account(derive, STR("111122223333"), &account);
    assert_true(str_equal(account.name, str_of(name)));
}

static void a_worker_keeps_its_set_until_it_takes_the_newest(void **state)
{
    Error err = {0};
    (void)state;
    LAKE_AUTO Lake *lake = new_lake();
    RuleSet *set = open_rules(false);
    TriedHolder *holder = tried_holder_new(open_tried(lake, set, 1, true), lake, &err);
    support_ok(holder != NULL, &err);
    TriedUse use = {.holder = holder};
    support_ok(tried_use_newest(&use, &err), &err);
    assert_non_null(use.detection);
    assert_name(use.column, "n1");
    Detection *first = use.detection;
    support_ok(tried_use_newest(&use, &err), &err);
    assert_ptr_equal(use.detection, first); /* nothing newer: nothing is made */

    tried_holder_replace(holder, open_tried(lake, set, 2, true));
    assert_ptr_equal(use.detection, first);
    assert_name(use.column, "n1");
    assert_ptr_equal(tried_pieces(use.tried)->derive, use.column);
    support_ok(tried_use_newest(&use, &err), &err);
    assert_name(use.column, "n2");
    assert_ptr_equal(tried_pieces(use.tried)->rules, set); /* shared by both */

    tried_use_end(&use);
    assert_null(use.tried);
    support_ok(tried_use_newest(&use, &err), &err); /* it may begin again */
    assert_name(use.column, "n2");
    ruleset_free(set);
    tried_holder_free(holder);
    assert_name(use.column, "n2"); /* who uses it keeps it */
    assert_int_equal(ruleset_count(tried_pieces(use.tried)->rules), 1);
    tried_release(use.tried);
    detection_free(use.detection);
}

static void what_is_not_wanted_is_not_there(void **state)
{
    Error err = {0};
    (void)state;
    TriedUse none = {0};
    support_ok(tried_use_newest(&none, &err), &err);
    assert_null(none.tried);
    tried_use_end(&none);
    LAKE_AUTO Lake *lake = new_lake();
    RuleSet *set = open_rules(false);
    for (int i = 0; i < 2; i++) {
        TriedHolder *holder = tried_holder_new(open_tried(lake, i ? set : NULL, 1, !i), lake, &err);
        TriedUse use = {.holder = holder};
        support_ok(holder && tried_use_newest(&use, &err), &err);
        assert_int_equal(use.column != NULL, !i);
        assert_int_equal(use.detection != NULL, i);
        support_ok(tried_holder_evaluate(holder, &err), &err);
        assert_int_equal(tried_holder_report(holder).correlations, 0);
        tried_use_end(&use);
        tried_holder_free(holder);
    }
    ruleset_free(set);
    tried_holder_free(NULL);
    tried_release(NULL);
}

static void assert_watched(TriedHolder *holder, int64_t correlations, bool settled)
{
    Error err = {0};
    support_ok(tried_holder_settle(holder, &err), &err);
    assert_int_equal(tried_holder_is_settled(holder), settled);
    assert_int_equal(tried_holder_report(holder).correlations, correlations);
}

/* One that comes would look at signals that lack what it looks at; one that goes would miss some.
 */
static void correlations_change_when_all_have_taken_their_set(void **state)
{
    Error err = {0};
    (void)state;
    LAKE_AUTO Lake *lake = new_lake();
    RuleSet *without = open_rules(false), *with = open_rules(true);
    TriedHolder *holder = tried_holder_new(open_tried(lake, without, 1, true), lake, &err);
    support_ok(holder != NULL, &err);
    TriedUse first = {.holder = holder}, second = {.holder = holder};
    support_ok(tried_use_newest(&first, &err) && tried_use_newest(&second, &err), &err);
    assert_watched(holder, 0, true);

    tried_holder_replace(holder, open_tried(lake, with, 1, true));
    assert_watched(holder, 0, false);
    support_ok(tried_use_newest(&first, &err), &err);
    assert_false(tried_holder_can_settle(holder));
    assert_watched(holder, 0, false); /* the second worker has the old one still */
    tried_holder_replace(holder, open_tried(lake, with, 2, true));
    tried_use_end(&second);
    assert_watched(holder, 0, false); /* now the first one has */
    support_ok(tried_use_newest(&first, &err), &err);
    assert_true(tried_holder_can_settle(holder));
    assert_watched(holder, 1, true);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM correlations"), 1);

    tried_holder_replace(holder, open_tried(lake, without, 1, true));
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM correlations"), 1);
    tried_use_end(&first);
    assert_watched(holder, 0, true);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM correlations"), 0);
    tried_holder_free(holder);
    ruleset_free(without);
    ruleset_free(with);
}

/* Workers that take the newest set as long as another thread puts in others. */
typedef struct Race {
    TriedHolder *holder;
    atomic_bool over;
    atomic_uint taken, wrong;
} Race;

static void use_sets(void *argument, int worker)
{
    Race *race = argument;
    TriedUse use = {.holder = race->holder};
    uint64_t last = 0;
    bool over = false;
    (void)worker;
    while (!over) {
        Error err = {0};
        Account account;
        char name[ACCOUNT_BYTES];
        over = atomic_load(&race->over); /* before the last taking */
        if (!tried_use_newest(&use, &err)) {
            atomic_fetch_add(&race->wrong, 1);
            break;
        }
        snprintf(name, sizeof name, "n%d", (int)use.number);
        derive_account(use.column, STR("111122223333"), &account);
        bool right = use.number >= last && str_equal(account.name, str_of(name)) &&
                     detection_hits(use.detection).derive == tried_pieces(use.tried)->derive;
        atomic_fetch_add(&race->wrong, !right);
        atomic_fetch_add(&race->taken, use.number != last);
        last = use.number;
    }
    atomic_fetch_add(&race->wrong, last != SETS);
    tried_use_end(&use);
}

static void sets_are_replaced_while_workers_use_them(void **state)
{
    Error err = {0};
    Race race = {0};
    (void)state;
    LAKE_AUTO Lake *lake = new_lake();
    RuleSet *set = open_rules(false);
    race.holder = tried_holder_new(open_tried(lake, set, 1, true), lake, &err);
    support_ok(race.holder != NULL, &err);
    Pool *pool = pool_new(WORKERS, WORKERS, &err);
    support_ok(pool != NULL, &err);
    for (int i = 0; i < WORKERS; i++)
        pool_run(pool, use_sets, &race);
    for (int i = 2; i <= SETS; i++)
        tried_holder_replace(race.holder, open_tried(lake, set, i, true));
    atomic_store(&race.over, true);
    pool_free(pool);
    assert_int_equal(atomic_load(&race.wrong), 0);
    assert_in_range(atomic_load(&race.taken), WORKERS, WORKERS * SETS);
    tried_holder_free(race.holder);
    ruleset_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_worker_keeps_its_set_until_it_takes_the_newest),
        cmocka_unit_test(what_is_not_wanted_is_not_there),
        cmocka_unit_test(correlations_change_when_all_have_taken_their_set),
        cmocka_unit_test(sets_are_replaced_while_workers_use_them),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
