#include "search/search_statement.h"

#include <inttypes.h>

#include "base/engine.h"
#include "query/records.h"
#include "search/search_field.h"

enum { BUCKETS_MAX = 60 };

static const int64_t SECOND_US = 1000 * 1000;

bool search_statement_columns(Str list, Str *ret, size_t *ret_count, Error *err)
{
    *ret_count = 0;
    for (size_t from = 0; from <= list.len;) {
        size_t end = str_find_byte(list, ',', from);
        Str name = str_trim(str_slice(list, from, end));
        if (!name.len)
            return error_set(err, ERROR_USAGE, "fields are named as a,b,c: one name is empty");
        if (*ret_count == SEARCH_COLUMNS_MAX)
            return error_set(err, ERROR_USAGE, "more than %d fields are named", SEARCH_COLUMNS_MAX);
        for (size_t i = 0; i < *ret_count; i++)
            if (str_equal_nocase(ret[i], name))
                return error_set(err, ERROR_USAGE, "the field '%.*s' is named twice",
                                 STR_ARG(str_slice(name, 0, 80)));
        ret[(*ret_count)++] = name;
        from = end + 1;
    }
    return true;
}

static bool put_commits(const SearchHits *hits, Buf *sql, Error *err)
{
    return !hits->to_commit ||
           buf_printf(sql, err, "commit_seq > %" PRId64 " AND commit_seq <= %" PRId64 " AND ",
                      hits->after_commit, hits->to_commit);
}

/* Rows without more in `extra` than their columns say. */
static bool put_plain(const SearchHits *hits, Buf *sql, Error *err)
{
    if (!put_commits(hits, sql, err) || !buf_append_str(sql, hits->plain, err))
        return false;
    return hits->untouched ||
           (buf_append_str(sql, STR(" AND NOT coalesce("), err) &&
            buf_append_str(sql, hits->touches, err) && buf_append_str(sql, STR(", FALSE)"), err));
}

static bool put_touched(const SearchHits *hits, Buf *sql, Error *err)
{
    return buf_append_str(sql, STR(" UNION ALL SELECT * FROM cloudtrail WHERE "), err) &&
           put_commits(hits, sql, err) && buf_append_str(sql, STR("extra IS NOT NULL AND "), err) &&
           buf_append_str(sql, hits->touches, err) && buf_append_str(sql, STR(" AND "), err) &&
           buf_append_str(sql, hits->touched, err);
}

/* Behind FROM; a plain statement over the table is read from its last files on. */
static bool put_hits(const SearchHits *hits, Buf *sql, Error *err)
{
    if (hits->untouched)
        return buf_append_str(sql, STR("cloudtrail AS hits WHERE "), err) &&
               put_plain(hits, sql, err);
    return buf_append_str(sql, STR("(SELECT * FROM cloudtrail WHERE "), err) &&
           put_plain(hits, sql, err) && put_touched(hits, sql, err) &&
           buf_append_str(sql, STR(") AS hits"), err);
}

bool search_statement_touched(const SearchHits *hits, Buf *sql, Error *err)
{
    return buf_append_str(sql,
                          STR("SELECT count(*) AS events FROM cloudtrail WHERE extra IS NOT NULL "
                              "AND "),
                          err) &&
           buf_append_str(sql, hits->touches, err);
}

bool search_statement_put_name(Str name, Buf *sql, Error *err)
{
    bool ok = buf_append_byte(sql, '"', err);
    for (size_t i = 0; ok && i < name.len; i++)
        ok = (name.ptr[i] != '"' || buf_append_byte(sql, '"', err)) &&
             buf_append_byte(sql, (unsigned char)name.ptr[i], err);
    return ok && buf_append_byte(sql, '"', err);
}

/* "principal" is who made the call, as other commands show it. */
static bool put_column(Str name, Buf *sql, Error *err)
{
    return str_equal(name, STR("principal")) ? records_put_principal(sql, err)
                                             : search_field_select(name, sql, err);
}

static bool put_select(const Str *columns, size_t count, Buf *sql, Error *err)
{
    bool ok = buf_append_str(sql, count ? STR("SELECT ") : STR("SELECT *"), err);
    for (size_t i = 0; ok && i < count; i++)
        ok = (!i || buf_append_str(sql, STR(", "), err)) && put_column(columns[i], sql, err) &&
             buf_append_str(sql, STR(" AS "), err) &&
             search_statement_put_name(columns[i], sql, err);
    return ok && buf_append_str(sql, STR(" FROM "), err);
}

bool search_statement_rows(const SearchHits *hits, const Str *columns, size_t count, uint64_t limit,
                           Buf *sql, Error *err)
{
    return put_select(columns, count, sql, err) && put_hits(hits, sql, err) &&
           buf_printf(
               sql, err,
               " ORDER BY hits.eventtime DESC, hits.object_id DESC, hits.record_index DESC") &&
           (!limit || buf_printf(sql, err, " LIMIT %" PRIu64, limit));
}

bool search_statement_follow(const SearchHits *hits, const Str *columns, size_t count, Buf *sql,
                             Error *err)
{
    return put_select(columns, count, sql, err) && put_hits(hits, sql, err) &&
           buf_printf(sql, err,
                      " ORDER BY hits.commit_seq, hits.eventtime, hits.object_id, "
                      "hits.record_index");
}

static bool put_buckets(int64_t step_s, Buf *sql, Error *err)
{
    return buf_printf(sql, err,
                      "SELECT 0 AS part, 'time' AS field, date_format(from_unixtime(bucket * "
                      "%" PRId64 "), '%%Y-%%m-%%dT%%H:%%i:%%sZ') AS value, count(*) AS events FROM "
                      "found GROUP BY bucket",
                      step_s);
}

static bool put_facet(size_t number, Str name, Buf *sql, Error *err)
{
    return buf_printf(sql, err, "SELECT * FROM (SELECT %zu AS part, ", number) &&
           engine_quote(sql, name, err) &&
           buf_printf(sql, err,
                      " AS field, CAST(f%zu AS VARCHAR) AS value, count(*) AS events FROM found "
                      "WHERE f%zu IS NOT NULL GROUP BY f%zu ORDER BY events DESC, value LIMIT %d)",
                      number, number, number, SEARCH_TOP_VALUES);
}

static bool put_found(const SearchHits *hits, const SearchCounts *counts, Buf *sql, Error *err)
{
    bool ok = buf_printf(sql, err, "WITH found AS (SELECT ");
    if (ok && counts->step_s)
        ok = buf_printf(
            sql, err, "CAST(floor(to_unixtime(hits.eventtime) / %" PRId64 ") AS BIGINT) AS bucket",
            counts->step_s);
    for (size_t i = 0; ok && i < counts->facet_count; i++)
        ok = buf_append_str(sql, i || counts->step_s ? STR(", ") : STR(""), err) &&
             put_column(counts->facets[i], sql, err) && buf_printf(sql, err, " AS f%zu", i + 1);
    return ok && buf_append_str(sql, STR(" FROM "), err) && put_hits(hits, sql, err) &&
           buf_append_byte(sql, ')', err);
}

bool search_statement_counts(const SearchHits *hits, const SearchCounts *counts, Buf *sql,
                             Error *err)
{
    bool ok = put_found(hits, counts, sql, err) &&
              buf_printf(sql, err, " SELECT field, value, events FROM (") &&
              (!counts->step_s || put_buckets(counts->step_s, sql, err));
    for (size_t i = 0; ok && i < counts->facet_count; i++)
        ok = (!i && !counts->step_s) || buf_append_str(sql, STR(" UNION ALL "), err)
                 ? put_facet(i + 1, counts->facets[i], sql, err)
                 : false;
    return ok &&
           buf_printf(sql, err,
                      ") AS counts ORDER BY part, CASE WHEN part = 0 THEN 0 ELSE -events END, "
                      "value");
}

int64_t search_statement_step(int64_t span_us)
{
    static const int64_t STEPS[] = {60,    300,   600,   900,   1800,   3600,
                                    10800, 21600, 43200, 86400, 604800, 2592000};
    size_t i = 0;
    while (i + 1 < sizeof STEPS / sizeof *STEPS && span_us / SECOND_US / STEPS[i] >= BUCKETS_MAX)
        i++;
    return STEPS[i];
}
