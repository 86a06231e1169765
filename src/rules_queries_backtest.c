/* rules_queries_backtest - what a rule with a query would have found in a lake. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/amount.h"
#include "base/cell.h"
#include "base/timestamp.h"
#include "drops_print.h"
#include "rules_queries.h"
#include "setup.h"
#include "watch/sql_ask.h"

enum { ANSWER_BYTES_MAX = 256 << 20, FOUND_BYTES_MAX = 512 << 20, EXAMPLES_MAX = 10 };

/* An episode: what one finding would be. */
typedef struct Spell {
    Str group;
    int64_t first_us, last_us;
    double value;
    Str event_id;
    uint64_t rows;
} Spell;

typedef struct Trial {
    const CommandLine *line;
    const SqlRule *rule;
    Lake *lake;
    SqlAsk *ask;
    Arena *answers; /* of one window */
    Arena *kept;    /* texts of what was found */
    Buf found;      /* Spell each */
    uint64_t windows, read_bytes;
    double seconds;
    Error *err;
} Trial;

static Spell *found_at(Trial *trial, size_t index)
{
    return (Spell *)(void *)trial->found.ptr + index;
}

static size_t found_count(const Trial *trial)
{
    return trial->found.len / sizeof(Spell);
}

/* Rows come by time: the last episode of their group is the one that they may go on. */
static bool add_row(Trial *trial, const SqlRow *row)
{
    for (size_t i = found_count(trial); i-- > 0;) {
        Spell *found = found_at(trial, i);
        if (!str_equal(found->group, row->group) || row->first_us - found->last_us > FINDING_GAP_US)
            continue;
        found->last_us = row->last_us > found->last_us ? row->last_us : found->last_us;
        found->value = row->value > found->value ? row->value : found->value;
        found->rows++;
        return true;
    }
    const char *group = arena_text(trial->kept, row->group, trial->err);
    const char *id = group ? arena_text(trial->kept, row->event_ids[0], trial->err) : NULL;
    const Spell made = {.group = {group, row->group.len},
                        .first_us = row->first_us,
                        .last_us = row->last_us,
                        .value = row->value,
                        .event_id = {id, row->event_ids[0].len},
                        .rows = 1};
    return id && buf_append(&trial->found, &made, sizeof made, trial->err);
}

static bool ask_window(Trial *trial, int64_t from_us)
{
    SqlAnswer answer;
    const SqlQuestion question = {trial->rule, from_us, from_us + trial->rule->window_us};
    arena_reset(trial->answers);
    bool ok = sql_ask(trial->ask, &question, trial->answers, &answer, trial->err);
    for (size_t i = 0; ok && i < answer.row_count; i++)
        ok = add_row(trial, &answer.rows[i]);
    trial->windows++;
    trial->read_bytes += answer.read_bytes;
    trial->seconds += answer.seconds;
    return ok;
}

/* The first time from *at_us* on at which a data file has events; false when there is none. */
static bool next_event(Trial *trial, int64_t at_us, int64_t *ret, bool *ret_any)
{
    DbStatement *select = db_statement(trial->lake->db,
                                       "SELECT max(?1, time_min) FROM parts WHERE removed_seq IS"
                                       " NULL AND time_max >= ?1 ORDER BY 1 LIMIT 1",
                                       trial->err);
    *ret_any = false;
    if (!select)
        return false;
    db_bind_int(select, 1, at_us);
    if (!db_next(select, ret_any, trial->err))
        return false;
    if (*ret_any)
        *ret = db_int(select, 0);
    db_reset(select);
    return true;
}

static bool ask_all(Trial *trial)
{
    int64_t since_us, until_us, at_us = 0;
    bool any = true;
    if (!command_range(trial->line, &since_us, &until_us, trial->err) ||
        !drops_tell(trial->lake, since_us, until_us, trial->err))
        return false;
    while (next_event(trial, since_us, &at_us, &any) && any && at_us < until_us) {
        int64_t from_us = sql_rule_window(trial->rule, at_us);
        if (!ask_window(trial, from_us))
            return false;
        since_us = from_us + trial->rule->window_us;
    }
    return trial->err->kind == ERROR_NONE;
}

static bool print_json(Trial *trial)
{
    BUF_AUTO Buf text = buf_init(1 << 20);
    char first[TIMESTAMP_TEXT_BYTES], last[TIMESTAMP_TEXT_BYTES];
    for (size_t i = 0; i < found_count(trial); i++) {
        const Spell *found = found_at(trial, i);
        text.len = 0;
        timestamp_format(found->first_us, first);
        timestamp_format(found->last_us, last);
        if (!json_append_string(&text, found->event_id, trial->err))
            return false;
        printf("{\"first_seen\":\"%s\",\"last_seen\":\"%s\",\"group_by\":%.*s,\"value\":%.17g,"
               "\"rows\":%" PRIu64 ",\"eventid\":%.*s}\n",
               first, last, STR_ARG(found->group), found->value, found->rows,
               STR_ARG(buf_str(&text)));
    }
    return true;
}

static bool print_days(Trial *trial)
{
    char day[TIMESTAMP_TEXT_BYTES] = "", next[TIMESTAMP_TEXT_BYTES];
    uint64_t count = 0;
    printf("\nby day\n");
    for (size_t i = 0; i <= found_count(trial); i++) {
        next[0] = '\0';
        if (i < found_count(trial))
            timestamp_format_day(timestamp_day(found_at(trial, i)->first_us), next);
        if (count && strcmp(day, next) != 0) {
            printf("  %s  %" PRIu64 "\n", day, count);
            count = 0;
        }
        memcpy(day, next, sizeof day);
        count++;
    }
    return true;
}

static bool print_table(Trial *trial)
{
    char time[TIMESTAMP_TEXT_BYTES];
    BUF_AUTO Buf group = buf_init(1 << 20);
    size_t count = found_count(trial);
    if (!count)
        return true;
    print_days(trial);
    printf("\nexamples\n");
    for (size_t i = 0; i < count && i < EXAMPLES_MAX; i++) {
        const Spell *found = found_at(trial, i);
        group.len = 0;
        if (!cell_visible(found->group, &group, trial->err))
            return false;
        timestamp_format_zone(found->first_us, time);
        printf("  %s  %.*s  value %g  event %.*s\n", time, STR_ARG(buf_str(&group)), found->value,
               STR_ARG(found->event_id));
    }
    return true;
}

static bool print(Trial *trial)
{
    char read[AMOUNT_TEXT_BYTES];
    bool table = strcmp(command_text(trial->line, "format", "table"), "table") == 0;
    amount_bytes(trial->read_bytes, read);
    fprintf(table ? stdout : stderr,
            "%zu findings in %" PRIu64 " windows; %s of data files were read\n", found_count(trial),
            trial->windows, read);
    return table ? print_table(trial) : print_json(trial);
}

static bool run(Trial *trial)
{
    const SqlAskOptions options = {.folder = trial->lake->folder,
                                   .config = command_config(trial->line)};
    trial->answers = arena_new(ANSWER_BYTES_MAX, trial->err);
    trial->kept = trial->answers ? arena_new(FOUND_BYTES_MAX, trial->err) : NULL;
    trial->ask = trial->kept ? sql_ask_open(&options, trial->err) : NULL;
    bool ok = trial->ask && ask_all(trial) && print(trial);
    sql_ask_free(trial->ask);
    arena_free(trial->kept);
    arena_free(trial->answers);
    return ok;
}

bool rules_queries_backtest(const CommandLine *line, const Rule *rule, Error *err)
{
    const char *format = command_text(line, "format", "table");
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_READ, err);
    Trial trial = {.line = line,
                   .rule = rule->sql,
                   .lake = lake,
                   .found = buf_init(FOUND_BYTES_MAX),
                   .err = err};
    if (strcmp(format, "table") != 0 && strcmp(format, "jsonl") != 0)
        return error_set(err, ERROR_USAGE,
                         "the back-test of a rule with a query is written as table or jsonl");
    bool ok = lake && run(&trial);
    buf_free(&trial.found);
    return ok;
}
