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
    /* To truth values those only that say so. */
    {"athena_boolean_text(s)",
     "CASE WHEN lower(s) IN ('true', 't', '1') THEN true WHEN lower(s) IN ('false', 'f', '0') THEN "
     "false WHEN s IS NULL THEN NULL ELSE athena_fail('Cannot cast ''' || s || ''' to boolean') "
     "END"},
    {"athena_uuid_text(s)",
     "CASE WHEN s IS NULL OR regexp_full_match(s, '(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}') "
     "THEN lower(s) ELSE athena_fail('Cannot cast ''' || s || ''' to uuid') END"},
    /* The engine takes an offset only right behind the time. */
    {"athena_moment_text(s)", "timezone('UTC', CAST(regexp_replace(s, ' ([+-][0-9:]+)$', '\\1') AS "
                              "TIMESTAMPTZ))"},
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
    /* Arrays. NULL is an element like others where elements are told apart; not where one is looked
     * for, and lambdas give three truth values. */
    {"athena_contains(a, x)",
     "CASE WHEN a IS NULL OR x IS NULL THEN NULL WHEN list_contains(a, x) THEN true WHEN len(a) > "
     "len(list_filter(a, lambda e: e IS NOT NULL)) THEN NULL ELSE false END"},
    {"athena_holds(a, x)", "len(list_filter(a, lambda e: e IS NOT DISTINCT FROM x)) > 0"},
    {"athena_distinct(a)", "list_filter(a, lambda x, i: len(list_filter(list_slice(a, 1, i - 1), "
                           "lambda e: e IS NOT DISTINCT "
                           "FROM x)) = 0)"},
    {"athena_element(a, i)",
     "CASE WHEN i = 0 THEN athena_fail('SQL array indices start at 1') ELSE a[i] END"},
    {"athena_slice(a, f, n)", "CASE WHEN f = 0 THEN athena_fail('SQL array indices start at 1') "
                              "WHEN f > 0 THEN list_slice(a, f, "
                              "f + n - 1) WHEN -f > len(a) THEN a[1:0] ELSE list_slice(a, len(a) + "
                              "f + 1, len(a) + f + n) END"},
    {"athena_any(t)",
     "CASE WHEN t IS NULL THEN NULL WHEN list_contains(t, true) THEN true WHEN len(t) > "
     "len(list_filter(t, lambda e: e IS NOT NULL)) THEN NULL ELSE false END"},
    {"athena_all(t)",
     "CASE WHEN t IS NULL THEN NULL WHEN list_contains(t, false) THEN false WHEN len(t) > "
     "len(list_filter(t, lambda e: e IS NOT NULL)) THEN NULL ELSE true END"},
    /* As many elements as Trino allows. */
    {"athena_bounded(n)", "CASE WHEN n > 10000 THEN athena_fail('count argument of repeat must be "
                          "at most 10000') ELSE n END"},
    {"athena_sequence(f, t, s)", "CASE WHEN s = 0 THEN athena_fail('step must not be zero') WHEN "
                                 "(t > f AND s < 0) OR (t < f AND s > "
                                 "0) THEN athena_fail('sequence stop value should be greater than "
                                 "or equal to start value if step "
                                 "is greater than zero otherwise stop should be less than or equal "
                                 "to start') WHEN abs(t - f) / "
                                 "abs(s) >= 10000 THEN athena_fail('result of sequence must not "
                                 "have more than 10000 entries') ELSE "
                                 "generate_series(f, t, s) END"},
    /* Maps out of rows {k, v}: NULL keys are left out, of equal keys the first one counts. */
    {"athena_map_agg(l)", "map_from_entries(list_filter(l, lambda e, i: e.k IS NOT NULL AND "
                          "len(list_filter(list_slice(l, 1, "
                          "i - 1), lambda o: o.k = e.k)) = 0))"},
    {"athena_multimap_agg(l)",
     "map_from_entries(list_transform(list_filter(l, lambda e, i: e.k IS NOT NULL AND "
     "len(list_filter(list_slice(l, 1, i - 1), lambda o: o.k = e.k)) = 0), lambda e: {'k': e.k, "
     "'v': "
     "list_transform(list_filter(l, lambda o: o.k = e.k), lambda o: o.v)}))"},
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
