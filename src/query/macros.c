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
    /* A JSON scalar as text; arrays and objects are no texts. */
    {"athena_json_text(j)",
     "CASE json_type(j) WHEN 'OBJECT' THEN athena_fail('Cannot cast a JSON object to a text: use "
     "json_format') WHEN 'ARRAY' THEN athena_fail('Cannot cast a JSON array to a text: use "
     "json_format') "
     "ELSE j ->> '$' END"},
    /* json_extract: NULL for what is no JSON and for a path that leads nowhere. */
    {"athena_json_extract(j, p)", "CASE WHEN json_valid(j) THEN json_extract(j, p) END"},
    {"athena_json_scalar(j, p)",
     "CASE WHEN json_valid(j) AND json_type(j, p) NOT IN ('OBJECT', 'ARRAY', 'NULL') THEN "
     "json_extract_string(j, p) END"},
    {"athena_json_query(j, p)",
     "CASE WHEN json_valid(j) THEN CAST(json_extract(j, p) AS VARCHAR) END"},
    {"athena_json_size(j, p)",
     "CASE WHEN json_valid(j) THEN CASE json_type(j, p) WHEN 'ARRAY' THEN json_array_length(j, p) "
     "WHEN 'OBJECT' THEN len(json_keys(j, p)) WHEN NULL THEN NULL ELSE 0 END END"},
    /* Units of times that are no constants; a span of so many; a time of the day cut. */
    {"athena_unit(u)",
     "CASE WHEN u IS NULL OR lower(u) IN ('millisecond', 'second', 'minute', 'hour', 'day', "
     "'week', 'month', 'quarter', 'year') THEN lower(u) ELSE athena_fail('''' || u || ''' is no "
     "unit of a time') END"},
    {"athena_span(u, n)",
     "CASE u WHEN 'millisecond' THEN to_milliseconds(n) WHEN 'second' THEN to_seconds(n) "
     "WHEN 'minute' THEN to_minutes(n) WHEN 'hour' THEN to_hours(n) "
     "WHEN 'day' THEN to_days(CAST(n AS INTEGER)) WHEN 'week' THEN to_weeks(CAST(n AS INTEGER)) "
     "WHEN 'month' THEN to_months(CAST(n AS INTEGER)) "
     "WHEN 'quarter' THEN to_months(CAST(3 * n AS INTEGER)) "
     "WHEN 'year' THEN to_months(CAST(12 * n AS INTEGER)) END"},
    {"athena_time_trunc(u, t)", "CAST(date_trunc(u, DATE '1970-01-01' + t) AS TIME)"},
    /* The engine takes offsets only right behind the time. */
    {"athena_offset(s)", "regexp_replace(s, ' +([+-][0-9])', '\\1')"},
    /* Intervals: milliseconds or months, as texts with a sign before all. */
    {"athena_interval_ms(i)", "epoch_ms(i)"},
    {"athena_interval_months(i)", "(12 * date_part('year', i) + date_part('month', i))"},
    {"athena_interval_day_text(i)",
     "printf('%s%d %02d:%02d:%02d.%03d', CASE WHEN epoch_ms(i) < 0 THEN '-' ELSE '' END, "
     "abs(epoch_ms(i)) // 86400000, abs(epoch_ms(i)) // 3600000 % 24, "
     "abs(epoch_ms(i)) // 60000 % 60, abs(epoch_ms(i)) // 1000 % 60, abs(epoch_ms(i)) % 1000)"},
    {"athena_interval_year_text(i)",
     "printf('%s%d-%d', CASE WHEN athena_interval_months(i) < 0 THEN '-' ELSE '' END, "
     "abs(athena_interval_months(i)) // 12, abs(athena_interval_months(i)) % 12)"},
    /* "3.81 d": a number and a unit. */
    {"athena_duration(s)",
     "CASE WHEN s IS NULL OR regexp_full_match(s, '\\s*[0-9]+(\\.[0-9]+)?\\s*(ns|us|ms|s|m|h|d)\\s*"
     "') THEN to_milliseconds(round(CAST(regexp_extract(s, '[0-9.]+') AS DOUBLE) * CASE "
     "regexp_extract(s, '[a-z]+') WHEN 'ns' THEN 1e-6 WHEN 'us' THEN 1e-3 WHEN 'ms' THEN 1 WHEN "
     "'s' THEN 1000 WHEN 'm' THEN 60000 WHEN 'h' THEN 3600000 ELSE 86400000 END)) ELSE "
     "athena_fail('duration is not a valid data duration string: ' || s) END"},
    {"athena_count(n, word)",
     "CASE WHEN n > 0 THEN n || ' ' || word || CASE WHEN n > 1 THEN 's' ELSE '' END END"},
    {"athena_readable(n)",
     "CASE WHEN n IS NULL THEN NULL WHEN n = 0 THEN '0 seconds' ELSE concat_ws(', ', "
     "athena_count(n // 604800, 'week'), athena_count(n // 86400 % 7, 'day'), "
     "athena_count(n // 3600 % 24, 'hour'), athena_count(n // 60 % 60, 'minute'), "
     "athena_count(n % 60, 'second')) END"},
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
