#include "verify/delivered.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "verify/log_record.h"

enum { TREE_BYTES_MAX = 512 << 20, TEXTS_BYTES_MAX = 16 << 20, LOGS_MAX = 2000 };

/* Logs come within minutes; seldom, hours late. */
static const int64_t BEFORE_US = INT64_C(300000000);
static const int64_t BEHIND_US = INT64_C(86400000000);

static const char LOGS_SQL[] =
    "SELECT id, source, key, etag FROM objects WHERE superseded_by IS NULL AND source IN ('s3',"
    " 'file') AND kind <> 'digest' AND ?1 IN (account, '') AND ?2 IN (region, '') AND delivered_us"
    " BETWEEN ?3 AND ?4 ORDER BY delivered_us, id LIMIT ?5";

/* As decode/omission.h has them. */
static const char *const LEFT_OUT[] = {"readOnly", "managementEvent", "eventCategory", "tlsDetails",
                                       "sessionCredentialFromConsole"};

/* A log that may hold it. */
typedef struct Log {
    struct Log *next;
    int64_t id;
    Str source, key, etag;
} Log;

bool delivered_is_asked(Str source)
{
    return !str_equal(source, STR("s3")) && !str_equal(source, STR("file")) &&
           !str_equal(source, STR("lost"));
}

static bool keep(Arena *arena, Str text, Str *ret, Error *err)
{
    const char *copy = arena_text(arena, text, err);
    *ret = (Str){copy, text.len};
    return copy != NULL;
}

/* The logs in the order of their delivery. */
static bool list_logs(Lake *lake, const Json *record, int64_t time_us, Arena *arena, Log **ret,
                      Error *err)
{
    bool row = true, ok = true;
    DbStatement *select = db_statement(lake->db, LOGS_SQL, err);
    if (!select)
        return false;
    db_bind_text(select, 1, json_text(json_member(record, STR("recipientAccountId")), STR("")));
    db_bind_text(select, 2, json_text(json_member(record, STR("awsRegion")), STR("")));
    db_bind_int(select, 3, time_us - BEFORE_US);
    db_bind_int(select, 4, time_us + BEHIND_US);
    db_bind_int(select, 5, LOGS_MAX);
    while (ok && (ok = db_next(select, &row, err)) && row) {
        Log *log = arena_calloc(arena, 1, sizeof *log, err);
        ok = log && keep(arena, db_text(select, 1), &log->source, err) &&
             keep(arena, db_text(select, 2), &log->key, err) &&
             keep(arena, db_text(select, 3), &log->etag, err);
        if (!ok)
            break;
        log->id = db_int(select, 0);
        *ret = log;
        ret = &log->next;
    }
    if (!ok)
        db_reset(select);
    return ok;
}

/* The log as it lies there, else as it was kept. */
static bool read_log(StoreLake *kept, const Log *log, Buf *ret)
{
    Error ignored = {0}, again = {0};
    const OriginalName name = {log->source, log->key, log->etag};
    return store_lake_original(kept, log->source, log->key, ret, &ignored) == FETCH_FOUND ||
           store_lake_kept(kept, &name, ret, &again) == FETCH_FOUND;
}

static void add_word(char ret[DELIVERED_TEXT_BYTES], Str word)
{
    size_t len = strlen(ret);
    snprintf(ret + len, DELIVERED_TEXT_BYTES - len, "%s%.*s", len ? ", " : "",
             STR_ARG(str_slice(word, 0, 64)));
}

static bool may_be_left_out(Str name)
{
    for (size_t i = 0; i < sizeof LEFT_OUT / sizeof *LEFT_OUT; i++)
        if (str_equal(name, str_of(LEFT_OUT[i])))
            return true;
    return false;
}

/* What the row has not of the log's record, or where they differ. */
static void compare(const Json *log, const Json *row, Delivered *ret)
{
    for (const Json *at = log->first; at && !ret->differs[0]; at = at->next) {
        const Json *other = json_member(row, at->name);
        if (!other && may_be_left_out(at->name))
            add_word(ret->left_out, at->name);
        else if (!other || !json_equal(at, other))
            add_word(ret->differs, at->name);
    }
    for (const Json *at = row->first; at && !ret->differs[0]; at = at->next)
        if (!json_member(log, at->name))
            add_word(ret->differs, at->name);
    ret->same = !ret->differs[0];
}

static bool judge(const Json *row, Arena *arena, Delivered *ret, Error *err)
{
    const JsonLimits limits = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};
    const Json *log = json_read(buf_str(&ret->record), &limits, arena, err);
    if (log)
        compare(log, row, ret);
    return log != NULL;
}

static bool look_through(StoreLake *kept, const Log *logs, Str event_id, Delivered *ret, Error *err)
{
    BUF_AUTO Buf bytes = buf_init(STORE_BYTES_MAX);
    for (const Log *log = logs; log && !ret->found; log = log->next) {
        LogRecord found;
        if (!read_log(kept, log, &bytes))
            continue;
        if (!log_record_find_event(store_lake_lake(kept), buf_str(&bytes), event_id, &found, err)) {
            buf_free(&found.text);
            return false;
        }
        if (!found.found) {
            buf_free(&found.text);
            continue;
        }
        ret->found = true;
        ret->object_id = log->id;
        ret->record_index = found.index;
        ret->record = found.text;
    }
    return true;
}

bool delivered_find(StoreLake *kept, Str record, int64_t time_us, Delivered *ret, Error *err)
{
    const JsonLimits limits = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};
    Log *logs = NULL;
    *ret = (Delivered){.record = buf_init(0)};
    Arena *arena = arena_new(TREE_BYTES_MAX, err);
    const Json *row = arena ? json_read(record, &limits, arena, err) : NULL;
    Str event_id = json_text(json_member(row, STR("eventID")), STR(""));
    bool ok = row && list_logs(store_lake_lake(kept), row, time_us, arena, &logs, err) &&
              look_through(kept, logs, event_id, ret, err) &&
              (!ret->found || judge(row, arena, ret, err));
    arena_free(arena);
    return ok;
}
