#include "lake/iceberg_schema.h"

#include "support/small_table.h"
#include "support/support.h"

typedef bool (*Part)(Buf *out, const IcebergTable *table, Error *err);

static bool schema(Buf *out, const IcebergTable *table, Error *err)
{
    return iceberg_schema(out, table, 3, err);
}

static void each_part_has_icebergs_form(void **state)
{
    (void)state;
    static const struct {
        Part part;
        const char *text;
    } CASES[] = {
        {schema,
         "{\"type\":\"struct\",\"schema-id\":3,\"fields\":["
         "{\"id\":1,\"name\":\"at\",\"required\":false,\"type\":\"timestamp\"},"
         "{\"id\":2,\"name\":\"who\",\"required\":false,\"type\":{\"type\":\"struct\",\"fields\":["
         "{\"id\":3,\"name\":\"name\",\"required\":false,\"type\":\"string\"}]}},"
         "{\"id\":4,\"name\":\"tags\",\"required\":false,\"type\":{\"type\":\"list\","
         "\"element-id\":5,\"element-required\":false,\"element\":{\"type\":\"struct\",\"fields\":["
         "{\"id\":6,\"name\":\"key\",\"required\":false,\"type\":\"string\"}]}}},"
         "{\"id\":7,\"name\":\"count\",\"required\":false,\"type\":\"long\"}]}"},
        {iceberg_schema_names,
         "[{\"field-id\":1,\"names\":[\"at\"]},{\"field-id\":2,\"names\":[\"who\"],\"fields\":["
         "{\"field-id\":3,\"names\":[\"name\"]}]},{\"field-id\":4,\"names\":[\"tags\"],\"fields\":["
         "{\"field-id\":5,\"names\":[\"element\"],\"fields\":[{\"field-id\":6,\"names\":[\"key\"]}]"
         "}]},{\"field-id\":7,\"names\":[\"count\"]}]"},
        {iceberg_schema_partition, "[{\"name\":\"at_day\",\"transform\":\"day\",\"source-id\":1,"
                                   "\"field-id\":1000}]"},
        {iceberg_schema_orders,
         "{\"order-id\":1,\"fields\":[{\"transform\":\"identity\",\"source-id\":1,"
         "\"direction\":\"asc\",\"null-order\":\"nulls-last\"}]},"
         "{\"order-id\":2,\"fields\":[{\"transform\":\"identity\",\"source-id\":7,"
         "\"direction\":\"asc\",\"null-order\":\"nulls-last\"},"
         "{\"transform\":\"identity\",\"source-id\":1,\"direction\":\"asc\","
         "\"null-order\":\"nulls-last\"}]}"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf out = buf_init(1 << 16);
        support_ok(CASES[i].part(&out, &SMALL_TABLE, &err), &err);
        if (!str_equal(buf_str(&out), str_of(CASES[i].text)))
            fail_msg("case %zu: %.*s", i, STR_ARG(buf_str(&out)));
    }
}

static void a_table_without_days_is_neither_partitioned_nor_sorted(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf out = buf_init(1 << 16);
    IcebergTable table = SMALL_TABLE;
    table.day_of = -1;
    support_ok(iceberg_schema_partition(&out, &table, &err), &err);
    support_ok(iceberg_schema_orders(&out, &table, &err), &err);
    assert_true(str_equal(buf_str(&out), STR("[]{\"order-id\":0,\"fields\":[]}")));
}

static void the_last_id_is_the_greatest(void **state)
{
    (void)state;
    assert_int_equal(iceberg_schema_last_id(&SMALL_TABLE), 7);
    assert_int_equal(iceberg_schema_last_id(&TINY_TABLE), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_part_has_icebergs_form),
        cmocka_unit_test(a_table_without_days_is_neither_partitioned_nor_sorted),
        cmocka_unit_test(the_last_id_is_the_greatest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
