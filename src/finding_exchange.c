#include "finding_exchange.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/amount.h"
#include "base/cell.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "findings/finding_polls.h"

enum { LINE_BYTES_MAX = 1 << 16 };

typedef struct Printing {
    bool json;
    int count;
} Printing;

/* *name* and a time, in the zone of the page or as a member of JSON; 0 and what is before all
 * times: never. */
static bool put_time(Buf *out, const char *name, int64_t at_us, bool json, Error *err)
{
    char text[TIMESTAMP_TEXT_BYTES];
    if (at_us <= 0)
        return json ? buf_printf(out, err, ",\"%s\":null", name)
                    : buf_printf(out, err, "%s never", name);
    if (json)
        timestamp_format(at_us, text);
    else
        timestamp_format_zone(at_us, text);
    return buf_printf(out, err, json ? ",\"%s\":\"%s\"" : "%s %s", name, text);
}

static bool put_poll_json(Buf *out, const FindingPoll *poll, Error *err)
{
    return buf_append_str(out, STR("{\"source\":"), err) &&
           json_append_string(out, poll->key.source, err) &&
           buf_append_str(out, STR(",\"profile\":"), err) &&
           json_append_string(out, poll->key.profile, err) &&
           put_time(out, "answered", poll->done_us, true, err) &&
           put_time(out, "up_to", poll->newest_us, true, err) &&
           put_time(out, "failed", poll->failed_us, true, err) &&
           buf_append_str(out, STR(",\"reason\":"), err) &&
           (poll->reason.len ? json_append_string(out, poll->reason, err)
                             : buf_append_str(out, STR("null"), err)) &&
           buf_append_byte(out, '}', err);
}

static bool put_poll_text(Buf *out, const FindingPoll *poll, Error *err)
{
    bool ok =
        buf_append_str(out, STR("  "), err) && cell_visible(poll->key.source, out, err) &&
        (!poll->key.profile.len ||
         (buf_append_str(out, STR(" as "), err) && cell_visible(poll->key.profile, out, err))) &&
        buf_append_str(out, STR("  "), err) && put_time(out, "answered", poll->done_us, false, err);
    if (ok && poll->reason.len)
        ok = put_time(out, ", FAILS since", poll->failed_us, false, err) &&
             buf_append_str(out, STR(": "), err) && cell_visible(poll->reason, out, err);
    return ok && buf_append_byte(out, '\n', err);
}

static bool print_poll(void *context, const FindingPoll *poll, Error *err)
{
    Printing *printing = context;
    BUF_AUTO Buf line = buf_init(LINE_BYTES_MAX);
    bool first = printing->count == 0;
    if (!poll->wanted)
        return true;
    if (!(printing->json ? put_poll_json(&line, poll, err) : put_poll_text(&line, poll, err)))
        return false;
    if (printing->json)
        printf("%s", first ? "" : ",");
    else
        printf("%s", first ? "\nfindings that are asked for\n" : "");
    printf("%.*s", STR_ARG(buf_str(&line)));
    printing->count++;
    return true;
}

bool finding_exchange_polls(Lake *lake, bool json, Error *err)
{
    Printing printing = {.json = json};
    return finding_polls_each(lake->db, print_poll, &printing, err);
}

/* What the state knows of Security Hub. */
typedef struct Pushes {
    bool any;
    int64_t sent, waiting, dead, last_us;
} Pushes;

static bool read_pushes(Db *db, Pushes *ret, Error *err)
{
    bool row;
    DbStatement *select = db_statement(
        db,
        "SELECT (SELECT count(*) FROM hub_wanted) + count(*) > 0,"
        " count(*) FILTER (WHERE state = 'sent'), count(*) FILTER (WHERE state = 'waiting'),"
        " count(*) FILTER (WHERE state = 'dead'), coalesce(max(sent_us), 0) FROM hub_pushes",
        err);
    if (!select || !db_next(select, &row, err))
        return false;
    *ret = (Pushes){db_int(select, 0) != 0, db_int(select, 1), db_int(select, 2), db_int(select, 3),
                    db_int(select, 4)};
    db_reset(select);
    return true;
}

static bool print_pushes_json(const Pushes *pushes, Error *err)
{
    BUF_AUTO Buf line = buf_init(LINE_BYTES_MAX);
    if (!pushes->any) {
        printf("null");
        return true;
    }
    if (!put_time(&line, "last", pushes->last_us, true, err))
        return false;
    printf("{\"sent\":%" PRId64 ",\"waiting\":%" PRId64 ",\"given_up\":%" PRId64 "%.*s}",
           pushes->sent, pushes->waiting, pushes->dead, STR_ARG(buf_str(&line)));
    return true;
}

static bool print_pushes_text(const Pushes *pushes, Error *err)
{
    char sent[AMOUNT_TEXT_BYTES], waiting[AMOUNT_TEXT_BYTES], dead[AMOUNT_TEXT_BYTES];
    BUF_AUTO Buf last = buf_init(LINE_BYTES_MAX);
    if (!pushes->any)
        return true;
    if (!put_time(&last, "last", pushes->last_us, false, err))
        return false;
    amount_count((uint64_t)pushes->sent, sent);
    amount_count((uint64_t)pushes->waiting, waiting);
    amount_count((uint64_t)pushes->dead, dead);
    printf("\nfindings for Security Hub\n  %s taken, %s waiting, %s given up; %.*s\n", sent,
           waiting, dead, STR_ARG(buf_str(&last)));
    return true;
}

bool finding_exchange_pushes(Lake *lake, bool json, Error *err)
{
    Pushes pushes;
    return read_pushes(lake->db, &pushes, err) &&
           (json ? print_pushes_json(&pushes, err) : print_pushes_text(&pushes, err));
}
