/* ast_table.h - the kinds of nodes of a statement's tree, one line each; nothing else lists them.
 *
 * AST(kind, name, class, flags, text, shape). `flags` are those that a node may carry. `text` says
 * what the node's text holds; "" means that it has none. `shape` lists the children in order: names
 * of kinds or (with a capital) of classes, `|` between alternatives, then ? for one that may be
 * absent, * for any number, + for at least one. FLAG(flag, name) lists the flags.
 * Included by ast.h, ast.c and ast_check.c with different macros.
 */
/* clang-format off */
FLAG(ABSENT_ON_NULL, "absent-on-null") /* ABSENT ON NULL was written */
FLAG(ALL,            "all")            /* UNION ALL, LIMIT ALL, = ALL (...) */
FLAG(ANALYZE,        "analyze")
FLAG(ANY,            "any")            /* = ANY (...) or = SOME (...) */
FLAG(COUNT,          "count")          /* ON OVERFLOW TRUNCATE ... WITH COUNT */
FLAG(DESCENDING,     "descending")
FLAG(DISTINCT,       "distinct")       /* never on UNION and its like, where it is what no flag means */
FLAG(IGNORE_NULLS,   "ignore-nulls")
FLAG(IMPLICIT,       "implicit")       /* (a, b) without the word ROW */
FLAG(NATURAL,        "natural")
FLAG(NEGATED,        "not")            /* NOT IN, NOT LIKE, IS NOT NULL and so on */
FLAG(NEGATIVE,       "negative")       /* INTERVAL -'1' DAY */
FLAG(NULLS_FIRST,    "nulls-first")
FLAG(NULLS_LAST,     "nulls-last")
FLAG(NULL_ON_NULL,   "null-on-null")   /* NULL ON NULL was written */
FLAG(ORDINALITY,     "ordinality")
FLAG(QUOTED,         "quoted")         /* the name stood in quotes */
FLAG(RECURSIVE,      "recursive")
FLAG(REGEX,          "regex")          /* SHOW TABLES 'a*': Hive's pattern, where LIKE is missing */
FLAG(RESPECT_NULLS,  "respect-nulls")
FLAG(STAR,           "star")           /* count(*) */
FLAG(TRY,            "try")            /* TRY_CAST */
FLAG(UNIQUE,         "unique")         /* WITH UNIQUE KEYS */
FLAG(VERBOSE,        "verbose")
FLAG(WITHIN_GROUP,   "within-group")   /* its order-by stood in WITHIN GROUP */
FLAG(WITH_TIES,      "with-ties")

/* Statements, besides `query`. */
AST(EXPLAIN,           "explain",           STATEMENT, AST_ANALYZE | AST_VERBOSE, "", "option* query")
AST(PREPARE,           "prepare",           STATEMENT, 0, "", "name query")
AST(EXECUTE,           "execute",           STATEMENT, 0, "", "name Expr*")
AST(EXECUTE_IMMEDIATE, "execute-immediate", STATEMENT, 0, "", "string Expr*")
AST(DEALLOCATE,        "deallocate",        STATEMENT, 0, "", "name")
AST(DESCRIBE,          "describe",          STATEMENT, 0, "", "path")
AST(SHOW_TABLES,       "show-tables",       STATEMENT, 0, "", "path? pattern?")
AST(SHOW_SCHEMAS,      "show-schemas",      STATEMENT, 0, "", "path? pattern?")
AST(SHOW_COLUMNS,      "show-columns",      STATEMENT, 0, "", "path pattern?")
AST(SHOW_FUNCTIONS,    "show-functions",    STATEMENT, 0, "", "path? pattern?")
AST(SHOW_CREATE_TABLE, "show-create-table", STATEMENT, 0, "", "path")
AST(SHOW_CREATE_VIEW,  "show-create-view",  STATEMENT, 0, "", "path")
AST(OPTION,            "option",            PART, 0, "of EXPLAIN: format, type", "name")
AST(PATTERN,           "pattern",           PART, AST_REGEX, "", "string string?") /* LIKE, ESCAPE */

/* Queries. `query` is the whole of one, in parentheses or not; the others are what is in it. */
AST(QUERY,     "query",     QUERY, 0, "", "with? Query order-by? offset? limit|fetch?")
AST(SELECT,    "select",    QUERY, AST_DISTINCT, "", "item|all|all-of+ from? where? group-by? having? windows?")
AST(VALUES,    "values",    QUERY, 0, "", "Expr+")      /* each a row, or a single column */
AST(TABLE_ALL, "table-all", QUERY, 0, "", "path")       /* TABLE t */
AST(UNION,     "union",     QUERY, AST_ALL, "", "Query Query+")
AST(INTERSECT, "intersect", QUERY, AST_ALL, "", "Query Query+")
AST(EXCEPT,    "except",    QUERY, AST_ALL, "", "Query Query+") /* from the left */

/* Parts of queries. */
AST(WITH,          "with",          PART, AST_RECURSIVE, "", "cte+")
AST(CTE,           "cte",           PART, 0, "", "name columns? query")
AST(COLUMNS,       "columns",       PART, 0, "", "name+")
AST(ITEM,          "item",          PART, 0, "", "Expr name?")    /* what is selected, and AS what */
AST(ALL_COLUMNS,   "all",           PART, 0, "", "")              /* * */
AST(ALL_OF,        "all-of",        PART, 0, "", "Expr columns?") /* t.* or row.*, AS (a, b) */
AST(FROM,          "from",          PART, 0, "", "Relation+")
AST(WHERE,         "where",         PART, 0, "", "Expr")
AST(GROUP_BY,      "group-by",      PART, AST_DISTINCT, "", "Expr|set|rollup|cube|grouping-sets+")
AST(SET,           "set",           PART, 0, "", "Expr*")         /* (a, b) or () in GROUP BY */
AST(ROLLUP,        "rollup",        PART, 0, "", "Expr|set*")
AST(CUBE,          "cube",          PART, 0, "", "Expr|set*")
AST(GROUPING_SETS, "grouping-sets", PART, 0, "", "Expr|set+")
AST(HAVING,        "having",        PART, 0, "", "Expr")
AST(WINDOWS,       "windows",       PART, 0, "", "named-window+") /* the clause WINDOW */
AST(NAMED_WINDOW,  "named-window",  PART, 0, "", "name window")
AST(WINDOW,        "window",        PART, 0, "", "name? partition-by? order-by? frame?")
AST(PARTITION_BY,  "partition-by",  PART, 0, "", "Expr+")
AST(FRAME,         "frame",         PART, 0, "rows, range or groups", "bound bound?")
AST(BOUND,         "bound",         PART, 0, "current row, unbounded preceding, unbounded following, preceding or following (these two with an Expr)", "Expr?")
AST(ORDER_BY,      "order-by",      PART, 0, "", "sort+")
AST(SORT,          "sort",          PART, AST_DESCENDING | AST_NULLS_FIRST | AST_NULLS_LAST, "", "Expr")
AST(OFFSET,        "offset",        PART, 0, "", "integer|parameter")
AST(LIMIT,         "limit",         PART, AST_ALL, "", "integer|parameter?")      /* none: ALL */
AST(FETCH,         "fetch",         PART, AST_WITH_TIES, "", "integer|parameter?") /* none: one row */

/* Relations. */
AST(TABLE,   "table",   RELATION, 0, "", "path as-of?")
AST(DERIVED, "derived", RELATION, 0, "", "query")  /* FROM (SELECT ...) */
AST(LATERAL, "lateral", RELATION, 0, "", "query")
AST(UNNEST,  "unnest",  RELATION, AST_ORDINALITY, "", "Expr+")
AST(ALIAS,   "alias",   RELATION, 0, "", "Relation name columns?")
AST(JOIN,    "join",    RELATION, AST_NATURAL, "inner, left, right, full or cross", "Relation Relation on|using?")
AST(SAMPLE,  "sample",  RELATION, 0, "bernoulli or system", "Relation Expr")
AST(AS_OF,   "as-of",   PART, 0, "timestamp or version", "Expr") /* FOR TIMESTAMP AS OF */
AST(ON,      "on",      PART, 0, "", "Expr")
AST(USING,   "using",   PART, 0, "", "name+")

/* Names. */
AST(NAME, "name", PART, AST_QUOTED, "the name", "")
AST(PATH, "path", PART, 0, "", "name+") /* catalog.schema.table */

/* Expressions: columns and literals. */
AST(COLUMN,    "column",    EXPR, AST_QUOTED, "its name, or that of a table before a field", "")
AST(FIELD,     "field",     EXPR, AST_QUOTED, "its name", "Expr") /* e.name: a column of a table, too */
AST(PARAMETER, "parameter", EXPR, 0, "its number, from 1 in the order of the text", "")
AST(NULL,      "null",      EXPR, 0, "", "")
AST(BOOLEAN,   "boolean",   EXPR, 0, "true or false", "")
AST(INTEGER,   "integer",   EXPR, 0, "decimal digits, at most 9223372036854775808", "")
AST(DECIMAL,   "decimal",   EXPR, 0, "as written, without _", "")
AST(DOUBLE,    "double",    EXPR, 0, "as written, with E", "")
AST(STRING,    "string",    EXPR, 0, "its value", "")
AST(BINARY,    "binary",    EXPR, 0, "pairs of digits 0-9A-F", "")
AST(TYPED,     "typed",     EXPR, AST_QUOTED, "a type's name: date of DATE '2024-01-01'", "string")
AST(INTERVAL,  "interval",  EXPR, AST_NEGATIVE, "its fields: day, or day to second", "string")

/* Expressions: logic and operators. */
AST(OR,           "or",           EXPR, 0, "", "Expr Expr+")
AST(AND,          "and",          EXPR, 0, "", "Expr Expr+")
AST(NOT,          "not",          EXPR, 0, "", "Expr")
AST(COMPARISON,   "comparison",   EXPR, 0, "= <> < <= > >=", "Expr Expr")
AST(QUANTIFIED,   "quantified",   EXPR, AST_ALL | AST_ANY, "= <> < <= > >=", "Expr query")
AST(BETWEEN,      "between",      EXPR, AST_NEGATED, "", "Expr Expr Expr")
AST(IN_LIST,      "in-list",      EXPR, AST_NEGATED, "", "Expr Expr+")
AST(IN_QUERY,     "in-query",     EXPR, AST_NEGATED, "", "Expr query")
AST(LIKE,         "like",         EXPR, AST_NEGATED, "", "Expr Expr Expr?") /* value, pattern, escape */
AST(IS_NULL,      "is-null",      EXPR, AST_NEGATED, "", "Expr")
AST(IS_DISTINCT,  "is-distinct",  EXPR, AST_NEGATED, "", "Expr Expr")
AST(EXISTS,       "exists",       EXPR, 0, "", "query")
AST(SUBQUERY,     "subquery",     EXPR, 0, "", "query")
AST(ARITHMETIC,   "arithmetic",   EXPR, 0, "+ - * / %", "Expr Expr+") /* from the left */
AST(UNARY,        "unary",        EXPR, 0, "+ -", "Expr")
AST(CONCAT,       "concat",       EXPR, 0, "", "Expr Expr+")
AST(AT_TIME_ZONE, "at-time-zone", EXPR, 0, "", "Expr string|interval")
AST(SUBSCRIPT,    "subscript",    EXPR, 0, "", "Expr Expr")
AST(LAMBDA,       "lambda",       EXPR, 0, "", "name* Expr")
AST(ROW,          "row",          EXPR, AST_IMPLICIT, "", "Expr+")
AST(ARRAY,        "array",        EXPR, 0, "", "Expr*")
AST(CASE,         "case",         EXPR, 0, "", "when+ else?")
AST(CASE_OF,      "case-of",      EXPR, 0, "", "Expr when+ else?") /* CASE e WHEN ... */
AST(WHEN,         "when",         PART, 0, "", "Expr Expr")
AST(ELSE,         "else",         PART, 0, "", "Expr")

/* Expressions: functions. SUBSTRING(x FROM a FOR b) is a call of substring(x, a, b), POSITION(a IN
 * b) of strpos(b, a), TRIM(LEADING c FROM x) of ltrim(x, c), NORMALIZE(x, NFD) of
 * normalize(x, 'NFD'), as Trino has it. */
AST(CALL,     "call",     EXPR, AST_DISTINCT | AST_STAR | AST_IGNORE_NULLS | AST_RESPECT_NULLS | AST_WITHIN_GROUP | AST_QUOTED, "the function's last name", "path? Expr* overflow? order-by? filter? over?") /* path: the names before the last */
AST(OVERFLOW, "overflow", PART, AST_COUNT, "error or truncate", "string?") /* listagg's ON OVERFLOW */
AST(FILTER,   "filter",   PART, 0, "", "Expr")
AST(OVER,     "over",     PART, 0, "", "name|window")
AST(CAST,     "cast",     EXPR, AST_TRY, "", "Expr Type")
AST(CURRENT,  "current",  EXPR, 0, "current_date, current_timestamp, localtime and so on", "integer?")
AST(EXTRACT,  "extract",  EXPR, 0, "the field in lower case", "Expr")
AST(GROUPING, "grouping", EXPR, 0, "", "column|field*")

/* Expressions: SQL/JSON. */
AST(JSON_EXISTS,   "json-exists",   EXPR, 0, "", "Expr|format-json string name? passing? on-error?")
AST(JSON_VALUE,    "json-value",    EXPR, 0, "", "Expr|format-json string name? passing? returning? on-empty? on-error?")
AST(JSON_QUERY,    "json-query",    EXPR, 0, "", "Expr|format-json string name? passing? returning? wrapper? quotes? on-empty? on-error?")
AST(JSON_OBJECT,   "json-object",   EXPR, AST_NULL_ON_NULL | AST_ABSENT_ON_NULL | AST_UNIQUE, "", "json-member* returning?")
AST(JSON_ARRAY,    "json-array",    EXPR, AST_NULL_ON_NULL | AST_ABSENT_ON_NULL, "", "Expr|format-json* returning?")
AST(JSON_MEMBER,   "json-member",   PART, 0, "", "Expr Expr|format-json") /* key, value */
AST(FORMAT_JSON,   "format-json",   PART, 0, "json, utf8, utf16 or utf32", "Expr") /* e FORMAT JSON */
AST(PASSING,       "passing",       PART, 0, "", "json-argument+")
AST(JSON_ARGUMENT, "json-argument", PART, 0, "", "Expr|format-json name")
AST(RETURNING,     "returning",     PART, 0, "", "Type format?")
AST(FORMAT,        "format",        PART, 0, "json, utf8, utf16 or utf32", "")
AST(WRAPPER,       "wrapper",       PART, 0, "without, conditional or unconditional", "")
AST(QUOTES,        "quotes",        PART, 0, "keep or omit", "")
AST(ON_EMPTY,      "on-empty",      PART, 0, "error, null, default, empty array or empty object", "Expr?")
AST(ON_ERROR,      "on-error",      PART, 0, "as on-empty; true, false, unknown or error of json-exists", "Expr?")

/* Types: varchar(10), array(t), map(k, v), row(a t); `int array` is array(int). */
AST(TYPE,      "type",      TYPE, AST_QUOTED, "its name in lower case, with the words behind it: timestamp with time zone, interval day to second", "Type|integer|row-field*")
AST(ROW_FIELD, "row-field", PART, 0, "", "name? Type")
/* clang-format on */
