/* function_regexp_table.h - regular expressions; rows of FUNCTIONS, see function.h and regexp.h. */
/* clang-format off */
FUNCTION("regexp_like", "(varchar, varchar) -> boolean", SCALAR, "regexp_matches($1, $r2)",
    "whether the pattern is found anywhere in the text",
    "regexp_like('aws-cli/2.1 (KALI)', '(?i)kali')", "true")
FUNCTION("regexp_extract", "(varchar, varchar) -> varchar", SCALAR,
    "athena_regexp_extract($1, $r2, 0)",
    "the first match; NULL when there is none", "regexp_extract('1a 2b 14m', '\\d+[m-z]')", "14m")
FUNCTION("regexp_extract", "(varchar, varchar, bigint) -> varchar", SCALAR,
    "athena_regexp_extract($1, $r2, $3)",
    "what a group of the first match holds; NULL when there is none",
    "regexp_extract('1a 2b', '(\\d+)([a-z])', 2)", "a")
FUNCTION("regexp_extract_all", "(varchar, varchar) -> array(varchar)", SCALAR,
    "regexp_extract_all($1, $r2)",
    "all matches", "regexp_extract_all('1a 2b 14m', '\\d+')", "[\"1\",\"2\",\"14\"]")
FUNCTION("regexp_extract_all", "(varchar, varchar, bigint) -> array(varchar)", SCALAR,
    "regexp_extract_all($1, $r2, $3)",
    "what a group of each match holds",
    "regexp_extract_all('1a 2b', '(\\d+)([a-z])', 2)", "[\"a\",\"b\"]")
FUNCTION("regexp_replace", "(varchar, varchar) -> varchar", SCALAR,
    "regexp_replace($1, $r2, '', 'g')",
    "the text without what matches", "regexp_replace('1a 2b 14m', '\\d+[ab] ')", "14m")
FUNCTION("regexp_replace", "(varchar, varchar, varchar) -> varchar", SCALAR,
    "regexp_replace($1, $r2, $R3, 'g')",
    "the text with each match replaced; $1 and ${name} stand for groups, \\$ for a dollar",
    "regexp_replace('1a 2b', '(?<n>\\d+)([ab])', '$2${n}\\$')", "a1$ b2$")
FUNCTION("regexp_split", "(varchar, varchar) -> array(varchar)", SCALAR,
    "string_split_regex($1, $r2)",
    "what stands between the matches, trailing empty texts too",
    "regexp_split('1a 2b 14m', '\\s*[a-z]+\\s*')", "[\"1\",\"2\",\"14\",\"\"]")
FUNCTION("regexp_count", "(varchar, varchar) -> bigint", SCALAR, "len(regexp_extract_all($1, $r2))",
    "how many matches there are", "regexp_count('1a 2b 14m', '\\s*[a-z]+\\s*')", "3")
FUNCTION("regexp_position", "(varchar, varchar) -> bigint", SCALAR,
    "athena_regexp_position($1, $r2, 1, 1)",
    "where the first match begins, counted from 1; -1 when there is none",
    "regexp_position('I have 23 apples', '\\d+')", "8")
FUNCTION("regexp_position", "(varchar, varchar, bigint) -> bigint", SCALAR,
    "athena_regexp_position($1, $r2, $3, 1)",
    "where the first match from a position on begins",
    "regexp_position('23 apples and 5 pears', '\\d+', 4)", "15")
FUNCTION("regexp_position", "(varchar, varchar, bigint, bigint) -> bigint", SCALAR,
    "athena_regexp_position($1, $r2, $3, $4)",
    "where the n-th match from a position on begins",
    "regexp_position('a1 b22 c333', '\\d+', 1, 3)", "9")
/* clang-format on */
