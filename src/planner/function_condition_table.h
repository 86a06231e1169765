/* function_condition_table.h - functions that choose among values; see function.h. */
/* clang-format off */
FUNCTION("coalesce", "(T, T...) -> T", SCALAR, "coalesce($*)",
    "the first argument that is not NULL", "coalesce(NULL, 'a', 'b')", "a")
FUNCTION("if", "(boolean, T) -> T", SCALAR, "CASE WHEN $1 THEN $2 END",
    "the second argument when the first is true, else NULL", "if(1 > 2, 'a')", "")
FUNCTION("if", "(boolean, T, T) -> T", SCALAR, "CASE WHEN $1 THEN $2 ELSE $3 END",
    "the second argument when the first is true, else the third", "if(1 < 2, 'a', 'b')", "a")
FUNCTION("nullif", "(T, T) -> T", SCALAR, "nullif($1, $2)",
    "NULL when both are equal, else the first", "nullif(1, 1)", "")
FUNCTION("try", "(T) -> T", SCALAR, "@try",
    "NULL where the argument fails", "try(1 / 0)", "")
FUNCTION("greatest", "(T, T...) -> T", SCALAR, "@greatest",
    "the greatest argument; NULL when one is NULL", "greatest(1, 3, 2)", "3")
FUNCTION("least", "(T, T...) -> T", SCALAR, "@greatest",
    "the smallest argument; NULL when one is NULL", "least(1, NULL)", "")
FUNCTION("typeof", "(T) -> varchar", SCALAR, "@typeof",
    "the name of the argument's type", "typeof(ARRAY[1])", "array(integer)")
/* clang-format on */
