/* function_aggregate_table.h - aggregates; rows of FUNCTIONS, see function.h. */
/* clang-format off */
FUNCTION("count", "() -> bigint", AGGREGATE, "count(*)$w",
    "how many rows there are", "SELECT count(*) FROM (VALUES 1, NULL) t(a)", "2")
FUNCTION("count", "(T) -> bigint", AGGREGATE, "count($d$1)$w",
    "how many values are not NULL", "SELECT count(a) FROM (VALUES 1, NULL) t(a)", "1")
FUNCTION("count_if", "(boolean) -> bigint", AGGREGATE, "count($dCASE WHEN $1 THEN 1 END)$w",
    "how many values are true", "SELECT count_if(a > 1) + count_if(a > NULL) FROM (VALUES 1, 2, 3) t(a)", "2")
FUNCTION("sum", "(bigint) -> bigint", AGGREGATE, "CAST(sum($d$1)$w AS BIGINT)",
    "the sum of integers; it fails when it is no bigint", "SELECT sum(a) FROM (VALUES 1, 2, NULL) t(a)", "3")
FUNCTION("sum", "(decimal(38,0)) -> decimal(38,0)", AGGREGATE, "sum($d$1)$w",
    "the sum of decimals", "SELECT sum(a) FROM (VALUES 1.5, 2.0) t(a)", "3.5")
FUNCTION("sum", "(double) -> double", AGGREGATE, "sum($d$1)$w",
    "the sum of floating-point numbers", "SELECT sum(a) FROM (VALUES 1.5e0, 2e0) t(a)", "3.5")
FUNCTION("avg", "(double) -> double", AGGREGATE, "avg($d$1)$w",
    "the average", "SELECT avg(a) FROM (VALUES 1, 2) t(a)", "1.5")
FUNCTION("min", "(T) -> T", AGGREGATE, "min($d$1)$w",
    "the smallest value", "SELECT min(a) FROM (VALUES 2, 1) t(a)", "1")
FUNCTION("min", "(T, bigint) -> array(T)", AGGREGATE, "min($1, $2)$w",
    "that many of the smallest values", "SELECT min(a, 2) FROM (VALUES 3, 1, 2) t(a)", "[1,2]")
FUNCTION("max", "(T) -> T", AGGREGATE, "max($d$1)$w",
    "the greatest value", "SELECT max(a) FROM (VALUES 2, 1) t(a)", "2")
FUNCTION("max", "(T, bigint) -> array(T)", AGGREGATE, "max($1, $2)$w",
    "that many of the greatest values", "SELECT max(a, 2) FROM (VALUES 3, 1, 2) t(a)", "[3,2]")
FUNCTION("min_by", "(T, U) -> T", AGGREGATE, "arg_min_null($d$1, $m2)$w",
    "the first argument where the second is smallest", "SELECT min_by(a, b) FROM (VALUES ('x', 2), (NULL, 1)) t(a, b)", "")
FUNCTION("min_by", "(T, U, bigint) -> array(T)", AGGREGATE, "arg_min($1, $2, $3)$w",
    "the first argument where the second is among the smallest", "SELECT min_by(a, b, 2) FROM (VALUES ('x', 3), ('y', 1), ('z', 2)) t(a, b)", "[\"y\",\"z\"]")
FUNCTION("max_by", "(T, U) -> T", AGGREGATE, "arg_max_null($d$1, $m2)$w",
    "the first argument where the second is greatest", "SELECT max_by(a, b) FROM (VALUES ('x', 2), ('y', 3)) t(a, b)", "y")
FUNCTION("max_by", "(T, U, bigint) -> array(T)", AGGREGATE, "arg_max($1, $2, $3)$w",
    "the first argument where the second is among the greatest", "SELECT max_by(a, b, 1) FROM (VALUES ('x', 2), ('y', 3)) t(a, b)", "[\"y\"]")
FUNCTION("arbitrary", "(T) -> T", AGGREGATE, "any_value($d$1)$w",
    "any value that is not NULL", "SELECT arbitrary(a) FROM (VALUES NULL, 1) t(a)", "1")
FUNCTION("any_value", "(T) -> T", AGGREGATE, "any_value($d$1)$w",
    "any value that is not NULL", "SELECT any_value(a) FROM (VALUES 1, 1) t(a)", "1")
FUNCTION("array_agg", "(T) -> array(T)", AGGREGATE, "list($d$1$o)$w",
    "all values as an array, NULLs too", "SELECT array_agg(a ORDER BY a DESC) FROM (VALUES 1, 2) t(a)", "[2,1]")
FUNCTION("set_agg", "(T) -> array(T)", AGGREGATE, "list(DISTINCT $1)$w",
    "each value once, as an array", "SELECT cardinality(set_agg(a)) FROM (VALUES 1, 1, 2) t(a)", "2")
FUNCTION("bool_and", "(boolean) -> boolean", AGGREGATE, "bool_and($d$1)$w",
    "whether all values are true", "SELECT bool_and(a > 1) FROM (VALUES 1, 2) t(a)", "false")
FUNCTION("every", "(boolean) -> boolean", AGGREGATE, "bool_and($d$1)$w",
    "whether all values are true", "SELECT every(a > 0) FROM (VALUES 1, 2) t(a)", "true")
FUNCTION("bool_or", "(boolean) -> boolean", AGGREGATE, "bool_or($d$1)$w",
    "whether a value is true", "SELECT bool_or(a > 1) FROM (VALUES 1, 2) t(a)", "true")
FUNCTION("listagg", "(varchar) -> varchar", AGGREGATE, "string_agg($d$1, ''$o)$w",
    "all texts as one", "SELECT listagg(a) WITHIN GROUP (ORDER BY a) FROM (VALUES 'b', 'a') t(a)", "ab")
FUNCTION("listagg", "(varchar, varchar) -> varchar", AGGREGATE, "string_agg($d$1, $2$o)$w",
    "all texts as one, parted by the second argument", "SELECT listagg(a, ',') WITHIN GROUP (ORDER BY a) FROM (VALUES 'b', 'a') t(a)", "a,b")
FUNCTION("approx_distinct", "(T) -> bigint", AGGREGATE, "approx_count_distinct($1)$w",
    "about how many values differ", "SELECT approx_distinct(a) FROM (VALUES 1, 1, 2) t(a)", "2")
FUNCTION("approx_distinct", "(T, double) -> bigint", AGGREGATE, "approx_count_distinct($1)$w",
    "the same; the wanted error is not looked at, it is about 2 %", "SELECT approx_distinct(a, 0.05) FROM (VALUES 1, 1, 2) t(a)", "2")
FUNCTION("approx_percentile", "(bigint, double) -> bigint", AGGREGATE, "approx_quantile($1, $2)$w",
    "about the value below which that share of all integers lies", "SELECT approx_percentile(a, 0.5) FROM (VALUES 1, 2, 3) t(a)", "2")
FUNCTION("approx_percentile", "(double, double) -> double", AGGREGATE, "approx_quantile($1, $2)$w",
    "the same of floating-point numbers", "SELECT approx_percentile(a, 0.5) FROM (VALUES 1e0, 2e0, 3e0) t(a)", "2.0")
FUNCTION("approx_percentile", "(double, array(double)) -> array(double)", AGGREGATE, "approx_quantile($1, $2)$w",
    "the same for several shares, which must be constant", "SELECT cardinality(approx_percentile(a, ARRAY[0.5, 0.9])) FROM (VALUES 1e0, 2e0) t(a)", "2")
FUNCTION("histogram", "(T) -> map(T, bigint)", AGGREGATE, "histogram($1)$w",
    "how often there is each value", "SELECT histogram(a)['x'] FROM (VALUES 'x', 'y', 'x') t(a)", "2")
FUNCTION("map_agg", "(K, V) -> map(K, V)", AGGREGATE, "athena_map_agg(list({'k': $1, 'v': $2})$w)",
    "a map of keys and values; of equal keys the first one's", "SELECT map_agg(a, b)['x'] FROM (VALUES ('x', 1), ('y', 2)) t(a, b)", "1")
FUNCTION("map_union", "(map(K, V)) -> map(K, V)", AGGREGATE, "athena_map_agg(list_transform(flatten(list(map_entries($1))$w), lambda e: {'k': e.key, 'v': e.value}))",
    "the entries of all maps; of equal keys the first one's", "SELECT map_union(a)['y'] FROM (VALUES map(ARRAY['x'], ARRAY[1]), NULL, map(ARRAY['y'], ARRAY[2])) t(a)", "2")
FUNCTION("multimap_agg", "(K, V) -> map(K, array(V))", AGGREGATE, "athena_multimap_agg(list({'k': $1, 'v': $2})$w)",
    "a map of keys and of all their values", "SELECT multimap_agg(a, b)['x'] FROM (VALUES ('x', 1), ('x', 2)) t(a, b)", "[1,2]")
FUNCTION("corr", "(double, double) -> double", AGGREGATE, "corr($1, $2)$w",
    "the coefficient of correlation", "SELECT corr(a, b) > 0.99 FROM (VALUES (1, 2), (2, 4)) t(a, b)", "true")
FUNCTION("covar_pop", "(double, double) -> double", AGGREGATE, "covar_pop($1, $2)$w",
    "the covariance of the population", "SELECT covar_pop(a, b) FROM (VALUES (1, 2), (2, 4)) t(a, b)", "0.5")
FUNCTION("covar_samp", "(double, double) -> double", AGGREGATE, "covar_samp($1, $2)$w",
    "the covariance of a sample", "SELECT covar_samp(a, b) FROM (VALUES (1, 2), (2, 4)) t(a, b)", "1.0")
FUNCTION("regr_slope", "(double, double) -> double", AGGREGATE, "regr_slope($1, $2)$w",
    "the slope of the linear regression of the first argument on the second", "SELECT regr_slope(b, a) FROM (VALUES (1, 2), (2, 4)) t(a, b)", "2.0")
FUNCTION("regr_intercept", "(double, double) -> double", AGGREGATE, "regr_intercept($1, $2)$w",
    "the intercept of that regression", "SELECT regr_intercept(b, a) FROM (VALUES (1, 3), (2, 5)) t(a, b)", "1.0")
FUNCTION("stddev", "(double) -> double", AGGREGATE, "stddev_samp($d$1)$w",
    "the standard deviation of a sample", "SELECT stddev(a) FROM (VALUES 1, 3) t(a)", "1.4142135623730951")
FUNCTION("stddev_samp", "(double) -> double", AGGREGATE, "stddev_samp($d$1)$w",
    "the standard deviation of a sample", "SELECT stddev_samp(a) FROM (VALUES 1, 1) t(a)", "0.0")
FUNCTION("stddev_pop", "(double) -> double", AGGREGATE, "stddev_pop($d$1)$w",
    "the standard deviation of the population", "SELECT stddev_pop(a) FROM (VALUES 1, 3) t(a)", "1.0")
FUNCTION("variance", "(double) -> double", AGGREGATE, "var_samp($d$1)$w",
    "the variance of a sample", "SELECT variance(a) FROM (VALUES 1, 3) t(a)", "2.0")
FUNCTION("var_samp", "(double) -> double", AGGREGATE, "var_samp($d$1)$w",
    "the variance of a sample", "SELECT var_samp(a) FROM (VALUES 1, 3) t(a)", "2.0")
FUNCTION("var_pop", "(double) -> double", AGGREGATE, "var_pop($d$1)$w",
    "the variance of the population", "SELECT var_pop(a) FROM (VALUES 1, 3) t(a)", "1.0")
FUNCTION("skewness", "(double) -> double", AGGREGATE, "skewness($d$1)$w",
    "the skewness", "SELECT skewness(a) FROM (VALUES 1, 2, 3) t(a)", "0.0")
FUNCTION("kurtosis", "(double) -> double", AGGREGATE, "kurtosis($d$1)$w",
    "the excess kurtosis", "SELECT kurtosis(a) < -1.1 FROM (VALUES 1, 2, 3, 4) t(a)", "true")
FUNCTION("geometric_mean", "(double) -> double", AGGREGATE, "geomean($1)$w",
    "the geometric mean", "SELECT geometric_mean(a) FROM (VALUES 1, 4) t(a)", "2.0")
FUNCTION("entropy", "(bigint) -> double", AGGREGATE,
    "(log2(CAST(sum($1)$w AS DOUBLE)) - sum(CASE WHEN $1 > 0 THEN $1 * log2($1) ELSE 0e0 END)$w / sum($1)$w)",
    "the entropy of counts, in bits", "SELECT entropy(a) FROM (VALUES 1, 1, 2) t(a)", "1.5")
FUNCTION("bitwise_and_agg", "(bigint) -> bigint", AGGREGATE, "bit_and($1)$w",
    "the bits that all integers have", "SELECT bitwise_and_agg(a) FROM (VALUES 3, 6) t(a)", "2")
FUNCTION("bitwise_or_agg", "(bigint) -> bigint", AGGREGATE, "bit_or($1)$w",
    "the bits that any integer has", "SELECT bitwise_or_agg(a) FROM (VALUES 1, 6) t(a)", "7")
FUNCTION("bitwise_xor_agg", "(bigint) -> bigint", AGGREGATE, "bit_xor($1)$w",
    "the bits that an odd number of integers have", "SELECT bitwise_xor_agg(a) FROM (VALUES 3, 6) t(a)", "5")
FUNCTION("checksum", "(T) -> varchar", AGGREGATE, "printf('%016x', CAST(sum(hash($1))$w % 18446744073709551616::HUGEINT AS UBIGINT))",
    "a text that is the same for the same values in any order; not the one that Athena gives", "SELECT count(DISTINCT c) FROM (SELECT checksum(a) AS c FROM (VALUES 1, 2) t(a) UNION ALL SELECT checksum(a) FROM (VALUES 2, 1) t(a)) u", "1")
/* clang-format on */
