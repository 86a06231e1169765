#include "verify_ledger.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/cell.h"
#include "base/file.h"
#include "base/json_write.h"
#include "lake/ledger_head.h"
#include "setup.h"
#include "verify/ledger_check.h"

enum { TEXT_BYTES_MAX = 16 << 20, TOLD_MAX = 1000 };

/* What is printed of findings as they come. */
typedef struct Telling {
    bool json;
    uint64_t told;
    Buf text; /* of the array's elements in JSON */
    Error err;
} Telling;

static void tell(void *context, LedgerFinding finding, const char *detail)
{
    Telling *telling = context;
    Buf *out = &telling->text;
    JsonWriter to = {out, &telling->err, true};
    if (telling->told++ >= TOLD_MAX)
        return;
    if (telling->json) {
        json_write_open(&to, NULL, '{');
        json_write_text(&to, "finding", str_of(ledger_check_name(finding)));
        json_write_text(&to, "detail", str_of(detail));
        json_write_close(&to, '}');
        return;
    }
    out->len = 0;
    if (cell_visible(str_of(detail), out, &telling->err))
        printf("Ledger\t%s\t%.*s\t%s\n", ledger_check_name(finding), STR_ARG(buf_str(out)),
               ledger_check_words(finding));
}

static void print_text(const LedgerReport *report, const LedgerCheck *check)
{
    printf("Ledger of %" PRIu64 " entries, signed by %s: ", report->entries,
           report->key[0] ? report->key : "no key");
    printf("%s\n", ledger_check_is_clean(report) ? "the lake holds what it says"
                                                 : "THE LAKE DOES NOT HOLD WHAT IT SAYS");
    printf("  %" PRIu64 " data files with %" PRIu64 " rows", report->parts, report->rows);
    if (check->engine)
        printf(", %" PRIu64 " files read again", report->read);
    if (report->unsummed)
        printf(", %" PRIu64 " from before the ledger, whose rows were counted only",
               report->unsummed);
    printf("\n");
    if (report->retentions)
        printf("  %" PRIu64 " times retention took rows away, %" PRIu64 " together\n",
               report->retentions, report->retained_away);
    if (report->reapplies)
        printf("  %" PRIu64 " times filters were applied to a day again: %" PRIu64
               " rows dropped, %" PRIu64 " changed\n",
               report->reapplies, report->reapplied_away, report->reapplied);
    if (report->holds)
        printf("  %" PRIu64 " legal holds, %" PRIu64 " ends of some\n", report->holds,
               report->releases);
    if (report->restores || report->rebuilds)
        printf("  %" PRIu64 " times restored from a copy, %" PRIu64 " times rebuilt\n",
               report->restores, report->rebuilds);
    if (check->head)
        printf("  %" PRIu64 " heads that are kept outside fit\n", report->heads);
    else
        printf("  no head that is kept outside was compared: who can write this host can write "
               "another ledger\n");
}

static bool print_json(const LedgerReport *report, const LedgerCheck *check, const Telling *telling,
                       Error *err)
{
    BUF_AUTO Buf out = buf_init(2 * TEXT_BYTES_MAX);
    JsonWriter to = {&out, err, true};
    const struct {
        const char *name;
        uint64_t number;
    } NUMBERS[] = {
        {"entries", report->entries},
        {"data_files", report->parts},
        {"rows", report->rows},
        {"files_read", report->read},
        {"files_unsummed", report->unsummed},
        {"merges", report->merges},
        {"retentions", report->retentions},
        {"rows_retained_away", report->retained_away},
        {"reapplies", report->reapplies},
        {"rows_reapplied_away", report->reapplied_away},
        {"rows_reapplied", report->reapplied},
        {"holds", report->holds},
        {"releases", report->releases},
        {"restores", report->restores},
        {"rebuilds", report->rebuilds},
        {"heads", report->heads},
    };
    json_write_open(&to, NULL, '{');
    json_write_text(&to, "key", str_of(report->key));
    json_write_value(&to, "clean", ledger_check_is_clean(report) ? STR("true") : STR("false"));
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++)
        json_write_int(&to, NUMBERS[i].name, (int64_t)NUMBERS[i].number);
    if (check->head)
        json_write_text(&to, "head", str_of(check->head));
    json_write_open(&to, "findings", '[');
    if (to.ok && telling->text.len)
        to.ok = buf_append_str(&out, buf_str(&telling->text), err);
    json_write_close(&to, ']');
    json_write_close(&to, '}');
    if (to.ok)
        printf("\"ledger\":%.*s,", STR_ARG(buf_str(&out)));
    return to.ok;
}

static Engine *open_engine(const CommandLine *line, Error *err)
{
    const Config *config = command_config(line);
    const EngineOptions options = {
        .memory_bytes = (uint64_t)config_number(config, CONFIG_QUERY_MEMORY),
        .threads = (int)config_number(config, CONFIG_QUERY_THREADS),
    };
    return engine_open(&options, err);
}

/* What --head names, else the configuration, where heads can be read: a file that is there, or a
 * bucket, with who asks it. */
static bool find_head(const CommandLine *line, Lake *lake, const char **ret, Error *err)
{
    const char *given = command_text(line, "head", NULL);
    const char *set = config_text(command_config(line), CONFIG_LEDGER_HEAD);
    bool there = set[0] && ledger_head_can_read(set) && (depot_is_remote(set) || file_exists(set));
    *ret = given ? given : there ? set : NULL;
    return !*ret || !depot_is_remote(*ret) || setup_lake_aws(lake, command_config(line), err);
}

bool verify_ledger(const CommandLine *line, Lake *lake, bool json, bool *ret_clean, Error *err)
{
    LedgerReport report;
    Telling telling = {.json = json, .text = buf_init(TEXT_BYTES_MAX)};
    LedgerCheck check = {.lake = lake, .finding = tell, .context = &telling};
    bool quick = command_has(line, "quick"), ok = find_head(line, lake, &check.head, err);
    if (ok && !quick)
        check.engine = open_engine(line, err);
    ok = ok && (quick || check.engine) && ledger_check_run(&check, &report, err);
    if (ok && telling.err.kind != ERROR_NONE) {
        *err = telling.err;
        ok = false;
    }
    *ret_clean = ok && ledger_check_is_clean(&report);
    if (ok && json)
        ok = print_json(&report, &check, &telling, err);
    else if (ok)
        print_text(&report, &check);
    engine_close(check.engine);
    buf_free(&telling.text);
    return ok;
}
