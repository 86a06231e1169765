/* function_text_table.h - functions over texts; rows of FUNCTIONS, see function.h. */
/* clang-format off */
FUNCTION("length", "(varchar) -> bigint", SCALAR, "length($1)", "how many characters a text has",
    "length('héé')", "3")
FUNCTION("length", "(varbinary) -> bigint", SCALAR, "octet_length($1)", "how many bytes there are",
    "length(to_utf8('hé'))", "3")
FUNCTION("lower", "(varchar) -> varchar", SCALAR, "lower($1)", "the text in small letters",
    "lower('ÀB')", "àb")
FUNCTION("upper", "(varchar) -> varchar", SCALAR, "upper($1)", "the text in capital letters",
    "upper('éa')", "ÉA")
FUNCTION("trim", "(varchar) -> varchar", SCALAR, "trim($1, athena_blanks())",
    "without the white space before and behind a text", "'<' || trim(U&' a\\0009') || '>'", "<a>")
FUNCTION("trim", "(varchar, varchar) -> varchar", SCALAR, "trim($1, $2)",
    "without any of those characters before and behind a text", "trim('xyaxy', 'yx')", "a")
FUNCTION("ltrim", "(varchar) -> varchar", SCALAR, "ltrim($1, athena_blanks())",
    "without the white space before a text", "'<' || ltrim(U&' a\\0009') || '>'", "<a	>")
FUNCTION("ltrim", "(varchar, varchar) -> varchar", SCALAR, "ltrim($1, $2)",
    "without any of those characters before a text", "ltrim('xyaxy', 'yx')", "axy")
FUNCTION("rtrim", "(varchar) -> varchar", SCALAR, "rtrim($1, athena_blanks())",
    "without the white space behind a text", "'<' || rtrim(U&' a\\0009') || '>'", "< a>")
FUNCTION("rtrim", "(varchar, varchar) -> varchar", SCALAR, "rtrim($1, $2)",
    "without any of those characters behind a text", "rtrim('xyaxy', 'yx')", "xya")
FUNCTION("lpad", "(varchar, bigint, varchar) -> varchar", SCALAR, "athena_lpad($1, $2, $3)",
    "the text filled to a length, or cut to it", "lpad('abc', 5, 'xy') || lpad('abc', 2, 'x')",
    "xyabcab")
FUNCTION("rpad", "(varchar, bigint, varchar) -> varchar", SCALAR, "athena_rpad($1, $2, $3)",
    "the text filled to a length, or cut to it", "rpad('abc', 5, 'xy') || rpad('abc', 2, 'x')",
    "abcxyab")
FUNCTION("reverse", "(varchar) -> varchar", SCALAR, "reverse($1)", "the characters backwards",
    "reverse('abc')", "cba")
FUNCTION("replace", "(varchar, varchar) -> varchar", SCALAR, "replace($1, $2, '')",
    "the text without a part", "replace('a-b-c', '-')", "abc")
FUNCTION("replace", "(varchar, varchar, varchar) -> varchar", SCALAR, "replace($1, $2, $3)",
    "the text with a part replaced everywhere", "replace('a-b', '-', '++')", "a++b")
FUNCTION("substr", "(varchar, bigint) -> varchar", SCALAR, "athena_substring($1, $2)",
    "the characters from a position on, counted from 1 or from -1 at the end; empty outside",
    "'<' || substr('hello', -3) || substr('hello', 0) || '>'", "<llo>")
FUNCTION("substr", "(varchar, bigint, bigint) -> varchar", SCALAR,
    "athena_substring_of($1, $2, $3)", "so many characters from a position on",
    "substr('hello', 2, 3)", "ell")
FUNCTION("substring", "(varchar, bigint) -> varchar", SCALAR, "athena_substring($1, $2)",
    "the characters from a position on, counted from 1 or from -1 at the end; empty outside",
    "'<' || substring('hello', -3) || substring('hello', 0) || '>'", "<llo>")
FUNCTION("substring", "(varchar, bigint, bigint) -> varchar", SCALAR,
    "athena_substring_of($1, $2, $3)", "so many characters from a position on",
    "substring('hello', 2, 3)", "ell")
FUNCTION("split", "(varchar, varchar) -> array(varchar)", SCALAR, "athena_split($1, $2)",
    "the parts between a text; fails for an empty one", "split('a,b,,c', ',')",
    "[\"a\",\"b\",\"\",\"c\"]")
FUNCTION("split", "(varchar, varchar, bigint) -> array(varchar)", SCALAR,
    "athena_split_most($1, $2, $3)", "at most so many parts, the last with all that is left",
    "split('a,b,c', ',', 2)", "[\"a\",\"b,c\"]")
FUNCTION("split_part", "(varchar, varchar, bigint) -> varchar", SCALAR,
    "athena_split_part($1, $2, $3)",
    "one of the parts between a text, counted from 1; NULL beyond the last",
    "split_part('a,b', ',', 3)", "")
FUNCTION("split_to_map", "(varchar, varchar, varchar) -> map(varchar, varchar)", SCALAR,
    "athena_split_to_map($1, $2, $3)",
    "the entries between the second text, keys and values between the third; fails for a key that "
    "comes again", "split_to_map('a=1;b=2', ';', '=')['b']", "2")
FUNCTION("uuid", "() -> uuid", SCALAR, "uuid()", "a random UUID", "length(CAST(uuid() AS varchar))",
    "36")
FUNCTION("strpos", "(varchar, varchar) -> bigint", SCALAR, "instr($1, $2)",
    "where a part begins, counted from 1; 0 when it is not there", "strpos('banana', 'nan')", "3")
FUNCTION("strpos", "(varchar, varchar, bigint) -> bigint", SCALAR, "athena_position($1, $2, $3)",
    "where the n-th such part begins; negative n count from the end", "strpos('banana', 'a', -1)",
    "6")
FUNCTION("position", "(varchar, varchar) -> bigint", SCALAR, "instr($2, $1)",
    "where the first begins in the second, counted from 1; 0 when it is not there",
    "position('x' IN 'banana')", "0")
FUNCTION("starts_with", "(varchar, varchar) -> boolean", SCALAR, "starts_with($1, $2)",
    "whether a text begins with another", "starts_with('abc', 'ab')", "true")
FUNCTION("ends_with", "(varchar, varchar) -> boolean", SCALAR, "ends_with($1, $2)",
    "whether a text ends with another", "ends_with('abc', 'ab')", "false")
FUNCTION("concat", "(varchar, varchar...) -> varchar", SCALAR, "@concat",
    "the texts one behind the other; NULL when one is", "concat('a', 'b', NULL)", "")
FUNCTION("concat", "(varbinary, varbinary...) -> varbinary", SCALAR, "@concat",
    "the bytes one behind the other", "from_utf8(concat(to_utf8('a'), to_utf8('b')))", "ab")
FUNCTION("concat_ws", "(varchar, array(varchar)) -> varchar", SCALAR, "array_to_string($2, $1)",
    "the texts of an array with another between them, without NULLs",
    "concat_ws('-', ARRAY['a', NULL, 'b'])", "a-b")
FUNCTION("concat_ws", "(varchar, varchar...) -> varchar", SCALAR, "concat_ws($*)",
    "the texts with the first between them, without NULLs", "concat_ws(',', 'a', NULL, 'b')", "a,b")
FUNCTION("translate", "(varchar, varchar, varchar) -> varchar", SCALAR, "translate($1, $2, $3)",
    "characters of the second replaced by those at their places in the third, or taken out",
    "translate('abcd', 'ab', 'x')", "xcd")
FUNCTION("chr", "(bigint) -> varchar", SCALAR, "athena_chr($1)",
    "the character with that code point", "chr(233)", "é")
FUNCTION("codepoint", "(varchar) -> integer", SCALAR, "athena_codepoint($1)",
    "the code point of a single character", "codepoint('é')", "233")
FUNCTION("levenshtein_distance", "(varchar, varchar) -> bigint", SCALAR,
    "athena_levenshtein($1, $2)", "how many characters must change, come or go",
    "levenshtein_distance('apple', 'apples')", "1")
FUNCTION("hamming_distance", "(varchar, varchar) -> bigint", SCALAR, "athena_hamming($1, $2)",
    "how many characters differ; fails for texts of two lengths", "hamming_distance('abc', 'axc')",
    "1")
FUNCTION("soundex", "(varchar) -> varchar", SCALAR, "athena_soundex($1)",
    "a code of how an English name sounds", "soundex('Robert')", "R163")
FUNCTION("luhn_check", "(varchar) -> boolean", SCALAR, "athena_luhn($1)",
    "whether the last digit checks those before it", "luhn_check('79927398713')", "true")
FUNCTION("format", "(varchar, W...) -> varchar", SCALAR, "@format",
    "values written into a text, as Java's Formatter does",
    "format('%s has %,d (%05.1f%%)', 'x', 1234567, 2.25)", "x has 1,234,567 (002.3%)")
FUNCTION("normalize", "(varchar) -> varchar", SCALAR, "nfc_normalize($1)",
    "the text in Unicode's form C", "normalize(U&'e\\0301') = 'é'", "true")
FUNCTION("holds_words", "(varchar, varchar) -> boolean", SCALAR, "athena_text_holds($1, $2)",
    "whether the words stand in the text, a-z in either case; a * before or behind them lets the word go on there",
    "holds_words('my apples', 'MY apple*') AND NOT holds_words('my apples', 'apple')", "true")
/* clang-format on */
