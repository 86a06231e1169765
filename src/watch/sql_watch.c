#include "watch/sql_watch.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "lake/layout.h"
#include "lake/signals.h"
#include "lake/state.h"
#include "watch/sql_store.h"

enum { ARENA_BYTES_MAX = 64 << 20, ANSWER_BYTES_MAX = 256 << 20, IDS_BYTES_MAX = 16 << 20 };

#define HOUR_US INT64_C(3600000000)
#define DAY_US  (24 * HOUR_US)

static const int64_t BACK_OFF_US = INT64_C(60000000);
static const int BACK_OFF_DOUBLED_MAX = 11;

typedef struct Asked {
    const Rule *rule;
    Str rule_id;
    int64_t row; /* of the state's `rules` */
} Asked;

struct SqlWatch {
    SqlWatchOptions options;
    Db *db;
    Arena *arena; /* of the rules */
    Arena *work;  /* of a question */
    SqlAsk *ask;
    Asked *list;
    size_t count;
    size_t next; /* whose turn it is */
};

SqlWatch *sql_watch_open(const SqlWatchOptions *options, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    SqlWatch *watch = mem_calloc(1, sizeof *watch, err);
    if (!watch)
        return NULL;
    watch->options = *options;
    watch->arena = arena_new(ARENA_BYTES_MAX, err);
    watch->work = watch->arena ? arena_new(ANSWER_BYTES_MAX, err) : NULL;
    const SqlAskOptions asked = {.folder = watch->options.folder,
                                 .program = watch->options.program,
                                 .config = watch->options.config,
                                 .stopping = watch->options.stopping};
    watch->ask = watch->work ? sql_ask_open(&asked, err) : NULL;
    if (watch->ask && layout_path(path, err, options->folder, "state.db"))
        watch->db = state_open(path, DB_READ_WRITE, err);
    if (watch->db)
        return watch;
    sql_watch_free(watch);
    return NULL;
}

void sql_watch_free(SqlWatch *watch)
{
    if (!watch)
        return;
    sql_ask_free(watch->ask);
    db_close(watch->db);
    arena_free(watch->arena);
    arena_free(watch->work);
    mem_free(watch);
}

size_t sql_watch_count(const SqlWatch *watch)
{
    return watch->count;
}

/* ---- which rules there are ---- */

/* A rule that is new counts from the newest commit on; one that is known goes on where it is, and
 * one that changed is tried at once, whatever went wrong before. */
static bool make_known(SqlWatch *watch, const SignalRule *described, const Asked *asked, Error *err)
{
    DbStatement *insert = db_statement(
        watch->db,
        "INSERT INTO sql_rules (rule_id, rule, version, evaluated_seq) VALUES (?1, ?2, ?3, (SELECT"
        " coalesce(max(seq), 0) FROM commits)) ON CONFLICT (rule_id) DO UPDATE SET rule = ?2,"
        " version = ?3, due_us = 0, failures = 0, reason = NULL WHERE version <> ?3",
        err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, asked->rule_id);
    db_bind_int(insert, 2, asked->row);
    db_bind_text(insert, 3, described->version);
    return db_run(insert, err);
}

static bool forget_others(SqlWatch *watch, Error *err)
{
    BUF_AUTO Buf ids = buf_init(IDS_BYTES_MAX);
    bool ok = buf_append_byte(&ids, '[', err);
    for (size_t i = 0; ok && i < watch->count; i++)
        ok = (i == 0 || buf_append_byte(&ids, ',', err)) &&
             json_append_string(&ids, watch->list[i].rule_id, err);
    DbStatement *statement =
        ok && buf_append_byte(&ids, ']', err)
            ? db_statement(watch->db,
                           "DELETE FROM sql_rules WHERE rule_id NOT IN (SELECT value FROM"
                           " json_each(?))",
                           err)
            : NULL;
    if (!statement)
        return false;
    db_bind_text(statement, 1, buf_str(&ids));
    return db_run(statement, err);
}

static bool is_asked(const Rule *rule)
{
    return rule->kind == RULE_SQL && !rule_is_retired(rule);
}

/* In the caller's transaction. */
static bool take_rules(SqlWatch *watch, const RuleSet *set, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < ruleset_count(set); i++) {
        const Rule *rule = ruleset_rule(set, i);
        Asked *asked = &watch->list[watch->count];
        SignalRule described;
        if (!is_asked(rule))
            continue;
        *asked = (Asked){.rule = rule};
        ok = signals_describe(rule, watch->arena, &described, err) &&
             signals_register_rule(watch->db, &described, &asked->row, err);
        asked->rule_id = described.rule_id;
        ok = ok && make_known(watch, &described, asked, err);
        watch->count++;
    }
    return ok && forget_others(watch, err);
}

bool sql_watch_take(SqlWatch *watch, const RuleSet *set, Error *err)
{
    watch->count = watch->next = 0;
    arena_reset(watch->arena);
    watch->list = arena_calloc(watch->arena, ruleset_count(set) + 1, sizeof *watch->list, err);
    if (!watch->list || !db_begin(watch->db, err))
        return false;
    bool ok = take_rules(watch, set, err) && db_commit(watch->db, err);
    if (!ok) {
        db_rollback(watch->db);
        watch->count = 0;
    }
    return ok;
}

/* ---- what is due ---- */

static bool read_progress(SqlWatch *watch, const Asked *asked, SqlProgress *ret, Error *err)
{
    bool row = false;
    DbStatement *select = db_statement(watch->db,
                                       "SELECT evaluated_seq, coalesce(pass_seq, 0), pass_us,"
                                       " due_us, failures FROM sql_rules WHERE rule_id = ?",
                                       err);
    if (!select)
        return false;
    db_bind_text(select, 1, asked->rule_id);
    if (!db_next(select, &row, err))
        return false;
    if (!row)
        return error_set(err, ERROR_SYSTEM, "the state forgot a rule");
    *ret = (SqlProgress){.evaluated_seq = db_int(select, 0),
                         .pass_seq = db_int(select, 1),
                         .pass_us = db_is_null(select, 2) ? INT64_MIN : db_int(select, 2),
                         .due_us = db_int(select, 3),
                         .failures = (int)db_int(select, 4)};
    db_reset(select);
    return true;
}

/* The next window of the pass: the first behind those that were asked about that a fresh hour or
 * its margin touches. *ret_any* is false when none is left. */
static bool find_window(SqlWatch *watch, const SqlProgress *progress, SqlQuestion *question,
                        bool *ret_any, Error *err)
{
    const SqlRule *rule = question->rule;
    DbStatement *select =
        db_statement(watch->db,
                     "SELECT hour * 3600000000 FROM fresh_hours WHERE seq > ?1 AND (hour + 1) *"
                     " 3600000000 + ?3 > ?2 ORDER BY hour LIMIT 1",
                     err);
    *ret_any = false;
    if (!select)
        return false;
    db_bind_int(select, 1, progress->evaluated_seq);
    db_bind_int(select, 2, progress->pass_us);
    db_bind_int(select, 3, rule->margin_us);
    if (!db_next(select, ret_any, err) || !*ret_any)
        return err->kind == ERROR_NONE;
    int64_t from_us = sql_rule_window(rule, db_int(select, 0) - rule->margin_us);
    question->from_us = from_us > progress->pass_us ? from_us : progress->pass_us;
    question->to_us = question->from_us + rule->window_us;
    db_reset(select);
    return true;
}

/* A pass without hours that are left is over. */
static bool end_pass(SqlWatch *watch, const Asked *asked, const SqlProgress *progress, Error *err)
{
    DbStatement *update = db_statement(
        watch->db,
        "UPDATE sql_rules SET evaluated_seq = ?2, pass_seq = NULL, pass_us = NULL, due_us = ?3"
        " WHERE rule_id = ?1",
        err);
    if (!update)
        return false;
    db_bind_text(update, 1, asked->rule_id);
    db_bind_int(update, 2, progress->pass_seq);
    db_bind_int(update, 3, clock_now_us() + asked->rule->sql->every_us);
    return db_run(update, err);
}

/* ---- a question ---- */

static int64_t back_off_us(int failures)
{
    int64_t pause_us = BACK_OFF_US
                       << (failures < BACK_OFF_DOUBLED_MAX ? failures : BACK_OFF_DOUBLED_MAX);
    return pause_us < DAY_US ? pause_us : DAY_US;
}

static void tell_failure(const Asked *asked, const SqlProgress *progress, const Error *why)
{
    log_tell(LOG_WARN, "rule", "'%.*s' %s: %s; it is asked again in %" PRId64 " s",
             STR_ARG(str_slice(asked->rule->title, 0, 120)),
             why->kind == ERROR_LIMIT ? "is over its budget" : "could not be asked", why->text,
             back_off_us(progress->failures) / 1000000);
}

static bool is_stopping(const SqlWatch *watch)
{
    return watch->options.stopping && atomic_load(watch->options.stopping);
}

/* Asks, and stores what came of it. */
static bool ask_about(SqlWatch *watch, const Asked *asked, const SqlProgress *progress,
                      const SqlQuestion *question, Error *err)
{
    Error why = {0};
    SqlAnswer answer;
    const SqlStore store = {.db = watch->db,
                            .automation = watch->options.automation,
                            .rule_id = asked->rule_id,
                            .rule = asked->row,
                            .progress = progress,
                            .question = question,
                            .answer = &answer};
    arena_reset(watch->work);
    if (sql_ask(watch->ask, question, watch->work, &answer, &why))
        return sql_store_answer(&store, err);
    if (is_stopping(watch))
        return true;
    if (!sql_store_failure(&store, &why, clock_now_us() + back_off_us(progress->failures), err))
        return false;
    tell_failure(asked, progress, &why);
    return true;
}

/* The pass begins with what is committed now. */
static bool begin_pass(SqlWatch *watch, SqlProgress *progress, Error *err)
{
    return progress->pass_seq ||
           db_get_int(watch->db, "SELECT max(seq) FROM commits", 0, &progress->pass_seq, err);
}

/* *ret_did*: something was asked. */
static bool look_at(SqlWatch *watch, const Asked *asked, bool *ret_did, Error *err)
{
    SqlProgress progress = {0};
    SqlQuestion question = {.rule = asked->rule->sql};
    *ret_did = false;
    if (!read_progress(watch, asked, &progress, err))
        return false;
    int64_t every_us = asked->rule->sql->every_us;
    int64_t longest = every_us > DAY_US ? every_us : DAY_US;
    bool waits = progress.due_us > clock_now_us() &&
                 progress.due_us <= clock_now_us() + longest; /* else the clock went back */
    if (waits && !progress.pass_seq && (!watch->options.hurry || progress.failures))
        return true;
    if (waits && progress.failures)
        return true;
    if (!begin_pass(watch, &progress, err) ||
        !find_window(watch, &progress, &question, ret_did, err))
        return false;
    if (*ret_did)
        return ask_about(watch, asked, &progress, &question, err);
    return progress.pass_us == INT64_MIN || end_pass(watch, asked, &progress, err);
}

bool sql_watch_step(SqlWatch *watch, bool *ret_more, Error *err)
{
    *ret_more = false;
    for (size_t i = 0; i < watch->count && !*ret_more; i++) {
        const Asked *asked = &watch->list[watch->next];
        watch->next = (watch->next + 1) % watch->count;
        if (is_stopping(watch))
            break;
        if (!look_at(watch, asked, ret_more, err))
            return false;
    }
    if (!*ret_more)
        sql_ask_rest(watch->ask);
    return true;
}
