/* cmd_notify - what was told to whom, what could not be, and whether a target is reached. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cell.h"
#include "base/clock.h"
#include "base/json_write.h"
#include "base/timestamp.h"
#include "cmd.h"
#include "lake/layout.h"
#include "setup.h"
#include "telling.h"

enum { LIMIT = 50, LINE_BYTES_MAX = 1 << 16 };

static const Option OPTIONS[] = {
    {"state", 0, VALUE_CHOICE, "STATE", "waiting|sent|dead", CONFIG_NONE, "of list: only these"},
    {"limit", 'n', VALUE_NUMBER, "N", NULL, CONFIG_NONE, "of list: the newest N (50)"},
    {"format", 'f', VALUE_CHOICE, "FORMAT", "text|jsonl", CONFIG_NONE, "of list"},
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor notify list --state dead",
    "messages that no try of a day could deliver, and why",
    "spoor notify replay",
    "tries these again",
    "spoor notify test team",
    "sends a test to a target of spoor.yml, at once, and says what came of it",
    NULL,
};

typedef struct Listing {
    bool json;
    int64_t count;
} Listing;

static void put_moment(JsonWriter *to, const char *name, int64_t us)
{
    char text[TIMESTAMP_TEXT_BYTES];
    timestamp_format(us, text);
    json_write_text(to, name, str_of(text));
}

static bool print_json(const OutboxDelivery *delivery, Error *err)
{
    BUF_AUTO Buf line = buf_init(LINE_BYTES_MAX);
    JsonWriter to = {&line, err, true};
    json_write_open(&to, NULL, '{');
    json_write_int(&to, "delivery", delivery->id);
    json_write_text(&to, "target", str_of(delivery->target));
    json_write_text(&to, "kind", str_of(delivery->notice.kind));
    json_write_text(&to, "subject", str_of(delivery->notice.subject));
    json_write_text(&to, "state", str_of(delivery->state));
    json_write_int(&to, "tries", delivery->tries);
    put_moment(&to, "made", delivery->made_us);
    if (delivery->done_us)
        put_moment(&to, "sent", delivery->done_us);
    else
        put_moment(&to, "due", delivery->due_us);
    json_write_some(&to, "reason", str_of(delivery->reason));
    json_write_close(&to, '}');
    if (to.ok)
        printf("%.*s\n", STR_ARG(buf_str(&line)));
    return to.ok;
}

/* Reasons hold what a receiver said. */
static bool print_text(const OutboxDelivery *delivery, bool first, Error *err)
{
    char made[TIMESTAMP_TEXT_BYTES];
    BUF_AUTO Buf reason = buf_init(LINE_BYTES_MAX), target = buf_init(LINE_BYTES_MAX);
    if (!cell_visible(str_of(delivery->reason), &reason, err) ||
        !cell_visible(str_of(delivery->target), &target, err))
        return false;
    timestamp_format_zone(delivery->made_us, made);
    if (first)
        printf("%-8s  %-8s  %-5s  %-24s  %-20s  %s\n", "delivery", "state", "tries", "made",
               "target", "of");
    printf("%-8" PRId64 "  %-8s  %-5" PRId64 "  %-24s  %-20.*s  %s %.16s%s%.*s\n", delivery->id,
           delivery->state, delivery->tries, made, STR_ARG(buf_str(&target)), delivery->notice.kind,
           delivery->notice.subject, reason.len ? ": " : "", STR_ARG(buf_str(&reason)));
    return true;
}

static bool print_one(void *context, const OutboxDelivery *delivery, Error *err)
{
    Listing *listing = context;
    bool first = listing->count++ == 0;
    return listing->json ? print_json(delivery, err) : print_text(delivery, first, err);
}

static bool list(const CommandLine *line, Lake *lake, Error *err)
{
    Listing listing = {.json = strcmp(command_text(line, "format", "text"), "jsonl") == 0};
    return outbox_each(lake->db, str_of(command_text(line, "state", "")),
                       command_number(line, "limit", LIMIT), print_one, &listing, err);
}

static bool replay(const CommandLine *line, Lake *lake, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    int64_t count = 0;
    uint64_t id = 0;
    const char *which = command_argument_count(line) > 1 ? command_argument(line, 1) : NULL;
    if (which && (!str_to_u64(str_of(which), &id) || id == 0 || id > INT64_MAX))
        return error_set(err, ERROR_USAGE, "'%.64s' is no delivery; spoor notify list has them",
                         which);
    Db *db =
        layout_path(path, err, lake->folder, "state.db") ? db_open(path, DB_READ_WRITE, err) : NULL;
    bool ok = db && outbox_replay(db, (int64_t)id, clock_now_us(), &count, err);
    db_close(db);
    if (!ok)
        return false;
    if (which && !count)
        return error_set(err, ERROR_USAGE, "no dead delivery is %s", which);
    printf("%" PRId64 " wait%s again, for a spoor serve\n", count, count == 1 ? "s" : "");
    return true;
}

/* What came of the newest delivery to a target. */
typedef struct Outcome {
    Str target;
    OutboxDelivery found;
    bool any;
} Outcome;

static bool take_newest(void *context, const OutboxDelivery *delivery, Error *err)
{
    Outcome *outcome = context;
    (void)err;
    if (!outcome->any && str_equal(str_of(delivery->target), outcome->target) &&
        strcmp(delivery->notice.kind, "test") == 0) {
        outcome->found = *delivery;
        outcome->any = true;
    }
    return true;
}

/* Whether the test was sent, or failed. */
static bool is_over(const Outcome *outcome)
{
    return outcome->any &&
           (strcmp(outcome->found.state, "waiting") != 0 || outcome->found.reason[0]);
}

/* Sends a test and what else is due, until what came of it is known. */
static bool send_test(Telling *telling, Lake *lake, const Target *target, Error *err)
{
    Outcome outcome;
    bool more = true;
    if (!courier_test(telling_courier(telling), target, err))
        return false;
    do {
        outcome = (Outcome){.target = str_of(target->name)};
        if (!courier_step(telling_courier(telling), &more, err) ||
            !outbox_each(lake->db, STR(""), LIMIT, take_newest, &outcome, err))
            return false;
    } while (more && !is_over(&outcome));
    if (outcome.any && strcmp(outcome.found.state, "sent") == 0) {
        printf("sent to '%s' (%s)\n", target->name, targets_kind_word(target->kind));
        return true;
    }
    return error_set(err, ERROR_ACCESS, "target '%s': %s", target->name,
                     outcome.any && outcome.found.reason[0] ? outcome.found.reason
                                                            : "nothing was sent");
}

static bool test(const CommandLine *line, Lake *lake, Error *err)
{
    if (command_argument_count(line) < 2)
        return error_set(err, ERROR_USAGE, "which target? spoor notify test NAME");
    Telling *telling = telling_open(line, lake, NULL, err);
    if (!telling)
        return false;
    Str name = str_of(command_argument(line, 1));
    const Target *target = targets_find(telling_targets(telling), name);
    bool ok = target ? send_test(telling, lake, target, err)
                     : error_set(err, ERROR_USAGE, "notify.targets has no '%.64s'",
                                 command_argument(line, 1));
    telling_free(telling);
    return ok;
}

static int run(const CommandLine *line, Error *err)
{
    static const SetupVerb VERBS[] = {{"list", list, false},
                                      {"replay", replay, false},
                                      {"test", test, false},
                                      {NULL, NULL, false}};
    return setup_run_verb(line, VERBS, err);
}

const Command cmd_notify = {
    .name = "notify",
    .arguments = "list | replay [DELIVERY] | test TARGET",
    .arguments_min = 1,
    .arguments_max = 2,
    .summary = "what was told to whom, and what could not be",
    .description =
        "While spoor serve runs, each new finding goes to the targets of notify.targets that a "
        "route of notify.routes names for it (docs/notify.md). list shows deliveries, the newest "
        "first: waiting, sent, or dead after a day of tries. replay lets dead ones wait again. "
        "test sends a message to one target at once, and fails when that does not take it.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
