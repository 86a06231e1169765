/* function_aggregate.h - aggregates; rows of FUNCTIONS, see function.h. */
/* clang-format off */
FUNCTION("count", "() -> bigint", AGGREGATE, "count(*)$w",
    "how many rows there are", "SELECT count(*) FROM (VALUES 1, NULL) t(a)", "2")
FUNCTION("count", "(T) -> bigint", AGGREGATE, "count($d$1)$w",
    "how many values are not NULL", "SELECT count(a) FROM (VALUES 1, NULL) t(a)", "1")
FUNCTION("count_if", "(boolean) -> bigint", AGGREGATE, "count_if($d$1)$w",
    "how many values are true", "SELECT count_if(a > 1) FROM (VALUES 1, 2, 3) t(a)", "2")
/* clang-format on */
