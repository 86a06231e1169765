#include "query/macros.h"

/* A macro's head and body; each keeps to the rule of "athena", section 3, that its line names. */
static const struct {
    const char *head, *body;
} MACROS[] = {
    /* Division by zero fails for integers and decimals; integers are cut towards zero. */
    {"athena_div(a, b)", "CASE WHEN b = 0 THEN athena_fail('Division by zero') ELSE a // b END"},
    {"athena_mod(a, b)", "CASE WHEN b = 0 THEN athena_fail('Division by zero') ELSE a % b END"},
    {"athena_divide(a, b)", "CASE WHEN b = 0 THEN athena_fail('Division by zero') ELSE a / b END"},
    /* Subscripts fail outside of an array, and for a key that a map lacks. */
    {"athena_at(a, i)", "CASE WHEN i < 1 THEN athena_fail('Array subscript is less than 1: ' || i) "
                        "WHEN i > len(a) THEN "
                        "error('Array subscript must be less than or equal to array length: ' || i "
                        "|| ' > ' || len(a)) "
                        "ELSE a[i] END"},
    {"athena_key(m, k)", "CASE WHEN m IS NULL OR map_contains(m, k) THEN m[k] ELSE "
                         "athena_fail('Key not present in map: ' || "
                         "k) END"},
    /* CAST of texts to integers takes whole numbers only. */
    {"athena_integer_text(s)", "CASE WHEN s IS NULL OR regexp_full_match(s, '[+-]?[0-9]+') THEN s "
                               "ELSE athena_fail('Cannot cast ''' "
                               "|| s || ''' to an integer') END"},
    /* Floating-point numbers are written as Java does: 1.0, 1.0E10. */
    {"athena_double_text(x)",
     "CASE WHEN isnan(x) THEN 'NaN' WHEN isinf(x) THEN CASE WHEN x > 0 THEN 'Infinity' ELSE "
     "'-Infinity' END WHEN x = 0 OR (abs(x) >= 1e-3 AND abs(x) < 1e7) THEN CASE WHEN "
     "contains(CAST(x AS VARCHAR), 'e') THEN printf('%f', x) ELSE CAST(x AS VARCHAR) END ELSE "
     "regexp_replace(regexp_replace(format('{:E}', x), '(\\.[0-9]*?[1-9]|\\.0)0*E', '\\1E'), "
     "'E([+]?|(-))0*([0-9]+)$', 'E\\2\\3') END"},
    /* What the engine gives as no match is an empty text; Athena's is NULL. */
    {"athena_regexp_extract(s, p, g)",
     "CASE WHEN regexp_matches(s, p) THEN regexp_extract(s, p, g) END"},
    /* What stands before the n-th match: n texts between matches, and the matches between those. */
    {"athena_regexp_place(s, p, n)",
     "CASE WHEN len(regexp_extract_all(s, p)) < n THEN -1 ELSE "
     "length(array_to_string(string_split_regex(s, p)[1:n], '')) + "
     "length(array_to_string(regexp_extract_all(s, p)[1:n - 1], '')) END"},
    {"athena_regexp_position(s, p, f, n)",
     "CASE WHEN f < 1 THEN athena_fail('start position cannot be smaller than 1') "
     "WHEN n < 1 THEN athena_fail('occurrence cannot be smaller than 1') "
     "WHEN athena_regexp_place(substring(s, f), p, n) < 0 THEN -1 "
     "ELSE f + athena_regexp_place(substring(s, f), p, n) END"},
};

enum { SQL_BYTES_MAX = 1 << 20 };

bool macros_create(Engine *engine, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    for (size_t i = 0; i < sizeof MACROS / sizeof *MACROS; i++)
        if (!buf_printf(&sql, err, "CREATE MACRO %s AS %s;\n", MACROS[i].head, MACROS[i].body))
            return false;
    return buf_text(&sql, err) && engine_run(engine, sql.ptr, err);
}
