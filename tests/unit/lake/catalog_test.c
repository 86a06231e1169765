#include "lake/catalog.h"

#include "support/support.h"

static Db *open_catalog(void)
{
    Error err = {0};
    Db *catalog = catalog_open(support_folder(), &err);
    support_ok(catalog != NULL, &err);
    return catalog;
}

static void the_pointer_moves_only_from_where_it_was(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf found = buf_init(4096);
    Db *catalog = open_catalog();
    support_ok(catalog_get(catalog, "t", &found, &err), &err);
    assert_int_equal(found.len, 0);
    assert_false(catalog_swap(catalog, "t", STR("file:///0"), STR("file:///1"), &err));
    assert_int_equal(err.kind, ERROR_BUSY);
    support_ok(catalog_swap(catalog, "t", STR(""), STR("file:///1"), &err), &err);
    assert_false(catalog_swap(catalog, "t", STR(""), STR("file:///2"), &err));
    support_ok(catalog_swap(catalog, "t", STR("file:///1"), STR("file:///2"), &err), &err);
    assert_false(catalog_swap(catalog, "t", STR("file:///1"), STR("file:///3"), &err));
    db_close(catalog);
    catalog = open_catalog();
    support_ok(catalog_get(catalog, "t", &found, &err), &err);
    assert_true(str_equal(buf_str(&found), STR("file:///2")));
    db_close(catalog);
    support_folder_end();
}

static void tables_have_the_layout_of_the_sql_catalog(void **state)
{
    (void)state;
    Error err = {0};
    int64_t count;
    Db *catalog = open_catalog();
    support_ok(catalog_swap(catalog, "t", STR(""), STR("file:///1"), &err), &err);
    support_ok(catalog_swap(catalog, "t", STR("file:///1"), STR("file:///2"), &err), &err);
    support_ok(db_get_int(catalog,
                          "SELECT count(*) FROM iceberg_tables WHERE catalog_name = 'spoor' AND"
                          " table_namespace = 'spoor' AND table_name = 't' AND iceberg_type ="
                          " 'TABLE' AND previous_metadata_location = 'file:///1'",
                          0, &count, &err),
               &err);
    assert_int_equal(count, 1);
    support_ok(db_get_int(catalog,
                          "SELECT count(*) FROM iceberg_namespace_properties WHERE namespace ="
                          " 'spoor' AND property_key = 'exists'",
                          0, &count, &err),
               &err);
    assert_int_equal(count, 1);
    db_close(catalog);
    support_folder_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pointer_moves_only_from_where_it_was),
        cmocka_unit_test(tables_have_the_layout_of_the_sql_catalog),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
