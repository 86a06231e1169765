#include "rules_state.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/amount.h"
#include "base/cell.h"
#include "base/clock.h"
#include "base/timestamp.h"
#include "setup.h"

enum { TEXT_BYTES_MAX = 1 << 16 };

static const char QUERIES[] =
    "SELECT s.failures, coalesce(s.reason, ''), s.due_us, s.evaluated_seq < (SELECT"
    " coalesce(max(seq), 0) FROM fresh_hours), r.at_us, coalesce(r.seconds, 0),"
    " coalesce(r.read_bytes, 0), coalesce(r.rows, 0) FROM sql_rules s LEFT JOIN sql_runs r ON r.id "
    "="
    " (SELECT max(id) FROM sql_runs WHERE rule_id = s.rule_id) WHERE s.rule_id = ?";

static const char TRIED[] = "SELECT count(*), coalesce(sum(f.count), 0), max(f.last_us) FROM"
                            " findings f WHERE f.rule_id = ? AND f.dry_run = 1 AND"
                            " f.superseded_by IS NULL";

static Str id_of(const Rule *rule)
{
    return rule->id.len ? rule->id : rule->title;
}

/* Why it waits, if it does. */
static bool print_wait(DbStatement *row, Error *err)
{
    char until[TIMESTAMP_TEXT_BYTES];
    BUF_AUTO Buf reason = buf_init(TEXT_BYTES_MAX);
    if (db_int(row, 0) == 0) {
        printf("  %s\n", db_int(row, 3) ? "has news to ask about" : "asked about all that came");
        return true;
    }
    timestamp_format_zone(db_int(row, 2), until);
    if (!cell_visible(db_text(row, 1), &reason, err))
        return false;
    printf("  FAILED %" PRId64 " times, waits until %s: %.*s\n", db_int(row, 0), until,
           STR_ARG(buf_str(&reason)));
    return true;
}

static bool print_query(DbStatement *row, const Rule *rule, Error *err)
{
    char at[TIMESTAMP_TEXT_BYTES] = "never", read[AMOUNT_TEXT_BYTES];
    if (!db_is_null(row, 4))
        timestamp_format_zone(db_int(row, 4), at);
    amount_bytes((uint64_t)db_int(row, 6), read);
    printf("  %-60.*s  asked %s, %.2f s, %s, %" PRId64 " rows", STR_ARG(rule->title), at,
           db_real(row, 5), read, db_int(row, 7));
    return print_wait(row, err);
}

static bool print_tried(DbStatement *row, const Rule *rule, Error *err)
{
    char last[TIMESTAMP_TEXT_BYTES] = "never";
    (void)err;
    if (!db_is_null(row, 2))
        timestamp_format_zone(db_int(row, 2), last);
    printf("  %-60.*s  %" PRId64 " findings of %" PRId64 " events, last %s\n", STR_ARG(rule->title),
           db_int(row, 0), db_int(row, 1), last);
    return true;
}

static bool is_query(const Rule *rule)
{
    return rule->kind == RULE_SQL;
}

static bool is_tried(const Rule *rule)
{
    return rule->dry_run;
}

/* What is told of some rules. */
static const struct Part {
    const char *head, *sql;
    bool (*holds)(const Rule *rule);
    bool (*print)(DbStatement *row, const Rule *rule, Error *err);
} PARTS[] = {
    {"rules with a query", QUERIES, is_query, print_query},
    {"tried out (dry_run): would have been found", TRIED, is_tried, print_tried},
};

static bool print_part(Lake *lake, const RuleSet *set, const struct Part *part, Error *err)
{
    bool ok = true, told = false;
    for (size_t i = 0; ok && i < ruleset_count(set); i++) {
        const Rule *rule = ruleset_rule(set, i);
        bool row = false;
        if (!part->holds(rule))
            continue;
        DbStatement *select = db_statement(lake->db, part->sql, err);
        if (!select)
            return false;
        db_bind_text(select, 1, id_of(rule));
        ok = db_next(select, &row, err);
        if (!ok || !row)
            continue;
        if (!told)
            printf("\n%s\n", part->head);
        told = true;
        ok = part->print(select, rule, err);
        db_reset(select);
    }
    return ok;
}

bool rules_state_print(const CommandLine *line, const RuleSet *set, Error *err)
{
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_READ, err);
    bool ok = lake != NULL;
    for (size_t i = 0; ok && i < sizeof PARTS / sizeof *PARTS; i++)
        ok = print_part(lake, set, &PARTS[i], err);
    return ok;
}
