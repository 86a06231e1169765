#include "planner/catalog.h"

#include "support/support.h"

enum { ARENA_BYTES = 1 << 20 };

static Arena *arena;
static const Catalog *catalog;

static int begin(void **state)
{
    Error err = {0};
    (void)state;
    arena = arena_new(ARENA_BYTES, &err);
    support_ok(arena && (catalog = catalog_new(arena, &err)), &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static size_t shown(const CatalogTable *table)
{
    size_t count = 0;
    for (size_t i = 0; i < table->count; i++)
        count += !(table->columns[i].flags & CATALOG_HIDDEN);
    return count;
}

static void tables_are_found_without_regard_to_case(void **state)
{
    (void)state;
    assert_non_null(catalog_find(catalog, STR("CloudTrail")));
    assert_non_null(catalog_find(catalog, STR("objects")));
    assert_null(catalog_find(catalog, STR("spoor_objects")));
}

/* "athena", section 1: 29 columns. */
static void cloudtrail_logs_has_the_documented_columns(void **state)
{
    (void)state;
    const CatalogTable *table = catalog_find(catalog, STR("cloudtrail_logs"));
    assert_int_equal(shown(table), 29);
    assert_int_equal(catalog_column(table, STR("eventtime"))->type->kind, TYPE_VARCHAR);
    assert_int_equal(catalog_column(table, STR("readonly"))->type->kind, TYPE_VARCHAR);
    assert_int_equal(catalog_column(table, STR("resources"))->type->kind, TYPE_ARRAY);
    assert_true(catalog_column(table, STR("$eventtime"))->flags & CATALOG_HIDDEN);
}

/* "athena", section 1.2, but for annotation and eventjsonchecksum, which nothing here makes. */
static void cloudtrail_lake_has_maps_and_the_record(void **state)
{
    (void)state;
    const CatalogTable *table = catalog_find(catalog, STR("cloudtrail_lake"));
    assert_int_equal(shown(table), 32);
    assert_ptr_equal(catalog_column(table, STR("eventtime"))->type, type_moment());
    assert_int_equal(catalog_column(table, STR("readonly"))->type->kind, TYPE_BOOLEAN);
    assert_int_equal(catalog_column(table, STR("requestparameters"))->type->kind, TYPE_MAP);
    assert_int_equal(catalog_column(table, STR("eventjson"))->type->kind, TYPE_VARCHAR);
    assert_int_equal(catalog_raw(table, STR("insightdetails"))->type->kind, TYPE_VARCHAR);
    assert_null(catalog_raw(table, STR("eventname")));
}

static void cloudtrail_has_the_decoder_s_columns(void **state)
{
    (void)state;
    const CatalogTable *table = catalog_find(catalog, STR("cloudtrail"));
    const Type *identity = catalog_column(table, STR("useridentity"))->type;
    assert_ptr_equal(catalog_column(table, STR("eventtime"))->type, type_moment());
    assert_int_equal(identity->kind, TYPE_ROW);
    assert_true(type_field(identity, STR("SessionContext")) >= 0);
    assert_int_equal(catalog_column(table, STR("commit_seq"))->type->kind, TYPE_BIGINT);
}

static void a_hoisted_column_stands_for_its_field(void **state)
{
    (void)state;
    const CatalogTable *logs = catalog_find(catalog, STR("cloudtrail_logs"));
    const CatalogColumn *column = catalog_hoisted(logs, STR("useridentity.accesskeyid"));
    assert_true(str_equal(column->name, STR("accesskey_id")));
    assert_null(catalog_hoisted(logs, STR("useridentity.type")));
    assert_null(catalog_hoisted(catalog_find(catalog, STR("objects")), STR("useridentity.arn")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_found_without_regard_to_case),
        cmocka_unit_test(cloudtrail_logs_has_the_documented_columns),
        cmocka_unit_test(cloudtrail_lake_has_maps_and_the_record),
        cmocka_unit_test(cloudtrail_has_the_decoder_s_columns),
        cmocka_unit_test(a_hoisted_column_stands_for_its_field),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
