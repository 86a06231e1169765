#include "finding_push.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/cell.h"
#include "base/timestamp.h"
#include "hub_pushing.h"

enum {
    ARENA_BYTES_MAX = 64 << 20,
    IDS_BYTES_MAX = 256 << 20,
    LINE_BYTES_MAX = 1 << 16,
    SHOWN = 12
};

/* Whether *finding* is one that Security Hub is to have. */
static bool check(const Finding *finding, Error *err)
{
    Str id = str_slice(finding->id, 0, SHOWN);
    if (finding->given_id.len)
        return error_set(err, ERROR_USAGE, "%.*s is a finding of %.*s: only ours are pushed",
                         STR_ARG(id), STR_ARG(finding->product));
    return !finding->dry_run ||
           error_set(err, ERROR_USAGE, "the rule of %.*s is only tried out: its findings stay here",
                     STR_ARG(id));
}

static bool add_named(const CommandLine *line, Db *db, Error *err)
{
    bool ok = true;
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    for (int i = 1; ok && arena && i < command_argument_count(line); i++) {
        Finding finding;
        ok = finding_get(db, str_of(command_argument(line, i)), arena, &finding, err) &&
             check(&finding, err) && hub_outbox_add(db, finding.id, err);
    }
    arena_free(arena);
    return ok && arena;
}

/* Those of a time that was asked for. */
static bool add_range(const CommandLine *line, Db *db, Error *err)
{
    FindingQuery query = {.product = STR("Spoor")};
    BUF_AUTO Buf ids = buf_init(IDS_BYTES_MAX);
    if (!command_has(line, "since") && !command_has(line, "until") && !command_has(line, "last"))
        return true;
    bool ok = command_range(line, &query.since_us, &query.until_us, err) &&
              finding_ids(db, &query, &ids, err);
    for (size_t at = 0; ok && at < ids.len; at += FINDING_ID_BYTES - 1)
        ok = hub_outbox_add(db, str_slice(buf_str(&ids), at, at + FINDING_ID_BYTES - 1), err);
    return ok;
}

static bool add(const CommandLine *line, Db *db, Error *err)
{
    if (!db_begin(db, err))
        return false;
    if (add_named(line, db, err) && add_range(line, db, err) && db_commit(db, err))
        return true;
    db_rollback(db);
    return false;
}

static bool send(HubPush *push, Error *err)
{
    bool more = true, ok = true;
    while (ok && more)
        ok = hub_push_step(push, &more, err);
    const HubPushTally *tally = hub_push_tally(push);
    if (ok)
        printf("%" PRId64 " taken, %" PRId64 " to be tried again, %" PRId64 " given up\n",
               tally->taken, tally->failed, tally->dead);
    return ok &&
           ((!tally->failed && !tally->dead) ||
            error_set(err, ERROR_INPUT, "%" PRId64 " were not taken", tally->failed + tally->dead));
}

bool finding_push(const CommandLine *line, Lake *lake, Error *err)
{
    const Config *config = command_config(line);
    if (!hub_pushing_is_on(config))
        return error_set(err, ERROR_USAGE, "securityhub.push is not true: docs/findings.md");
    HubPushing *pushing = hub_pushing_open(config, lake->folder, err);
    HubPush *push = pushing ? hub_pushing_push(pushing) : NULL;
    bool ok = push && add(line, hub_push_db(push), err) && send(push, err);
    hub_pushing_free(pushing);
    return ok;
}

static bool print_row(void *context, const HubRow *row, Error *err)
{
    char at[TIMESTAMP_TEXT_BYTES] = "-";
    BUF_AUTO Buf reason = buf_init(LINE_BYTES_MAX);
    (void)context;
    if (row->sent_us)
        timestamp_format_zone(row->sent_us, at);
    if (!cell_visible(str_of(row->reason), &reason, err))
        return false;
    printf("%.12s  %-7s  %-24s  %3" PRId64 "  %.*s\n", row->finding, row->state, at, row->tries,
           STR_ARG(buf_str(&reason)));
    return true;
}

bool finding_push_list(const CommandLine *line, Lake *lake, Error *err)
{
    (void)line;
    return hub_outbox_each(lake->db, print_row, NULL, err);
}
