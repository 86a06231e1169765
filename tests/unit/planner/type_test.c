#include "planner/type.h"

#include "support/support.h"

enum { ARENA_BYTES = 1 << 20 };

static Arena *arena;

static int begin(void **state)
{
    Error err = {0};
    (void)state;
    arena = arena_new(ARENA_BYTES, &err);
    support_ok(arena != NULL, &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static const Type *read(const char *text)
{
    Error err = {0};
    const Type *type = type_read(str_of(text), arena, &err);
    support_ok(type != NULL, &err);
    return type;
}

static void assert_written(const Type *type, const char *expected, bool engine)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(4096);
    support_ok(engine ? type_write_engine(type, &text, &err) : type_write(type, &text, &err), &err);
    support_ok(buf_text(&text, &err) != NULL, &err);
    assert_string_equal(text.ptr, expected);
}

static void types_are_read_and_written_again(void **state)
{
    static const struct {
        const char *text, *athena, *engine;
    } CASES[] = {
        {"bigint", "bigint", "BIGINT"},
        {"int", "integer", "INTEGER"},
        {"STRING", "varchar", "VARCHAR"},
        {"varchar(10)", "varchar", "VARCHAR"},
        {"decimal(10,2)", "decimal(10, 2)", "DECIMAL(10, 2)"},
        {"timestamp with time zone", "timestamp with time zone", "TIMESTAMP"},
        {"timestamp", "timestamp", "TIMESTAMP"},
        {"array(varchar)", "array(varchar)", "VARCHAR[]"},
        {"map(varchar, array(bigint))", "map(varchar, array(bigint))", "MAP(VARCHAR, BIGINT[])"},
        {"row(a varchar, b row(c int))", "row(a varchar, b row(c integer))",
         "STRUCT(\"a\" VARCHAR, \"b\" STRUCT(\"c\" INTEGER))"},
        {"interval day to second", "interval day to second", "INTERVAL"},
        {"varbinary", "varbinary", "BLOB"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const Type *type = read(CASES[i].text);
        assert_written(type, CASES[i].athena, false);
        assert_written(type, CASES[i].engine, true);
    }
}

static void what_is_no_type_is_refused(void **state)
{
    static const char *const CASES[] = {"",         "money",   "array",        "array()",
                                        "map(int)", "row()",   "decimal(0)",   "decimal(39)",
                                        "int int",  "array(x", "decimal(2,3)", "bigint)"};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        if (type_read(str_of(CASES[i]), arena, &err))
            fail_msg("'%s' was read", CASES[i]);
        assert_int_equal(err.kind, ERROR_USAGE);
    }
}

static void nesting_has_a_ceiling(void **state)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(1 << 20);
    (void)state;
    for (int i = 0; i < 10000; i++)
        support_ok(buf_append(&text, "array(", 6, &err), &err);
    assert_null(type_read(buf_str(&text), arena, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
}

/* Trino's implicit coercions ("athena", section 3). */
static void two_types_have_one_in_common(void **state)
{
    static const struct {
        const char *a, *b, *common;
    } CASES[] = {
        {"integer", "bigint", "bigint"},
        {"bigint", "double", "double"},
        {"integer", "decimal(4,1)", "decimal(11, 1)"},
        {"decimal(4,1)", "double", "double"},
        {"unknown", "varchar", "varchar"},
        {"date", "timestamp", "timestamp"},
        {"timestamp", "timestamp with time zone", "timestamp with time zone"},
        {"array(integer)", "array(bigint)", "array(bigint)"},
        {"row(a integer)", "row(a double)", "row(a double)"},
        {"varchar", "bigint", NULL},
        {"boolean", "integer", NULL},
        {"array(integer)", "integer", NULL},
        {"date", "varchar", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        const Type *a = read(CASES[i].a), *b = read(CASES[i].b);
        const Type *forth = type_common(a, b, arena, &err), *back = type_common(b, a, arena, &err);
        assert_int_equal(err.kind, ERROR_NONE);
        if (!CASES[i].common) {
            assert_null(forth);
            assert_null(back);
            continue;
        }
        assert_written(forth, CASES[i].common, false);
        assert_written(back, CASES[i].common, false);
    }
}

static void coercion_goes_one_way(void **state)
{
    (void)state;
    assert_true(type_coerces(read("integer"), read("double")));
    assert_false(type_coerces(read("double"), read("integer")));
    assert_true(type_coerces(read("date"), read("timestamp")));
    assert_false(type_coerces(read("timestamp"), read("date")));
    assert_true(type_coerces(read("array(integer)"), read("array(double)")));
    assert_false(type_coerces(read("varchar"), read("json")));
}

static void a_moment_is_a_timestamp_that_knows_its_zone(void **state)
{
    Error err = {0};
    (void)state;
    assert_written(type_moment(), "timestamp", false);
    assert_int_equal(type_moment()->zone.len, 3);
    assert_true(type_equal(type_moment(), type_simple(TYPE_TIMESTAMP)));
    const Type *seoul = type_zoned(arena, STR("Asia/Seoul"), &err);
    assert_false(type_equal(seoul, type_simple(TYPE_TIMESTAMP_TZ)));
    const Type *common = type_common(seoul, type_simple(TYPE_TIMESTAMP_TZ), arena, &err);
    assert_int_equal(common->zone.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_are_read_and_written_again),
        cmocka_unit_test(what_is_no_type_is_refused),
        cmocka_unit_test(nesting_has_a_ceiling),
        cmocka_unit_test(two_types_have_one_in_common),
        cmocka_unit_test(coercion_goes_one_way),
        cmocka_unit_test(a_moment_is_a_timestamp_that_knows_its_zone),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
