/* source_looks_print - what status --sources prints. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/cell.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "setup.h"
#include "source_looks.h"

enum { TEXT_BYTES_MAX = 1 << 20, ARENA_BYTES_MAX = 16 << 20, COLUMNS = 7 };

/* What was seen of a source, and what the receipts say of it. */
typedef struct Row {
    Str root;
    int64_t listed, waiting, newest_us, looked_us;
    int64_t received, deleted, left, set_aside;
    int64_t ingested, quarantined;
    int64_t newest_in_us; /* 0: none */
} Row;

/* What the state calls the source of keys with a root. */
static const struct {
    const char *start, *source;
} KINDS[] = {
    {"s3://", "s3"},     {"sqs://", "sqs"},         {"-/", "stdin"}, {"cloudtrail:", "cloudtrail"},
    {"logs://", "logs"}, {"firehose/", "firehose"}, {"/", "file"}};

static Str source_of(Str root)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (str_starts(root, str_of(KINDS[i].start)))
            return str_of(KINDS[i].source);
    return STR("");
}

static bool read_value(Str text, Row *ret, Error *err)
{
    static const struct {
        const char *name;
        size_t offset;
    } MEMBERS[] = {
        {"listed", offsetof(Row, listed)},       {"waiting", offsetof(Row, waiting)},
        {"newest_us", offsetof(Row, newest_us)}, {"looked_us", offsetof(Row, looked_us)},
        {"received", offsetof(Row, received)},   {"deleted", offsetof(Row, deleted)},
        {"left", offsetof(Row, left)},           {"set_aside", offsetof(Row, set_aside)}};
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    const Json *tree = arena ? json_read(text, NULL, arena, err) : NULL;
    bool ok = tree != NULL;
    for (size_t i = 0; ok && i < sizeof MEMBERS / sizeof *MEMBERS; i++) {
        int64_t number;
        ok = json_int(json_member(tree, str_of(MEMBERS[i].name)), &number) ||
             error_set(err, ERROR_INPUT, "the state's note of a source has no '%s'",
                       MEMBERS[i].name);
        if (ok)
            memcpy((char *)ret + MEMBERS[i].offset, &number, sizeof number);
    }
    arena_free(arena);
    return ok;
}

/* The receipts below the root. */
static bool read_receipts(Lake *lake, Row *ret, Error *err)
{
    bool row;
    DbStatement *select = db_statement(
        lake->db,
        "SELECT coalesce(sum(state <> 'quarantined'), 0), coalesce(sum(state = 'quarantined'), 0),"
        " coalesce(max(CASE WHEN state <> 'quarantined' THEN modified_us END), 0) FROM objects"
        " WHERE source = ?1 AND key >= ?2 AND key < ?2 || char(1114111) AND superseded_by IS NULL",
        err);
    if (!select)
        return false;
    db_bind_text(select, 1, source_of(ret->root));
    db_bind_text(select, 2, ret->root);
    if (!db_next(select, &row, err))
        return false;
    ret->ingested = db_int(select, 0);
    ret->quarantined = db_int(select, 1);
    ret->newest_in_us = db_int(select, 2);
    db_reset(select);
    return true;
}

static int64_t lag_us(const Row *row)
{
    return row->newest_us > row->newest_in_us ? row->newest_us - row->newest_in_us : 0;
}

static void print_time(const char *name, int64_t time_us)
{
    char text[TIMESTAMP_TEXT_BYTES];
    timestamp_format(time_us, text);
    printf(time_us ? ",\"%s\":\"%s\"" : ",\"%s\":null", name, text);
}

static bool print_json(const Row *row, bool first, Error *err)
{
    BUF_AUTO Buf root = buf_init(TEXT_BYTES_MAX);
    if (!json_append_string(&root, row->root, err))
        return false;
    printf("%s{\"source\":%.*s,\"listed\":%" PRId64 ",\"ingested\":%" PRId64 ",\"waiting\":%" PRId64
           ",\"quarantined\":%" PRId64,
           first ? "" : ",", STR_ARG(buf_str(&root)), row->listed, row->ingested, row->waiting,
           row->quarantined);
    print_time("newest_listed", row->newest_us);
    print_time("newest_ingested", row->newest_in_us);
    if (row->newest_us)
        printf(",\"lag_seconds\":%" PRId64, lag_us(row) / 1000000);
    else
        printf(",\"lag_seconds\":null");
    print_time("looked", row->looked_us);
    printf(",\"messages_received\":%" PRId64 ",\"messages_deleted\":%" PRId64
           ",\"messages_left\":%" PRId64 ",\"messages_set_aside\":%" PRId64 "}",
           row->received, row->deleted, row->left, row->set_aside);
    return true;
}

/* Days, hours, minutes or seconds. */
static void span_text(int64_t us, char text[AMOUNT_TEXT_BYTES])
{
    static const struct {
        int64_t seconds;
        const char *unit;
    } UNITS[] = {{172800, "d"}, {7200, "h"}, {120, "m"}, {0, "s"}};
    static const int64_t SECONDS[] = {86400, 3600, 60, 1};
    size_t unit = 0;
    while (us / 1000000 < UNITS[unit].seconds)
        unit++;
    snprintf(text, AMOUNT_TEXT_BYTES, "%" PRId64 "%s", us / 1000000 / SECONDS[unit],
             UNITS[unit].unit);
}

static bool print_text(const Row *row, bool first, Error *err)
{
    BUF_AUTO Buf root = buf_init(TEXT_BYTES_MAX);
    char numbers[4][AMOUNT_TEXT_BYTES], newest[TIMESTAMP_TEXT_BYTES] = "-",
                                        lag[AMOUNT_TEXT_BYTES] = "-", looked[TIMESTAMP_TEXT_BYTES];
    const int64_t counts[] = {row->listed, row->ingested, row->waiting, row->quarantined};
    if (!cell_visible(row->root, &root, err))
        return false;
    for (int i = 0; i < 4; i++)
        amount_count((uint64_t)counts[i], numbers[i]);
    if (row->newest_us) {
        timestamp_format_zone(row->newest_us, newest);
        span_text(lag_us(row), lag);
    }
    timestamp_format_zone(row->looked_us, looked);
    if (first)
        printf("%12s %12s %12s %12s  %-24s %6s  %-24s %s\n", "listed", "ingested", "waiting",
               "quarantined", "newest listed", "lag", "looked", "source");
    printf("%12s %12s %12s %12s  %-24s %6s  %-24s %.*s\n", numbers[0], numbers[1], numbers[2],
           numbers[3], newest, lag, looked, STR_ARG(buf_str(&root)));
    if (row->received)
        printf("%12s %" PRId64 " messages received, %" PRId64 " deleted, %" PRId64
               " of them set aside, %" PRId64 " left\n",
               "", row->received, row->deleted, row->set_aside, row->left);
    return true;
}

/* One row of the state's notes. */
static bool print_row(Lake *lake, DbStatement *note, bool json, bool first, Error *err)
{
    Row row = {.root = str_slice(db_text(note, 0), strlen("source:"), SIZE_MAX)};
    return read_value(db_blob(note, 1), &row, err) && read_receipts(lake, &row, err) &&
           (json ? print_json(&row, first, err) : print_text(&row, first, err));
}

bool source_looks_print(Lake *lake, bool json, Error *err)
{
    bool row = true, first = true;
    DbStatement *select = db_statement(
        lake->db, "SELECT name, value FROM meta WHERE name LIKE 'source:%' ORDER BY name", err);
    if (!select)
        return false;
    printf(json ? "{\"sources\":[" : "");
    while (db_next(select, &row, err)) {
        if (!row) {
            printf(json ? "]}\n" : first ? "no source was ingested yet\n" : "");
            return true;
        }
        if (!print_row(lake, select, json, first, err)) {
            db_reset(select);
            return false;
        }
        first = false;
    }
    return false;
}
