#include "verify/ledger_check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "lake/layout.h"
#include "lake/ledger.h"
#include "lake/ledger_file.h"
#include "lake/ledger_head.h"
#include "lake/summary_check.h"

enum { TREE_BYTES_MAX = 1 << 30, FILE_BYTES_MAX = 1 << 30, DETAIL_BYTES_MAX = 1400 };

static const struct {
    const char *name, *words;
} FINDINGS[LEDGER_FINDINGS] = {
    [LEDGER_ENTRY_MISSING] = {"entry_missing", "entries of the ledger are left out"},
    [LEDGER_ENTRY_CHANGED] = {"entry_changed",
                              "an entry is not the one that the entry behind it names"},
    [LEDGER_ENTRY_SIGNATURE] = {"entry_signature", "an entry's signature does not fit the key"},
    [LEDGER_KEY_CHANGED] = {"key_changed", "from here on another key signs the ledger"},
    [LEDGER_MERGE_DIFFERS] = {"merge_differs",
                              "a merge, retention or reapply does not bring the rows that it "
                              "should"},
    [LEDGER_PART_MISSING] = {"part_missing",
                             "a data file of the ledger is not in the lake's state"},
    [LEDGER_PART_UNKNOWN] = {"part_unknown",
                             "a data file of the lake's state is not in the ledger"},
    [LEDGER_PART_DIFFERS] = {"part_differs",
                             "ledger and state say different things of a data file"},
    [LEDGER_FILE_MISSING] = {"file_missing", "a data file cannot be read"},
    [LEDGER_ROWS_DIFFER] = {"rows_differ", "a data file's rows are not those that were written"},
    [LEDGER_COUNTS_DIFFER] = {"counts_differ",
                              "what the table summary says of a data file is not what it holds"},
    [LEDGER_FILE_DIFFERS] = {"entries_differ",
                             "the file ledger/entries has what the lake's state has not"},
    [LEDGER_HEAD_AHEAD] = {"head_ahead", "the head that is kept outside is newer than the ledger"},
    [LEDGER_HEAD_DIFFERS] = {"head_differs",
                             "the head that is kept outside is that of another ledger"},
};

const char *ledger_check_name(LedgerFinding finding)
{
    return FINDINGS[finding].name;
}

const char *ledger_check_words(LedgerFinding finding)
{
    return FINDINGS[finding].words;
}

bool ledger_check_is_clean(const LedgerReport *report)
{
    uint64_t sum = 0;
    for (int i = 0; i < LEDGER_FINDINGS; i++)
        sum += report->findings[i];
    return sum == 0;
}

/* A check under way. */
typedef struct Checking {
    const LedgerCheck *check;
    Db *db;
    LedgerReport *report;
    Arena *tree;
    bool any; /* an entry was read */
    int64_t n;
    uint8_t hash[HASH_SHA256_BYTES]; /* of the entry before */
    uint8_t key[SIGNING_KEY_BYTES];
    bool has_key;
} Checking;

static void tell(Checking *checking, LedgerFinding finding, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void tell(Checking *checking, LedgerFinding finding, const char *format, ...)
{
    char detail[DETAIL_BYTES_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    checking->report->findings[finding]++;
    checking->check->finding(checking->check->context, finding, detail);
}

/* ---- what the entries leave live: a temporary table ---- */

static const char TABLE_SQL[] =
    "CREATE TEMP TABLE expected (path TEXT PRIMARY KEY, day TEXT NOT NULL, rows INTEGER NOT NULL,"
    " sum TEXT)";

static bool put_part(Checking *checking, const Json *part, Error *err)
{
    int64_t rows = 0;
    Str sum = json_text(json_member(part, STR("sum")), STR(""));
    DbStatement *insert = db_statement(
        checking->db, "INSERT OR REPLACE INTO expected (path, day, rows, sum) VALUES (?, ?, ?, ?)",
        err);
    if (!insert)
        return false;
    if (!json_int(json_member(part, STR("rows")), &rows))
        rows = -1;
    db_bind_text(insert, 1, json_text(json_member(part, STR("path")), STR("")));
    db_bind_text(insert, 2, json_text(json_member(part, STR("day")), STR("")));
    db_bind_int(insert, 3, rows);
    if (sum.len)
        db_bind_text(insert, 4, sum);
    return db_run(insert, err);
}

/* What an entry brings or takes. */
typedef struct Total {
    int64_t rows;
    LedgerSum sum;
    bool whole; /* every part has a sum */
} Total;

static bool read_sum(Str text, LedgerSum *ret)
{
    uint8_t bytes[LEDGER_SUM_BYTES];
    bool ok = hash_unhex(text, bytes, sizeof bytes);
    if (ok)
        *ret = ledger_sum_read(bytes);
    return ok;
}

static void add_total(Total *total, int64_t rows, Str sum)
{
    LedgerSum one;
    bool known = read_sum(sum, &one);
    total->rows += rows;
    total->whole = total->whole && known;
    if (known)
        ledger_sum_add(&total->sum, &one);
}

static bool take_part(Checking *checking, Str path, Total *total, Error *err)
{
    bool row;
    DbStatement *select =
        db_statement(checking->db, "SELECT rows, sum FROM expected WHERE path = ?", err);
    if (!select)
        return false;
    db_bind_text(select, 1, path);
    if (!db_next(select, &row, err))
        return false;
    if (!row) {
        tell(checking, LEDGER_ENTRY_CHANGED, "entry %" PRId64 " removes '%.*s', which was not live",
             checking->n, (int)(path.len < 500 ? path.len : 500), path.ptr);
        return true;
    }
    add_total(total, db_int(select, 0), db_text(select, 1));
    db_reset(select);
    DbStatement *delete = db_statement(checking->db, "DELETE FROM expected WHERE path = ?", err);
    if (!delete)
        return false;
    db_bind_text(delete, 1, path);
    return db_run(delete, err);
}

static bool replay(Checking *checking, const Json *entry, Total *came, Total *went, Error *err)
{
    const Json *parts = json_member(entry, STR("parts"));
    const Json *removed = json_member(entry, STR("removed"));
    bool ok = true;
    for (const Json *path = removed ? removed->first : NULL; ok && path; path = path->next)
        ok = take_part(checking, json_text(path, STR("")), went, err);
    for (const Json *part = parts ? parts->first : NULL; ok && part; part = part->next) {
        int64_t rows = 0;
        if (!json_int(json_member(part, STR("rows")), &rows))
            rows = 0;
        add_total(came, rows, json_text(json_member(part, STR("sum")), STR("")));
        ok = put_part(checking, part, err);
    }
    return ok;
}

/* ---- entries ---- */

/* Entries that may name a key do. */
static void take_key(Checking *checking, const Json *entry, bool first)
{
    uint8_t key[SIGNING_KEY_BYTES];
    if (!hash_unhex(json_text(json_member(entry, STR("key")), STR("")), key, sizeof key))
        return;
    if (!first && memcmp(key, checking->key, sizeof key) != 0)
        tell(checking, LEDGER_KEY_CHANGED, "entry %" PRId64, checking->n);
    memcpy(checking->key, key, sizeof key);
    checking->has_key = true;
}

/* Number, link, key and signature. */
static void check_links(Checking *checking, const Json *entry, DbStatement *row)
{
    uint8_t previous[HASH_SHA256_BYTES];
    int64_t n = db_int(row, 0), stated = -1;
    Str body = db_blob(row, 1), signature = db_blob(row, 2);
    bool first = !checking->any;
    int64_t wanted = first ? 0 : checking->n + 1;
    if (n != wanted)
        tell(checking, LEDGER_ENTRY_MISSING, "%" PRId64 " to %" PRId64, wanted, n - 1);
    checking->n = n;
    if (!json_int(json_member(entry, STR("n")), &stated) || stated != n)
        tell(checking, LEDGER_ENTRY_CHANGED, "entry %" PRId64 " says that it is another one", n);
    if (n == wanted && !first &&
        (!hash_unhex(json_text(json_member(entry, STR("previous")), STR("")), previous,
                     sizeof previous) ||
         memcmp(previous, checking->hash, sizeof previous) != 0))
        tell(checking, LEDGER_ENTRY_CHANGED, "entry %" PRId64, n - 1);
    take_key(checking, entry, first);
    if (!checking->has_key || signature.len != SIGNING_SIGNATURE_BYTES ||
        !signing_verify(checking->key, body, (const uint8_t *)signature.ptr))
        tell(checking, LEDGER_ENTRY_SIGNATURE, "entry %" PRId64, n);
    ledger_hash(body, signature, checking->hash);
    checking->any = true;
}

/* What retention took away, by its own words, and what it brings make what there was. Of files that
 * went whole it says the rows alone. */
static void add_dropped(Checking *checking, const Json *detail, Total *came, const Total *went)
{
    int64_t rows;
    Str sum = json_text(json_member(detail, STR("sum")), STR(""));
    checking->report->retentions++;
    if (!json_int(json_member(detail, STR("rows")), &rows) || went->rows == 0)
        return;
    checking->report->retained_away += (uint64_t)rows;
    came->whole = came->whole && sum.len;
    add_total(came, rows, sum);
}

static bool member_sum(const Json *detail, const char *name, LedgerSum *ret)
{
    return read_sum(json_text(json_member(detail, str_of(name)), STR("")), ret);
}

/* What filters dropped and changed, by the entry's own words, and what it brings make what there
 * was: rows that they left alone are the same. */
static void add_reapplied(Checking *checking, const Json *detail, Total *came)
{
    LedgerSum gone, from, to;
    int64_t dropped = -1, changed = -1;
    checking->report->reapplies++;
    bool whole = json_int(json_member(detail, STR("dropped")), &dropped) &&
                 json_int(json_member(detail, STR("changed")), &changed) && dropped >= 0 &&
                 changed >= 0 && member_sum(detail, "dropped_sum", &gone) &&
                 member_sum(detail, "changed_from", &from) && member_sum(detail, "changed_to", &to);
    if (!whole) {
        tell(checking, LEDGER_MERGE_DIFFERS, "entry %" PRId64 " does not say what was changed",
             checking->n);
        return;
    }
    checking->report->reapplied_away += (uint64_t)dropped;
    checking->report->reapplied += (uint64_t)changed;
    came->rows += dropped;
    ledger_sum_add(&came->sum, &gone);
    ledger_sum_add(&came->sum, &from);
    ledger_sum_subtract(&came->sum, &to);
}

/* What a kind of entry must hold to. */
static bool judge(Checking *checking, const Json *entry, Total *came, const Total *went)
{
    Str kind = json_text(json_member(entry, STR("kind")), STR(""));
    LedgerReport *report = checking->report;
    report->restores += str_equal(kind, STR("restore"));
    report->rebuilds += str_equal(kind, STR("rebuild"));
    report->holds += str_equal(kind, STR("hold"));
    report->releases += str_equal(kind, STR("release"));
    if (str_equal(kind, STR("retention")))
        add_dropped(checking, json_member(entry, kind), came, went);
    else if (str_equal(kind, STR("reapply")))
        add_reapplied(checking, json_member(entry, kind), came);
    else if (!str_equal(kind, STR("merge")))
        return true;
    report->merges += str_equal(kind, STR("merge"));
    if (came->rows != went->rows ||
        (came->whole && went->whole && !ledger_sum_equal(&came->sum, &went->sum)))
        tell(checking, LEDGER_MERGE_DIFFERS, "entry %" PRId64, checking->n);
    return true;
}

/* What a rebuild says is live takes the place of all; where it differs is told when it is less. */
static bool start_anew(Checking *checking, Error *err)
{
    return db_exec(checking->db, "DELETE FROM expected", err);
}

static bool check_entry(Checking *checking, DbStatement *row, Error *err)
{
    Error problem = {0};
    Total came = {.whole = true}, went = {.whole = true};
    const JsonLimits limits = {.depth_max = 8, .duplicates_allowed = false};
    arena_reset(checking->tree);
    checking->report->entries++;
    const Json *entry = json_read(db_blob(row, 1), &limits, checking->tree, &problem);
    check_links(checking, entry, row);
    if (!entry) {
        tell(checking, LEDGER_ENTRY_CHANGED, "entry %" PRId64 " cannot be read", checking->n);
        return true;
    }
    Str kind = json_text(json_member(entry, STR("kind")), STR(""));
    if (str_equal(kind, STR("rebuild"))) {
        int64_t before, after;
        if (!db_get_int(checking->db, "SELECT sum(rows) FROM expected", 0, &before, err) ||
            !start_anew(checking, err) || !replay(checking, entry, &came, &went, err) ||
            !db_get_int(checking->db, "SELECT sum(rows) FROM expected", 0, &after, err))
            return false;
        if (after < before)
            tell(checking, LEDGER_PART_MISSING,
                 "entry %" PRId64 ": a rebuild found %" PRId64 " rows of %" PRId64, checking->n,
                 after, before);
    } else if (!replay(checking, entry, &came, &went, err)) {
        return false;
    }
    return judge(checking, entry, &came, &went);
}

static bool check_entries(Checking *checking, Error *err)
{
    bool row = true;
    DbStatement *select =
        db_statement(checking->db, "SELECT n, body, signature FROM ledger ORDER BY n", err);
    if (!select)
        return false;
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (!check_entry(checking, select, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

/* ---- the state, and the files ---- */

/* Each data file of ledger or state: what both say of it. Files are read when the state is not held
 * any more. */
static const char COMPARE_SQL[] =
    "CREATE TEMP TABLE compared AS SELECT e.path AS path, 1 AS told, p.id IS NOT NULL AS live,"
    " e.rows AS rows, p.rows AS state_rows, e.sum AS sum, lower(hex(p.sum)) AS state_sum FROM"
    " expected e LEFT JOIN parts p ON p.path = e.path AND p.removed_seq IS NULL UNION ALL SELECT"
    " path, 0, 1, 0, rows, NULL, NULL FROM parts p WHERE removed_seq IS NULL AND NOT EXISTS"
    " (SELECT 1 FROM expected e WHERE e.path = p.path)";

static const char PARTS_SQL[] =
    "SELECT path, told, live, rows, state_rows, sum, state_sum FROM compared ORDER BY path";

/* A file that is gone may have been merged away since the state was looked at. */
static bool is_live(Checking *checking, const char *path, bool *ret, Error *err)
{
    DbStatement *select = db_statement(
        checking->db, "SELECT 1 FROM parts WHERE path = ? AND removed_seq IS NULL", err);
    if (!select)
        return false;
    db_bind_text(select, 1, str_of(path));
    if (!db_next(select, ret, err))
        return false;
    db_reset(select);
    return true;
}

/* What was counted with the file. */
static bool check_counts(Checking *checking, const char *relative, Error *err)
{
    SummaryVerdict verdict;
    const LedgerCheck *check = checking->check;
    if (!summary_check_file(check->engine, check->lake->folder, str_of(relative), &verdict, err))
        return false;
    if (verdict == SUMMARY_DIFFERS)
        tell(checking, LEDGER_COUNTS_DIFFER, "%s", relative);
    return true;
}

/* The rows of a file that ledger and state agree on. */
static bool check_file(Checking *checking, const char *relative, int64_t rows, Str sum, Error *err)
{
    Error problem = {0};
    char path[LAYOUT_PATH_BYTES];
    LedgerSum found, wanted;
    uint64_t found_rows;
    bool live;
    Lake *lake = checking->check->lake;
    if (!layout_path(path, err, lake->folder, "%s", relative))
        return false;
    if (!file_exists(path) ||
        (checking->check->engine &&
         !ledger_sum_file(lake, checking->check->engine, path, &found, &found_rows, &problem))) {
        if (!is_live(checking, relative, &live, err))
            return false;
        if (live)
            tell(checking, LEDGER_FILE_MISSING, "%s%s%.300s", relative, problem.text[0] ? ": " : "",
                 problem.text);
        return true;
    }
    if (!checking->check->engine)
        return true;
    checking->report->read++;
    bool known = read_sum(sum, &wanted);
    if (found_rows != (uint64_t)rows || (known && !ledger_sum_equal(&found, &wanted)))
        tell(checking, LEDGER_ROWS_DIFFER, "%s: %" PRIu64 " rows, %" PRId64 " were written",
             relative, found_rows, rows);
    return check_counts(checking, relative, err);
}

static bool check_part(Checking *checking, DbStatement *row, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    int64_t rows = db_int(row, 3), state_rows = db_int(row, 4);
    snprintf(path, sizeof path, "%.*s", STR_ARG(db_text(row, 0)));
    if (!db_int(row, 1)) {
        tell(checking, LEDGER_PART_UNKNOWN, "%s: %" PRId64 " rows", path, state_rows);
        return true;
    }
    checking->report->parts++;
    checking->report->rows += (uint64_t)rows;
    checking->report->unsummed += db_is_null(row, 5);
    if (!db_int(row, 2)) {
        tell(checking, LEDGER_PART_MISSING, "%s: %" PRId64 " rows", path, rows);
        return true;
    }
    if (rows != state_rows || (!db_is_null(row, 5) && !str_equal(db_text(row, 5), db_text(row, 6))))
        tell(checking, LEDGER_PART_DIFFERS, "%s: %" PRId64 " rows in the ledger, %" PRId64, path,
             rows, state_rows);
    return check_file(checking, path, rows, db_text(row, 5), err);
}

static bool check_parts(Checking *checking, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(checking->db, PARTS_SQL, err);
    if (!select)
        return false;
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (!check_part(checking, select, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

/* ---- the files beside the state ---- */

/* The entry *n* of the state as a text and hash; false with *err*, or *ret_found* false. */
static bool find_entry(Checking *checking, int64_t n, DbStatement **ret, bool *ret_found,
                       Error *err)
{
    *ret = db_statement(checking->db, "SELECT body, signature FROM ledger WHERE n = ?", err);
    if (!*ret)
        return false;
    db_bind_int(*ret, 1, n);
    return db_next(*ret, ret_found, err);
}

static bool check_line(Checking *checking, const LedgerLine *line, Error *err)
{
    bool found;
    DbStatement *row;
    const Str signature = {(const char *)line->signature, sizeof line->signature};
    if (!find_entry(checking, line->n, &row, &found, err))
        return false;
    bool same =
        found && str_equal(db_blob(row, 0), line->body) && str_equal(db_blob(row, 1), signature);
    if (found)
        db_reset(row);
    if (!same)
        tell(checking, LEDGER_FILE_DIFFERS, "entry %" PRId64 "%s", line->n,
             found ? " is another one" : "");
    return true;
}

/* What ledger/entries has, the state must have. What the state has beyond it was not written yet.
 */
static bool check_lines(Checking *checking, Str text, Error *err)
{
    Str line;
    bool ok = true;
    while (ok && ledger_file_line(&text, &line)) {
        LedgerLine read;
        arena_reset(checking->tree);
        ok = !ledger_file_entry(line, checking->tree, &read) || check_line(checking, &read, err);
    }
    return ok;
}

static bool check_head(Checking *checking, const LedgerHead *head, Error *err)
{
    bool found;
    DbStatement *row;
    uint8_t hash[HASH_SHA256_BYTES];
    char hex[2 * HASH_SHA256_BYTES + 1];
    if (!find_entry(checking, head->n, &row, &found, err))
        return false;
    if (!found) {
        tell(checking, LEDGER_HEAD_AHEAD, "it names entry %" PRId64 ", the ledger ends at %" PRId64,
             head->n, checking->n);
        return true;
    }
    ledger_hash(db_blob(row, 0), db_blob(row, 1), hash);
    db_reset(row);
    hash_hex(hash, sizeof hash, hex);
    if (strcmp(hex, head->hash) != 0)
        tell(checking, LEDGER_HEAD_DIFFERS, "entry %" PRId64, head->n);
    else
        checking->report->heads++;
    return true;
}

/* A file may hold the heads of several lakes, and a line that was cut short. */
static bool check_heads(Checking *checking, Str text, Error *err)
{
    Str line;
    bool ok = true, any = false;
    while (ok && ledger_file_line(&text, &line)) {
        LedgerHead head;
        if (!ledger_file_head(line, &head) || strcmp(head.lake, checking->check->lake->uuid) != 0)
            continue;
        any = true;
        ok = check_head(checking, &head, err);
    }
    if (ok && checking->check->head && !any)
        tell(checking, LEDGER_HEAD_DIFFERS, "'%.500s' has no head of this lake",
             checking->check->head);
    return ok;
}

/* Files that are written behind the state are read before it: what they have, it has. */
static bool read_files(const LedgerCheck *check, Buf *entries, Buf *heads, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    return layout_path(path, err, check->lake->folder, "ledger/entries") &&
           (!file_exists(path) || file_read(path, entries, NULL, err)) &&
           (!check->head || ledger_head_read(check->lake, check->head, heads, err));
}

/* All that is about one moment of the state: a writer may go on beside. */
static bool check_state(Checking *checking, Str entries, Str heads, Error *err)
{
    bool ok = db_exec(checking->db, "BEGIN", err) && check_entries(checking, err) &&
              db_exec(checking->db, COMPARE_SQL, err) && check_lines(checking, entries, err) &&
              check_heads(checking, heads, err) && db_exec(checking->db, "COMMIT", err);
    if (!ok)
        db_rollback(checking->db);
    return ok;
}

bool ledger_check_run(const LedgerCheck *check, LedgerReport *ret, Error *err)
{
    Checking checking = {.check = check, .db = check->lake->db, .report = ret, .n = -1};
    BUF_AUTO Buf entries = buf_init(FILE_BYTES_MAX);
    BUF_AUTO Buf heads = buf_init(FILE_BYTES_MAX);
    *ret = (LedgerReport){0};
    checking.tree = arena_new(TREE_BYTES_MAX, err);
    bool ok = checking.tree && read_files(check, &entries, &heads, err) &&
              db_exec(checking.db, TABLE_SQL, err) &&
              check_state(&checking, buf_str(&entries), buf_str(&heads), err) &&
              check_parts(&checking, err);
    snprintf(ret->lake, sizeof ret->lake, "%s", check->lake->uuid);
    if (checking.has_key)
        hash_hex(checking.key, sizeof checking.key, ret->key);
    arena_free(checking.tree);
    return ok && db_exec(checking.db, "DROP TABLE expected; DROP TABLE compared", err);
}
