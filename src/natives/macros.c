#include "natives/macros.h"

/* A macro's head and body; each keeps to the rule of "athena", section 3, that its line names. */
static const struct {
    const char *head, *body;
} MACROS[] = {
    /* Division by zero fails for integers and decimals; integers are cut towards zero. */
    {"athena_div(a, b)", "CASE WHEN b = 0 THEN athena_fail('Division by zero') ELSE a // b END"},
    {"athena_mod(a, b)", "CASE WHEN b = 0 THEN athena_fail('Division by zero') ELSE a % b END"},
    {"athena_divide(a, b)", "CASE WHEN b = 0 THEN athena_fail('Division by zero') ELSE a / b END"},
    /* Subscripts fail outside of an array, and for a key that a map lacks. */
    {"athena_at(a, i)",
     "CASE WHEN i < 1 THEN athena_fail('Array subscript is less than 1: ' || i) "
     "WHEN i > len(a) THEN "
     "athena_fail('Array subscript must be less than or equal to array length: ' || i "
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
    /* Days and times in full, and nothing behind them. */
    {"athena_date_text(s)",
     "CASE WHEN s IS NULL OR regexp_full_match(s, '\\s*[+-]?[0-9]{4,}-[0-9]{1,2}-[0-9]{1,2}\\s*') "
     "THEN trim(s) ELSE athena_fail('Value cannot be cast to date: ' || s) END"},
    {"athena_timestamp_text(s)",
     "CASE WHEN s IS NULL OR regexp_full_match(s, '\\s*[+-]?[0-9]{4,}-[0-9]{1,2}-[0-9]{1,2}( +[0-9]"
     "{1,2}:[0-9]{1,2}(:[0-9]{1,2}([.][0-9]+)?)?)?\\s*') THEN s ELSE athena_fail('Value cannot be "
     "cast to timestamp: ' || s) END"},
    /* Floating-point numbers are written as Java does: 1.0, 1.0E10. */
    {"athena_double_text(x)",
     "CASE WHEN isnan(x) THEN 'NaN' WHEN isinf(x) THEN CASE WHEN x > 0 THEN 'Infinity' ELSE "
     "'-Infinity' END WHEN x = 0 OR (abs(x) >= 1e-3 AND abs(x) < 1e7) THEN CASE WHEN "
     "contains(CAST(x AS VARCHAR), 'e') THEN printf('%f', x) ELSE CAST(x AS VARCHAR) END ELSE "
     "regexp_replace(regexp_replace(format('{:E}', x), '(\\.[0-9]*?[1-9]|\\.0)0*E', '\\1E'), "
     "'E([+]?|(-))0*([0-9]+)$', 'E\\2\\3') END"},
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
    /* Java's arithmetic: what has no answer is NaN. */
    {"athena_sign(x)",
     "CASE WHEN isnan(CAST(x AS DOUBLE)) THEN x ELSE CAST(sign(x) AS DOUBLE) END"},
    {"athena_rest(a, b)", "CASE WHEN b = 0 THEN a * CAST('NaN' AS DOUBLE) ELSE a % b END"},
    {"athena_sqrt(x)", "CASE WHEN x < 0 THEN CAST('NaN' AS DOUBLE) ELSE sqrt(x) END"},
    {"athena_ln(x)",
     "CASE WHEN x < 0 THEN CAST('NaN' AS DOUBLE) WHEN x = 0 THEN CAST('-Infinity' AS "
     "DOUBLE) ELSE ln(x) END"},
    {"athena_log2(x)", "CASE WHEN x > 0 THEN log2(x) ELSE athena_ln(x) END"},
    {"athena_log10(x)", "CASE WHEN x > 0 THEN log10(x) ELSE athena_ln(x) END"},
    {"athena_asin(x)", "CASE WHEN abs(x) > 1 THEN CAST('NaN' AS DOUBLE) ELSE asin(x) END"},
    {"athena_acos(x)", "CASE WHEN abs(x) > 1 THEN CAST('NaN' AS DOUBLE) ELSE acos(x) END"},
    {"athena_random(a, b)", "CASE WHEN a >= b THEN athena_fail('bound must be positive') ELSE a + "
                            "CAST(floor(random() * (b - a)) AS BIGINT) END"},
    {"athena_bucket(x, a, b, n)",
     "CASE WHEN n < 1 THEN athena_fail('bucketCount must be greater than 0') "
     "WHEN a = b THEN athena_fail('bounds cannot equal each other') "
     "WHEN (a < b) = (x < a) AND x <> a THEN 0 WHEN x = b OR (a < b) = (x > b) THEN n + 1 "
     "ELSE CAST(floor(n * (CAST(x AS DOUBLE) - a) / (CAST(b AS DOUBLE) - a)) AS BIGINT) + 1 END"},
    {"athena_bin(x, bins)", "len(list_filter(bins, lambda bound: bound <= x))"},
    /* Texts. Positions count characters; outside of a text there is nothing. */
    {"athena_blanks()",
     "chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(28) || chr(29) || "
     "chr(30) || chr(31) || ' ' || chr(8232) || chr(8233) || chr(12288)"},
    {"athena_substring(s, f)",
     "CASE WHEN f = 0 OR f < -length(s) THEN left(s, 0) ELSE substring(s, f) END"},
    {"athena_substring_of(s, f, n)", "CASE WHEN f = 0 OR f < -length(s) OR n < 1 THEN "
                                     "left(s, 0 * n * f) ELSE substring(s, f, n) END"},
    {"athena_pad_check(n, p)",
     "CASE WHEN n < 0 OR n > 2147483647 THEN athena_fail('Target length must be in the range "
     "[0..2147483647]') WHEN p = '' THEN athena_fail('Padding string must not be empty') ELSE "
     "CAST(n AS INTEGER) END"},
    {"athena_lpad(s, n, p)", "lpad(s, athena_pad_check(n, p), p)"},
    {"athena_rpad(s, n, p)", "rpad(s, athena_pad_check(n, p), p)"},
    {"athena_split(s, d)", "CASE WHEN d = '' THEN athena_fail('The delimiter may not be the empty "
                           "string') ELSE string_split(s, d) END"},
    {"athena_split_most(s, d, n)",
     "CASE WHEN n < 1 THEN athena_fail('Limit must be positive') "
     "WHEN len(athena_split(s, d)) <= n THEN string_split(s, d) ELSE "
     "string_split(s, d)[1:n - 1] || [array_to_string(string_split(s, d)[n:], d)] END"},
    {"athena_split_to_map(s, e, k)",
     "map_from_entries(list_transform(athena_split(s, e), lambda p: CASE WHEN len(string_split(p, "
     "k)) = 2 THEN "
     "{'key': split_part(p, k, 1), 'value': split_part(p, k, 2)} ELSE "
     "athena_fail('Key-value delimiter must appear exactly once in each entry. Bad input: ' || p) "
     "END))"},
    {"athena_split_part(s, d, n)",
     "CASE WHEN n < 1 THEN athena_fail('Index must be greater than zero') ELSE "
     "string_split(s, d)[n] END"},
    {"athena_chr(n)", "CASE WHEN n < 0 OR n > 1114111 OR n BETWEEN 55296 AND 57343 THEN "
                      "athena_fail('Not a valid Unicode code point: ' || n) ELSE "
                      "chr(CAST(n AS INTEGER)) END"},
    {"athena_codepoint(s)", "CASE WHEN length(s) <> 1 THEN athena_fail('codepoint takes a single "
                            "character') ELSE unicode(s) END"},
    {"athena_from_hex(s)", "CASE WHEN strlen(s) % 2 = 1 THEN athena_fail('input length must be an "
                           "even number') ELSE unhex(s) END"},
    /* URLs: their parts as RFC 3986 has them; NULL for what Java's URI does not take. */
    {"athena_url(u, part)",
     "CASE WHEN regexp_full_match(u, '(?:[A-Za-z0-9_.~:/?#@!$&''()*+,;=\\[\\]-]|%[0-9A-Fa-f]{2}|"
     "[^\\x00-\\x7f])*') THEN regexp_extract(u, '^(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)"
     "(?:\\?([^#]*))?(?:#(.*))?$', part) END"},
    {"athena_url_host(u)",
     "regexp_extract(athena_url(u, 2), '^(?:[^@]*@)?(\\[[^\\]]*\\]|[^:]*)(?::[0-9]*)?$', 1)"},
    {"athena_url_port(u)",
     "TRY_CAST(regexp_extract(athena_url(u, 2), '^.*?:([0-9]+)$', 1) AS BIGINT)"},
    {"athena_url_encode(s)",
     "replace(replace(replace(url_encode(s), '%20', '+'), '%2A', '*'), '~', "
     "'%7E')"},
    {"athena_url_decode(s)",
     "CASE WHEN contains(regexp_replace(s, '%[0-9A-Fa-f]{2}', '', 'g'), '%') THEN "
     "athena_fail('URLDecoder: Illegal hex characters in escape (%) pattern') ELSE "
     "url_decode(replace(s, '+', ' ')) END"},
    {"athena_url_parameter(u, name)",
     "url_decode(replace(regexp_extract(list_filter(string_split(athena_url(u, 4), '&'), lambda p: "
     "url_decode(replace(split_part(p, '=', 1), '+', ' ')) = name)[1], '^[^=]*=(.*)$', 1), '+', ' "
     "'))"},
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

enum { SQL_BYTES_MAX = 1 << 20, MACRO_COUNT = sizeof MACROS / sizeof *MACROS };

static Str name_of(size_t number)
{
    Str head = str_of(MACROS[number].head);
    return str_slice(head, 0, str_find_byte(head, '(', 0));
}

/* Which macros *sql* names, and which those name: these stand before them. */
static void choose(Str sql, bool ret_wanted[MACRO_COUNT])
{
    for (size_t i = MACRO_COUNT; i-- > 0;) {
        ret_wanted[i] = str_has_name(sql, name_of(i));
        for (size_t by = i + 1; by < MACRO_COUNT && !ret_wanted[i]; by++)
            ret_wanted[i] = ret_wanted[by] && str_has_name(str_of(MACROS[by].body), name_of(i));
    }
}

bool macros_create(Engine *engine, Str sql, Error *err)
{
    bool wanted[MACRO_COUNT];
    BUF_AUTO Buf text = buf_init(SQL_BYTES_MAX);
    choose(sql, wanted);
    for (size_t i = 0; i < MACRO_COUNT; i++)
        if (wanted[i] && !buf_printf(&text, err, "CREATE MACRO IF NOT EXISTS %s AS %s;\n",
                                     MACROS[i].head, MACROS[i].body))
            return false;
    return !text.len || (buf_text(&text, err) && engine_run(engine, text.ptr, err));
}
