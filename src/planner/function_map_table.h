/* function_map_table.h - maps; rows of FUNCTIONS, see function.h. */
/* clang-format off */
FUNCTION("map", "() -> map(unknown, unknown)", SCALAR, "MAP {}",
    "a map without entries", "cardinality(map())", "0")
FUNCTION("map", "(array(K), array(V)) -> map(K, V)", SCALAR, "map($1, $2)",
    "a map of keys and of their values, at the same places", "map(ARRAY['a', 'b'], ARRAY[1, 2])['b']", "2")
FUNCTION("map_from_entries", "(array(row(k K, v V))) -> map(K, V)", SCALAR, "map_from_entries($1)",
    "a map of rows of a key and its value", "map_from_entries(ARRAY[ROW('a', 1)])['a']", "1")
FUNCTION("map_entries", "(map(K, V)) -> array(row(key K, value V))", SCALAR, "map_entries($1)",
    "a row of key and value for each entry", "map_entries(map(ARRAY['a'], ARRAY[1]))[1].value", "1")
FUNCTION("map_keys", "(map(K, V)) -> array(K)", SCALAR, "map_keys($1)",
    "the keys", "map_keys(map(ARRAY['a', 'b'], ARRAY[1, 2]))", "[\"a\",\"b\"]")
FUNCTION("map_values", "(map(K, V)) -> array(V)", SCALAR, "map_values($1)",
    "the values", "map_values(map(ARRAY['a', 'b'], ARRAY[1, 2]))", "[1,2]")
FUNCTION("map_concat", "(map(K, V), map(K, V)...) -> map(K, V)", SCALAR, "map_concat($*)",
    "the entries of all; of equal keys the last one's", "map_concat(map(ARRAY['a'], ARRAY[1]), map(ARRAY['a'], ARRAY[2]))['a']", "2")
FUNCTION("map_filter", "(map(K, V), function(K, V, boolean)) -> map(K, V)", SCALAR, "@map_filter",
    "the entries for which the lambda is true", "map_keys(map_filter(map(ARRAY['a', 'b'], ARRAY[1, 2]), (k, v) -> v > 1))", "[\"b\"]")
FUNCTION("transform_values", "(map(K, V), function(K, V, R)) -> map(K, R)", SCALAR, "@transform_values",
    "the same keys with what the lambda makes of their entries", "transform_values(map(ARRAY['a'], ARRAY[1]), (k, v) -> v * 2)['a']", "2")
FUNCTION("transform_keys", "(map(K, V), function(K, V, R)) -> map(R, V)", SCALAR, "@transform_keys",
    "the same values under what the lambda makes of their entries", "transform_keys(map(ARRAY['a'], ARRAY[1]), (k, v) -> k || 'x')['ax']", "1")
FUNCTION("element_at", "(map(K, V), K) -> V", SCALAR, "($1)[$2]",
    "the value of a key, NULL when there is no such key", "element_at(map(ARRAY['a'], ARRAY[1]), 'b')", "")
FUNCTION("cardinality", "(map(K, V)) -> bigint", SCALAR, "CAST(cardinality($1) AS BIGINT)",
    "how many entries the map has", "cardinality(map(ARRAY['a'], ARRAY[1]))", "1")
/* clang-format on */
