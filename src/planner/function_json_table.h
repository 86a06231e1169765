/* function_json_table.h - functions over JSON; rows of FUNCTIONS, see function.h. */
/* clang-format off */
FUNCTION("json_extract", "(varchar, varchar) -> json", SCALAR, "athena_json_extract($1, $j2)",
    "the JSON value at a path; NULL for what is no JSON and for a path that leads nowhere",
    "json_extract('{\"a\": {\"b\": [1, 2]}}', '$.a.b')", "[1,2]")
FUNCTION("json_extract", "(json, varchar) -> json", SCALAR, "athena_json_extract($1, $j2)",
    "the JSON value at a path", "json_extract(JSON '{\"a\": null}', '$.a')", "null")
FUNCTION("json_extract_scalar", "(varchar, varchar) -> varchar", SCALAR,
    "athena_json_scalar($1, $j2)",
    "the text, number or boolean at a path, as text; NULL for objects, arrays and null",
    "json_extract_scalar('{\"a\":[{\"b c\":1.50}]}', '$.a[0][\"b c\"]')", "1.50")
FUNCTION("json_extract_scalar", "(json, varchar) -> varchar", SCALAR, "athena_json_scalar($1, $j2)",
    "the text, number or boolean at a path, as text",
    "json_extract_scalar(JSON '{\"a\":\"\\u00e9\"}', '$.a')", "é")
FUNCTION("element_at", "(varchar, varchar) -> varchar", SCALAR,
    "COALESCE(athena_json_scalar($1, '$$[\"' || $2 || '\"]'), NULLIF(CAST(athena_json_extract($1, '$$[\"' || $2 || '\"]') AS VARCHAR), 'null'))",
    "a member of a JSON object, as text; so queries of CloudTrail Lake work, where requests and responses are maps",
    "element_at('{\"a b\": {\"c\": [1]}}', 'a b')", "{\"c\":[1]}")
FUNCTION("json_parse", "(varchar) -> json", SCALAR, "athena_json_parse($1)",
    "a text as JSON, members in the order of their names; fails for what is none",
    "json_parse('{\"b\": 1, \"a\": [true, null]}')", "{\"a\":[true,null],\"b\":1}")
FUNCTION("json_format", "(json) -> varchar", SCALAR, "CAST($1 AS VARCHAR)",
    "JSON as a text", "json_format(JSON '[1, 2]')", "[1,2]")
FUNCTION("json_size", "(varchar, varchar) -> bigint", SCALAR, "athena_json_size($1, $j2)",
    "how many members or elements the value at a path has, 0 for a scalar",
    "json_size('{\"x\": {\"a\": 1, \"b\": 2}}', '$.x')", "2")
FUNCTION("json_size", "(json, varchar) -> bigint", SCALAR, "athena_json_size($1, $j2)",
    "how many members or elements the value at a path has, 0 for a scalar",
    "json_size(JSON '{\"x\": 5}', '$.x')", "0")
FUNCTION("json_array_length", "(varchar) -> bigint", SCALAR, "athena_json_length($1)",
    "how many elements an array has; NULL for what is none",
    "json_array_length('[1, 2, [3, 4]]')", "3")
FUNCTION("json_array_length", "(json) -> bigint", SCALAR, "athena_json_length($1)",
    "how many elements an array has; NULL for what is none", "json_array_length(JSON '{}')", "")
FUNCTION("json_array_get", "(varchar, bigint) -> json", SCALAR, "athena_json_get($1, $2)",
    "an element of an array, counted from 0, or from -1 for the last; NULL outside",
    "json_array_get('[\"a\", [3, 9], \"c\"]', 1)", "[3,9]")
FUNCTION("json_array_get", "(json, bigint) -> json", SCALAR, "athena_json_get($1, $2)",
    "an element of an array, counted from 0, or from -1 for the last; NULL outside",
    "json_array_get(JSON '[1, 2, 3]', -1)", "3")
FUNCTION("json_array_contains", "(varchar, boolean) -> boolean", SCALAR,
    "athena_json_contains($1, 'boolean', CAST($2 AS VARCHAR))",
    "whether an array has that element", "json_array_contains('[true, 1]', false)", "false")
FUNCTION("json_array_contains", "(varchar, bigint) -> boolean", SCALAR,
    "athena_json_contains($1, 'integer', CAST($2 AS VARCHAR))",
    "whether an array has that element", "json_array_contains('[1, 2]', 2)", "true")
FUNCTION("json_array_contains", "(varchar, double) -> boolean", SCALAR,
    "athena_json_contains($1, 'double', CAST(CAST($2 AS DOUBLE) AS VARCHAR))",
    "whether an array has that element", "json_array_contains('[1, 2.50]', 2.5)", "true")
FUNCTION("json_array_contains", "(varchar, varchar) -> boolean", SCALAR,
    "athena_json_contains($1, 'text', $2)",
    "whether an array has that element", "json_array_contains('[\"a\", 1]', '1')", "false")
FUNCTION("json_array_contains", "(json, boolean) -> boolean", SCALAR,
    "athena_json_contains($1, 'boolean', CAST($2 AS VARCHAR))",
    "whether an array has that element", "json_array_contains(JSON '[true]', true)", "true")
FUNCTION("json_array_contains", "(json, bigint) -> boolean", SCALAR,
    "athena_json_contains($1, 'integer', CAST($2 AS VARCHAR))",
    "whether an array has that element", "json_array_contains(JSON '[[2], 1]', 2)", "false")
FUNCTION("json_array_contains", "(json, double) -> boolean", SCALAR,
    "athena_json_contains($1, 'double', CAST(CAST($2 AS DOUBLE) AS VARCHAR))",
    "whether an array has that element", "json_array_contains(JSON '[2]', 2e0)", "false")
FUNCTION("json_array_contains", "(json, varchar) -> boolean", SCALAR,
    "athena_json_contains($1, 'text', $2)",
    "whether an array has that element; NULL for what is none",
    "json_array_contains(JSON '\"a\"', 'a')", "")
FUNCTION("is_json_scalar", "(varchar) -> boolean", SCALAR, "athena_json_is_scalar($1)",
    "whether it is neither an array nor an object; fails for what is no JSON",
    "is_json_scalar('[1, 2]')", "false")
FUNCTION("is_json_scalar", "(json) -> boolean", SCALAR, "athena_json_is_scalar($1)",
    "whether it is neither an array nor an object", "is_json_scalar(JSON 'null')", "true")
FUNCTION("json_values", "(varchar, varchar) -> array(varchar)", SCALAR,
    "string_split(athena_json_values($1, $2), chr(30))",
    "the values at a path of names and below it, through arrays, as texts; all for an empty path, NULL for none",
    "json_values('{\"a\": [{\"b\": 1}, {\"b\": {\"c\": \"x\"}}, {\"b\": null}]}', 'a.b')", "[\"1\",\"x\"]")
FUNCTION("json_objects", "(varchar, varchar) -> array(varchar)", SCALAR,
    "string_split(athena_json_objects($1, $2), chr(30))",
    "the objects at a path of names, through arrays, as texts; NULL for none",
    "json_objects('{\"a\": [{\"b\":1}, 2, {\"b\":3}]}', 'a')", "[\"{\\\"b\\\":1}\",\"{\\\"b\\\":3}\"]")
FUNCTION("json_holds_words", "(varchar, varchar) -> boolean", SCALAR, "athena_json_holds($1, $2)",
    "whether the words stand in a value of the document, as holds_words looks for them",
    "json_holds_words('{\"name\": \"an apple\"}', 'Apple')", "true")
FUNCTION("json_without", "(varchar, varchar) -> varchar", SCALAR, "athena_json_without($1, $2)",
    "an object without the members of that name; NULL when nothing is left",
    "json_without('{\"a\": 1, \"b\": 2}', 'a')", "{\"b\":2}")
/* clang-format on */
