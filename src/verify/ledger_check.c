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

enum { TREE_BYTES_MAX = 1 << 30, HEAD_BYTES_MAX = 256 << 20, DETAIL_BYTES_MAX = 1400 };

static const struct {
    const char *name, *words;
} FINDINGS[LEDGER_FINDINGS] = {
    [LEDGER_ENTRY_MISSING] = {"entry_missing", "entries of the ledger are left out"},
    [LEDGER_ENTRY_CHANGED] = {"entry_changed",
                              "an entry is not the one that the entry behind it names"},
    [LEDGER_ENTRY_SIGNATURE] = {"entry_signature", "an entry's signature does not fit the key"},
    [LEDGER_KEY_CHANGED] = {"key_changed", "from here on another key signs the ledger"},
    [LEDGER_MERGE_DIFFERS] = {"merge_differs", "a merge does not bring the rows that it removes"},
    [LEDGER_PART_MISSING] = {"part_missing",
                             "a data file of the ledger is not in the lake's state"},
    [LEDGER_PART_UNKNOWN] = {"part_unknown",
                             "a data file of the lake's state is not in the ledger"},
    [LEDGER_PART_DIFFERS] = {"part_differs",
                             "ledger and state say different things of a data file"},
    [LEDGER_FILE_MISSING] = {"file_missing", "a data file cannot be read"},
    [LEDGER_ROWS_DIFFER] = {"rows_differ", "a data file's rows are not those that were written"},
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
    uint8_t bytes[LEDGER_SUM_BYTES] = {0};
    if (text.len != 2 * LEDGER_SUM_BYTES)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0)
            return false;
        bytes[i / 2] = (uint8_t)(bytes[i / 2] << 4 | digit);
    }
    *ret = ledger_sum_read(bytes);
    return true;
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

static bool read_hash(Str text, uint8_t ret[HASH_SHA256_BYTES])
{
    LedgerSum number;
    if (!read_sum(text, &number))
        return false;
    ledger_sum_write(&number, ret);
    return true;
}

/* Entries that may name a key do. */
static void take_key(Checking *checking, const Json *entry, bool first)
{
    uint8_t key[SIGNING_KEY_BYTES];
    if (!read_hash(json_text(json_member(entry, STR("key")), STR("")), key))
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
        (!read_hash(json_text(json_member(entry, STR("previous")), STR("")), previous) ||
         memcmp(previous, checking->hash, sizeof previous) != 0))
        tell(checking, LEDGER_ENTRY_CHANGED, "entry %" PRId64, n - 1);
    take_key(checking, entry, first);
    if (!checking->has_key || signature.len != SIGNING_SIGNATURE_BYTES ||
        !signing_verify(checking->key, body, (const uint8_t *)signature.ptr))
        tell(checking, LEDGER_ENTRY_SIGNATURE, "entry %" PRId64, n);
    ledger_hash(body, signature, checking->hash);
    checking->any = true;
}

/* What a kind of entry must hold to. */
static bool judge(Checking *checking, Str kind, const Total *came, const Total *went)
{
    LedgerReport *report = checking->report;
    report->restores += str_equal(kind, STR("restore"));
    report->rebuilds += str_equal(kind, STR("rebuild"));
    if (str_equal(kind, STR("retention"))) {
        report->retentions++;
        report->retained_away += (uint64_t)(went->rows - came->rows);
    }
    if (!str_equal(kind, STR("merge")))
        return true;
    report->merges++;
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
    return judge(checking, kind, &came, &went);
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

static const char PARTS_SQL[] =
    "SELECT e.path, p.id IS NULL, e.rows, p.rows, e.sum, lower(hex(p.sum)) FROM expected e LEFT "
    "JOIN"
    " parts p ON p.path = e.path AND p.removed_seq IS NULL UNION ALL SELECT p.path, NULL, 0, "
    "p.rows,"
    " NULL, NULL FROM parts p WHERE p.removed_seq IS NULL AND NOT EXISTS (SELECT 1 FROM expected e"
    " WHERE e.path = p.path) ORDER BY 1";

/* The rows of a file that ledger and state agree on. */
static bool check_file(Checking *checking, const char *relative, int64_t rows, Str sum, Error *err)
{
    Error problem = {0};
    char path[LAYOUT_PATH_BYTES];
    LedgerSum found, wanted;
    uint64_t found_rows;
    Lake *lake = checking->check->lake;
    if (!layout_path(path, err, lake->folder, "%s", relative))
        return false;
    if (!file_exists(path) ||
        (checking->check->engine &&
         !ledger_sum_file(lake, checking->check->engine, path, &found, &found_rows, &problem))) {
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
    return true;
}

static bool check_part(Checking *checking, DbStatement *row, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    snprintf(path, sizeof path, "%.*s", STR_ARG(db_text(row, 0)));
    if (db_is_null(row, 1)) {
        tell(checking, LEDGER_PART_UNKNOWN, "%s: %" PRId64 " rows", path, db_int(row, 3));
        return true;
    }
    checking->report->parts++;
    checking->report->rows += (uint64_t)db_int(row, 2);
    checking->report->unsummed += db_is_null(row, 4);
    if (db_int(row, 1)) {
        tell(checking, LEDGER_PART_MISSING, "%s: %" PRId64 " rows", path, db_int(row, 2));
        return true;
    }
    if (db_int(row, 2) != db_int(row, 3) ||
        (!db_is_null(row, 4) && !str_equal(db_text(row, 4), db_text(row, 5))))
        tell(checking, LEDGER_PART_DIFFERS, "%s: %" PRId64 " rows in the ledger, %" PRId64, path,
             db_int(row, 2), db_int(row, 3));
    return check_file(checking, path, db_int(row, 2), db_text(row, 4), err);
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

/* ---- the head outside ---- */

static bool check_head(Checking *checking, const LedgerHead *head, Error *err)
{
    bool row;
    uint8_t hash[HASH_SHA256_BYTES];
    char hex[2 * HASH_SHA256_BYTES + 1];
    if (strcmp(head->lake, checking->check->lake->uuid) != 0)
        return true; /* of another lake: a file may hold the heads of several */
    DbStatement *select =
        db_statement(checking->db, "SELECT body, signature FROM ledger WHERE n = ?", err);
    if (!select)
        return false;
    db_bind_int(select, 1, head->n);
    if (!db_next(select, &row, err))
        return false;
    if (!row) {
        tell(checking, LEDGER_HEAD_AHEAD, "it names entry %" PRId64 ", the ledger ends at %" PRId64,
             head->n, checking->n);
        return true;
    }
    ledger_hash(db_blob(select, 0), db_blob(select, 1), hash);
    db_reset(select);
    hash_hex(hash, sizeof hash, hex);
    if (strcmp(hex, head->hash) != 0)
        tell(checking, LEDGER_HEAD_DIFFERS, "entry %" PRId64, head->n);
    else
        checking->report->heads++;
    return true;
}

static bool check_heads(Checking *checking, Error *err)
{
    BUF_AUTO Buf text = buf_init(HEAD_BYTES_MAX);
    const char *path = checking->check->head;
    if (!path)
        return true;
    if (!file_read(path, &text, NULL, err))
        return false;
    Str rest = buf_str(&text), line;
    bool ok = true;
    for (int at = 1; ok && ledger_file_line(&rest, &line); at++) {
        LedgerHead head;
        if (ledger_file_head(line, &head))
            ok = check_head(checking, &head, err);
        else
            tell(checking, LEDGER_HEAD_DIFFERS, "line %d of '%.500s' is none", at, path);
    }
    return ok;
}

bool ledger_check_run(const LedgerCheck *check, LedgerReport *ret, Error *err)
{
    Checking checking = {.check = check, .db = check->lake->db, .report = ret, .n = -1};
    *ret = (LedgerReport){0};
    checking.tree = arena_new(TREE_BYTES_MAX, err);
    bool ok = checking.tree && db_exec(checking.db, TABLE_SQL, err) &&
              check_entries(&checking, err) && check_parts(&checking, err) &&
              check_heads(&checking, err);
    snprintf(ret->lake, sizeof ret->lake, "%s", check->lake->uuid);
    if (checking.has_key)
        hash_hex(checking.key, sizeof checking.key, ret->key);
    arena_free(checking.tree);
    return ok && db_exec(checking.db, "DROP TABLE expected", err);
}
