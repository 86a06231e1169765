/* function_array_table.h - arrays; rows of FUNCTIONS, see function.h. */
/* clang-format off */
FUNCTION("cardinality", "(array(T)) -> bigint", SCALAR, "len($1)",
    "how many elements the array has", "cardinality(ARRAY[1, NULL])", "2")
FUNCTION("contains", "(array(T), T) -> boolean", SCALAR, "athena_contains($1, $2)",
    "whether the array has the element; NULL when it has none but a NULL", "contains(ARRAY[1, NULL], 2)", "")
FUNCTION("element_at", "(array(T), bigint) -> T", SCALAR, "athena_element($1, $2)",
    "the element at a place from 1, from the end when negative; NULL outside", "element_at(ARRAY['a', 'b'], -1)", "b")
FUNCTION("array_join", "(array(T), varchar) -> varchar", SCALAR, "array_to_string(list_transform($1, lambda x: CAST(x AS VARCHAR)), $2)",
    "the elements as one text, parted by the second argument, NULLs left out", "array_join(ARRAY[1, NULL, 3], ',')", "1,3")
FUNCTION("array_join", "(array(T), varchar, varchar) -> varchar", SCALAR, "array_to_string(list_transform($1, lambda x: coalesce(CAST(x AS VARCHAR), $3)), $2)",
    "the same with a text for NULLs", "array_join(ARRAY[1, NULL, 3], ',', '?')", "1,?,3")
FUNCTION("array_distinct", "(array(T)) -> array(T)", SCALAR, "athena_distinct($1)",
    "each element once, in the order of their first places", "array_distinct(ARRAY[2, 1, 2, NULL, NULL])", "[2,1,null]")
FUNCTION("array_sort", "(array(T)) -> array(T)", SCALAR, "list_sort($1, 'ASC', 'NULLS LAST')",
    "the elements in ascending order, NULLs last", "array_sort(ARRAY[3, NULL, 1])", "[1,3,null]")
FUNCTION("array_union", "(array(T), array(T)) -> array(T)", SCALAR, "athena_distinct(list_concat($1, $2))",
    "the elements of both, each once", "array_union(ARRAY[1, 2], ARRAY[2, 3])", "[1,2,3]")
FUNCTION("array_intersect", "(array(T), array(T)) -> array(T)", SCALAR, "athena_distinct(list_filter($1, lambda x: athena_holds($2, x)))",
    "the elements that both have, each once", "array_intersect(ARRAY[1, 2, 2], ARRAY[2, 3])", "[2]")
FUNCTION("array_except", "(array(T), array(T)) -> array(T)", SCALAR, "athena_distinct(list_filter($1, lambda x: NOT athena_holds($2, x)))",
    "the elements of the first that the second lacks, each once", "array_except(ARRAY[1, 2, 1], ARRAY[2])", "[1]")
FUNCTION("array_max", "(array(T)) -> T", SCALAR, "CASE WHEN len($1) = len(list_filter($1, lambda x: x IS NOT NULL)) THEN list_max($1) END",
    "the greatest element; NULL when one is NULL", "array_max(ARRAY[1, 3, 2])", "3")
FUNCTION("array_min", "(array(T)) -> T", SCALAR, "CASE WHEN len($1) = len(list_filter($1, lambda x: x IS NOT NULL)) THEN list_min($1) END",
    "the smallest element; NULL when one is NULL", "array_min(ARRAY[2, NULL])", "")
FUNCTION("array_position", "(array(T), T) -> bigint", SCALAR, "coalesce(list_position($1, $2), 0)",
    "the place of the first such element, 0 when there is none", "array_position(ARRAY['a', 'b'], 'c')", "0")
FUNCTION("array_remove", "(array(T), T) -> array(T)", SCALAR, "list_filter($1, lambda x: x IS DISTINCT FROM $2)",
    "without the elements that equal the second argument", "array_remove(ARRAY[1, 2, 1], 1)", "[2]")
FUNCTION("arrays_overlap", "(array(T), array(T)) -> boolean", SCALAR, "list_has_any($1, $2)",
    "whether both have an element in common", "arrays_overlap(ARRAY[1, 2], ARRAY[2])", "true")
FUNCTION("reverse", "(array(T)) -> array(T)", SCALAR, "list_reverse($1)",
    "the elements from the last to the first", "reverse(ARRAY[1, 2])", "[2,1]")
FUNCTION("concat", "(array(T), array(T)) -> array(T)", SCALAR, "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN list_concat($1, $2) END",
    "the elements of both, one array behind the other", "concat(ARRAY[1], ARRAY[2])", "[1,2]")
FUNCTION("flatten", "(array(array(T))) -> array(T)", SCALAR, "flatten($1)",
    "the elements of the arrays in an array", "flatten(ARRAY[ARRAY[1], ARRAY[2, 3]])", "[1,2,3]")
FUNCTION("slice", "(array(T), bigint, bigint) -> array(T)", SCALAR, "athena_slice($1, $2, $3)",
    "as many elements as the third argument says, from a place on; from the end when negative", "slice(ARRAY[1, 2, 3, 4], -3, 2)", "[2,3]")
FUNCTION("trim_array", "(array(T), bigint) -> array(T)", SCALAR, "list_slice($1, 1, len($1) - $2)",
    "without that many elements at the end", "trim_array(ARRAY[1, 2, 3], 1)", "[1,2]")
FUNCTION("repeat", "(T, bigint) -> array(T)", SCALAR, "list_transform(range(0, athena_bounded($2)), lambda i: $1)",
    "an array of that many equal elements", "repeat('a', 2)", "[\"a\",\"a\"]")
FUNCTION("sequence", "(bigint, bigint) -> array(bigint)", SCALAR, "athena_sequence($1, $2, CASE WHEN $1 <= $2 THEN 1 ELSE -1 END)",
    "the integers from the first argument to the second", "sequence(1, 3)", "[1,2,3]")
FUNCTION("sequence", "(bigint, bigint, bigint) -> array(bigint)", SCALAR, "athena_sequence($1, $2, $3)",
    "the integers from the first argument to the second, by steps", "sequence(5, 1, -2)", "[5,3,1]")
FUNCTION("sequence", "(date, date) -> array(date)", SCALAR, "list_transform(athena_sequence(0, $2 - $1, CASE WHEN $1 <= $2 THEN 1 ELSE -1 END), lambda i: $1 + CAST(i AS INTEGER))",
    "the days from the first argument to the second", "sequence(DATE '2024-02-28', DATE '2024-03-01')", "[\"2024-02-28\",\"2024-02-29\",\"2024-03-01\"]")
FUNCTION("sequence", "(timestamp, timestamp, interval day to second) -> array(timestamp)", SCALAR, "generate_series($1, $2, $3)",
    "the moments from the first argument to the second, by steps", "cardinality(sequence(TIMESTAMP '2024-01-01 00:00:00', TIMESTAMP '2024-01-02 00:00:00', INTERVAL '6' HOUR))", "5")
FUNCTION("sequence", "(date, date, interval day to second) -> array(date)", SCALAR, "list_transform(generate_series(CAST($1 AS TIMESTAMP), CAST($2 AS TIMESTAMP), $3), lambda d: CAST(d AS DATE))",
    "the days from the first argument to the second, by steps", "sequence(DATE '2024-01-01', DATE '2024-01-15', INTERVAL '7' DAY)", "[\"2024-01-01\",\"2024-01-08\",\"2024-01-15\"]")
FUNCTION("sequence", "(date, date, interval year to month) -> array(date)", SCALAR, "list_transform(generate_series(CAST($1 AS TIMESTAMP), CAST($2 AS TIMESTAMP), $3), lambda d: CAST(d AS DATE))",
    "the days from the first argument to the second, by steps", "sequence(DATE '2024-01-01', DATE '2024-03-01', INTERVAL '1' MONTH)", "[\"2024-01-01\",\"2024-02-01\",\"2024-03-01\"]")
FUNCTION("shuffle", "(array(T)) -> array(T)", SCALAR, "list_transform(list_sort(list_transform($1, lambda x: {'k': random(), 'v': x})), lambda e: e.v)",
    "the elements in a random order", "array_sort(shuffle(ARRAY[2, 1]))", "[1,2]")
FUNCTION("transform", "(array(T), function(T, U)) -> array(U)", SCALAR, "list_transform($1, $2)",
    "what the lambda makes of each element", "transform(ARRAY[1, 2], x -> x * 10)", "[10,20]")
FUNCTION("filter", "(array(T), function(T, boolean)) -> array(T)", SCALAR, "list_filter($1, $2)",
    "the elements for which the lambda is true", "filter(ARRAY[1, 2, NULL], x -> x > 1)", "[2]")
FUNCTION("reduce", "(array(T), S, function(S, T, S), function(S, R)) -> R", SCALAR, "list_transform([list_reduce($1, $3, $2)], $4)[1]",
    "the elements taken together from the left, beginning with the second argument", "reduce(ARRAY[1, 2, 3], 10, (s, x) -> s + x, s -> s * 2)", "32")
FUNCTION("any_match", "(array(T), function(T, boolean)) -> boolean", SCALAR, "athena_any(list_transform($1, $2))",
    "whether the lambda is true for an element; NULL when it is for none but NULL for one", "any_match(ARRAY[1, 2], x -> x > 1)", "true")
FUNCTION("all_match", "(array(T), function(T, boolean)) -> boolean", SCALAR, "athena_all(list_transform($1, $2))",
    "whether the lambda is true for all elements; NULL when it is false for none but NULL for one", "all_match(ARRAY[1, NULL], x -> x > 0)", "")
FUNCTION("none_match", "(array(T), function(T, boolean)) -> boolean", SCALAR, "NOT athena_any(list_transform($1, $2))",
    "whether the lambda is true for no element", "none_match(ARRAY[1, 2], x -> x > 2)", "true")
FUNCTION("zip", "(array(T), array(U)) -> array(row(field0 T, field1 U))", SCALAR, "list_transform(range(1, 1 + greatest(len($1), len($2))), lambda i: {'field0': ($1)[i], 'field1': ($2)[i]})",
    "rows of the elements at the same places, the shorter array padded with NULL", "cardinality(zip(ARRAY[1, 2], ARRAY['a']))", "2")
FUNCTION("zip_with", "(array(T), array(U), function(T, U, R)) -> array(R)", SCALAR, "@zip_with",
    "what the lambda makes of the elements at the same places", "zip_with(ARRAY[1, 2], ARRAY[10, 20], (x, y) -> x + y)", "[11,22]")
FUNCTION("array_frequency", "(array(T)) -> map(T, integer)", SCALAR, "map_from_entries(list_transform(athena_distinct(list_filter($1, lambda x: x IS NOT NULL)), lambda d: {'k': d, 'v': CAST(len(list_filter($1, lambda y: y = d)) AS INTEGER)}))",
    "how often the array has each element", "element_at(array_frequency(ARRAY['a', 'b', 'a']), 'a')", "2")
FUNCTION("ngrams", "(array(T), bigint) -> array(array(T))", SCALAR, "list_transform(range(1, 2 + greatest(0, len($1) - $2)), lambda i: list_slice($1, i, i + $2 - 1))",
    "each run of that many neighbouring elements", "ngrams(ARRAY['a', 'b', 'c'], 2)", "[[\"a\",\"b\"],[\"b\",\"c\"]]")
FUNCTION("array_first", "(array(T)) -> T", SCALAR, "($1)[1]",
    "the first element, NULL when there is none", "array_first(ARRAY['a', 'b'])", "a")
FUNCTION("array_last", "(array(T)) -> T", SCALAR, "($1)[-1]",
    "the last element, NULL when there is none", "array_last(ARRAY['a', 'b'])", "b")
/* clang-format on */
