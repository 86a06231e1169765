/* function_number_table.h - functions over numbers; rows of FUNCTIONS, see function.h. */
/* clang-format off */
FUNCTION("abs", "(X) -> X", SCALAR, "abs($1)", "the distance from zero", "abs(-2.50)", "2.50")
FUNCTION("ceil", "(Y) -> Y", SCALAR, "$1", "the next whole number that is not below", "ceil(7)",
    "7")
FUNCTION("ceil", "(Z) -> Z", SCALAR, "ceil($1)", "the next whole number that is not below",
    "ceil(-1.5)", "-1")
FUNCTION("ceil", "(double) -> double", SCALAR, "ceil(CAST($1 AS DOUBLE))",
    "the next whole number that is not below", "ceil(1.2e0)", "2.0")
FUNCTION("ceiling", "(Y) -> Y", SCALAR, "$1", "the next whole number that is not below",
    "ceiling(7)", "7")
FUNCTION("ceiling", "(Z) -> Z", SCALAR, "ceil($1)", "the next whole number that is not below",
    "ceiling(-1.5)", "-1")
FUNCTION("ceiling", "(double) -> double", SCALAR, "ceil(CAST($1 AS DOUBLE))",
    "the next whole number that is not below", "ceiling(1.2e0)", "2.0")
FUNCTION("floor", "(Y) -> Y", SCALAR, "$1", "the next whole number that is not above", "floor(7)",
    "7")
FUNCTION("floor", "(Z) -> Z", SCALAR, "floor($1)", "the next whole number that is not above",
    "floor(-1.5)", "-2")
FUNCTION("floor", "(double) -> double", SCALAR, "floor(CAST($1 AS DOUBLE))",
    "the next whole number that is not above", "floor(-1.2e0)", "-2.0")
FUNCTION("round", "(X) -> X", SCALAR, "round($1)",
    "the nearest whole number, halves away from zero", "round(-2.5)", "-3")
FUNCTION("round", "(X, bigint) -> X", SCALAR, "round($1, CAST($2 AS INTEGER))",
    "the nearest number with so many decimal places; negative: tens, hundreds, ...",
    "round(1250, -2)", "1300")
FUNCTION("truncate", "(X) -> X", SCALAR, "trunc($1)", "the number without its decimal places",
    "truncate(-2.7e0)", "-2.0")
FUNCTION("truncate", "(X, bigint) -> X", SCALAR, "trunc($1, CAST($2 AS INTEGER))",
    "the number cut to so many decimal places", "truncate(12.345, 1)", "12.3")
FUNCTION("sign", "(Y) -> Y", SCALAR, "CAST(sign($1) AS $t)", "-1, 0 or 1", "sign(-7)", "-1")
FUNCTION("sign", "(Z) -> decimal(1,0)", SCALAR, "CAST(sign($1) AS DECIMAL(1, 0))", "-1, 0 or 1",
    "sign(2.5)", "1")
FUNCTION("sign", "(double) -> double", SCALAR, "athena_sign($1)", "-1.0, 0.0 or 1.0; NaN for NaN",
    "sign(nan())", "NaN")
FUNCTION("mod", "(Y, Y) -> Y", SCALAR, "athena_mod($1, $2)",
    "what is left of a division, with the sign of the first; fails for a second of 0", "mod(-7, 3)",
    "-1")
FUNCTION("mod", "(double, double) -> double", SCALAR, "athena_rest($1, $2)",
    "what is left of a division; NaN for a second of 0", "mod(5e0, 0e0)", "NaN")
FUNCTION("mod", "(X, X) -> X", SCALAR, "athena_mod($1, $2)",
    "what is left of a division; fails for a second of 0", "mod(5.5, 2)", "1.5")
FUNCTION("power", "(double, double) -> double", SCALAR, "pow($1, $2)",
    "the first to the power of the second", "power(2, 10)", "1024.0")
FUNCTION("pow", "(double, double) -> double", SCALAR, "pow($1, $2)",
    "the first to the power of the second", "pow(2, 10)", "1024.0")
FUNCTION("sqrt", "(double) -> double", SCALAR, "athena_sqrt($1)", "the square root; NaN below 0",
    "sqrt(-1)", "NaN")
FUNCTION("cbrt", "(double) -> double", SCALAR, "athena_cbrt($1)", "the cube root", "cbrt(27)",
    "3.0")
FUNCTION("exp", "(double) -> double", SCALAR, "exp($1)", "e to the power of the argument", "exp(0)",
    "1.0")
FUNCTION("ln", "(double) -> double", SCALAR, "athena_ln($1)",
    "the natural logarithm; -Infinity for 0, NaN below", "ln(0)", "-Infinity")
FUNCTION("log", "(double, double) -> double", SCALAR, "athena_ln($2) / athena_ln($1)",
    "the logarithm of the second to the base of the first", "log(2, 64)", "6.0")
FUNCTION("log2", "(double) -> double", SCALAR, "athena_log2($1)", "the logarithm to the base 2",
    "log2(8)", "3.0")
FUNCTION("log10", "(double) -> double", SCALAR, "athena_log10($1)",
    "the logarithm to the base 10; NaN below 0", "log10(-1)", "NaN")
FUNCTION("pi", "() -> double", SCALAR, "pi()",
    "the ratio of a circle's circumference to its diameter", "pi()", "3.141592653589793")
FUNCTION("e", "() -> double", SCALAR, "exp(1)", "Euler's number", "e()", "2.718281828459045")
FUNCTION("degrees", "(double) -> double", SCALAR, "degrees($1)", "an angle in degrees",
    "degrees(pi())", "180.0")
FUNCTION("radians", "(double) -> double", SCALAR, "radians($1)", "an angle in radians",
    "radians(180)", "3.141592653589793")
FUNCTION("sin", "(double) -> double", SCALAR, "sin($1)", "the sine", "sin(0)", "0.0")
FUNCTION("cos", "(double) -> double", SCALAR, "cos($1)", "the cosine", "cos(0)", "1.0")
FUNCTION("tan", "(double) -> double", SCALAR, "tan($1)", "the tangent", "tan(0)", "0.0")
FUNCTION("atan", "(double) -> double", SCALAR, "atan($1)", "the angle whose tangent it is",
    "atan(0)", "0.0")
FUNCTION("sinh", "(double) -> double", SCALAR, "sinh($1)", "the hyperbolic sine", "sinh(0)", "0.0")
FUNCTION("cosh", "(double) -> double", SCALAR, "cosh($1)", "the hyperbolic cosine", "cosh(0)",
    "1.0")
FUNCTION("tanh", "(double) -> double", SCALAR, "tanh($1)", "the hyperbolic tangent", "tanh(0)",
    "0.0")
FUNCTION("asin", "(double) -> double", SCALAR, "athena_asin($1)",
    "the angle whose sine it is; NaN when none is", "asin(2)", "NaN")
FUNCTION("acos", "(double) -> double", SCALAR, "athena_acos($1)",
    "the angle whose cosine it is; NaN when none is", "acos(1)", "0.0")
FUNCTION("atan2", "(double, double) -> double", SCALAR, "atan2($1, $2)",
    "the angle of the point with that y and x", "atan2(0, 1)", "0.0")
FUNCTION("random", "() -> double", SCALAR, "random()", "a number from 0 up to but without 1",
    "random() < 1", "true")
FUNCTION("random", "(bigint) -> bigint", SCALAR, "athena_random(0, $1)",
    "a whole number from 0 up to but without the argument", "random(1)", "0")
FUNCTION("random", "(bigint, bigint) -> bigint", SCALAR, "athena_random($1, $2)",
    "a whole number from the first up to but without the second", "random(5, 6)", "5")
FUNCTION("rand", "() -> double", SCALAR, "random()", "a number from 0 up to but without 1",
    "rand() < 1", "true")
FUNCTION("rand", "(bigint) -> bigint", SCALAR, "athena_random(0, $1)",
    "a whole number from 0 up to but without the argument", "rand(1)", "0")
FUNCTION("rand", "(bigint, bigint) -> bigint", SCALAR, "athena_random($1, $2)",
    "a whole number from the first up to but without the second", "rand(5, 6)", "5")
FUNCTION("is_nan", "(double) -> boolean", SCALAR, "isnan(CAST($1 AS DOUBLE))",
    "whether it is no number", "is_nan(nan())", "true")
FUNCTION("is_finite", "(double) -> boolean", SCALAR, "isfinite(CAST($1 AS DOUBLE))",
    "whether it is neither infinite nor NaN", "is_finite(infinity())", "false")
FUNCTION("is_infinite", "(double) -> boolean", SCALAR, "isinf(CAST($1 AS DOUBLE))",
    "whether it is infinite", "is_infinite(-infinity())", "true")
FUNCTION("nan", "() -> double", SCALAR, "CAST('NaN' AS DOUBLE)", "what is no number", "nan()",
    "NaN")
FUNCTION("infinity", "() -> double", SCALAR, "CAST('Infinity' AS DOUBLE)", "positive infinity",
    "infinity()", "Infinity")
FUNCTION("bitwise_and", "(bigint, bigint) -> bigint", SCALAR, "(CAST($1 AS BIGINT) & $2)",
    "the bits that both have", "bitwise_and(19, 25)", "17")
FUNCTION("bitwise_or", "(bigint, bigint) -> bigint", SCALAR, "(CAST($1 AS BIGINT) | $2)",
    "the bits that one has", "bitwise_or(19, 25)", "27")
FUNCTION("bitwise_xor", "(bigint, bigint) -> bigint", SCALAR, "xor(CAST($1 AS BIGINT), $2)",
    "the bits that only one has", "bitwise_xor(19, 25)", "10")
FUNCTION("bitwise_not", "(bigint) -> bigint", SCALAR, "(~CAST($1 AS BIGINT))", "all bits turned",
    "bitwise_not(19)", "-20")
FUNCTION("bitwise_left_shift", "(tinyint, bigint) -> tinyint", SCALAR,
    "CAST(athena_shift_left($1, $2, 8) AS $t)", "the bits moved to the left; 0 when all are gone",
    "bitwise_left_shift(tinyint '1', 7)", "-128")
FUNCTION("bitwise_left_shift", "(smallint, bigint) -> smallint", SCALAR,
    "CAST(athena_shift_left($1, $2, 16) AS $t)", "the bits moved to the left; 0 when all are gone",
    "bitwise_left_shift(smallint '1', 15)", "-32768")
FUNCTION("bitwise_left_shift", "(integer, bigint) -> integer", SCALAR,
    "CAST(athena_shift_left($1, $2, 32) AS $t)", "the bits moved to the left; 0 when all are gone",
    "bitwise_left_shift(integer '1', 31)", "-2147483648")
FUNCTION("bitwise_left_shift", "(bigint, bigint) -> bigint", SCALAR,
    "CAST(athena_shift_left($1, $2, 64) AS $t)", "the bits moved to the left; 0 when all are gone",
    "bitwise_left_shift(bigint '1', 63)", "-9223372036854775808")
FUNCTION("bitwise_right_shift", "(tinyint, bigint) -> tinyint", SCALAR,
    "CAST(athena_shift_right($1, $2, 8) AS $t)", "the bits moved to the right, zeros behind them",
    "bitwise_right_shift(tinyint '-1', 6)", "3")
FUNCTION("bitwise_right_shift", "(smallint, bigint) -> smallint", SCALAR,
    "CAST(athena_shift_right($1, $2, 16) AS $t)", "the bits moved to the right, zeros behind them",
    "bitwise_right_shift(smallint '-1', 14)", "3")
FUNCTION("bitwise_right_shift", "(integer, bigint) -> integer", SCALAR,
    "CAST(athena_shift_right($1, $2, 32) AS $t)", "the bits moved to the right, zeros behind them",
    "bitwise_right_shift(integer '-1', 30)", "3")
FUNCTION("bitwise_right_shift", "(bigint, bigint) -> bigint", SCALAR,
    "CAST(athena_shift_right($1, $2, 64) AS $t)", "the bits moved to the right, zeros behind them",
    "bitwise_right_shift(bigint '-1', 62)", "3")
FUNCTION("bitwise_right_shift_arithmetic", "(Y, bigint) -> Y", SCALAR,
    "CAST(athena_shift_sign($1, $2) AS $t)", "the bits moved to the right, the sign behind them",
    "bitwise_right_shift_arithmetic(-8, 1)", "-4")
FUNCTION("bit_count", "(bigint, bigint) -> bigint", SCALAR, "athena_bit_count($1, $2)",
    "how many of so many bits are set", "bit_count(-7, 8)", "6")
FUNCTION("width_bucket", "(double, double, double, bigint) -> bigint", SCALAR,
    "athena_bucket($1, $2, $3, $4)",
    "the bucket of a value, of so many between two bounds; 0 below them, one more above",
    "width_bucket(5, 0, 10, 4)", "3")
FUNCTION("width_bucket", "(double, array(double)) -> bigint", SCALAR, "athena_bin($1, $2)",
    "how many of the sorted bounds are not above the value",
    "width_bucket(2e0, ARRAY[1e0, 2e0, 3e0])", "2")
FUNCTION("from_base", "(varchar, bigint) -> bigint", SCALAR, "athena_from_base($1, $2)",
    "the number that a text spells in a base from 2 to 36", "from_base('-ff', 16)", "-255")
FUNCTION("to_base", "(bigint, bigint) -> varchar", SCALAR, "athena_to_base($1, $2)",
    "a number in a base from 2 to 36", "to_base(255, 16)", "ff")
FUNCTION("normal_cdf", "(double, double, double) -> double", SCALAR,
    "athena_normal_cdf($1, $2, $3)",
    "the normal distribution with a mean and a deviation, below a value", "normal_cdf(0, 1, 0)",
    "0.5")
FUNCTION("inverse_normal_cdf", "(double, double, double) -> double", SCALAR,
    "athena_inverse_normal_cdf($1, $2, $3)",
    "the value below which so much of the normal distribution lies",
    "inverse_normal_cdf(3, 2, 0.5)", "3.0")
FUNCTION("beta_cdf", "(double, double, double) -> double", SCALAR, "athena_beta_cdf($1, $2, $3)",
    "the beta distribution below a value", "beta_cdf(1, 1, 0.5)", "0.5")
FUNCTION("inverse_beta_cdf", "(double, double, double) -> double", SCALAR,
    "athena_inverse_beta_cdf($1, $2, $3)",
    "the value below which so much of the beta distribution lies",
    "round(inverse_beta_cdf(1, 1, 0.25), 9)", "0.25")
FUNCTION("human_readable_seconds", "(double) -> varchar", SCALAR, "athena_readable_seconds($1)",
    "seconds as weeks, days, hours, minutes and seconds", "human_readable_seconds(96)",
    "1 minute, 36 seconds")
FUNCTION("format_number", "(double) -> varchar", SCALAR, "athena_readable_number($1)",
    "a number with a unit behind three digits at most", "format_number(1234567)", "1.23M")
/* clang-format on */
