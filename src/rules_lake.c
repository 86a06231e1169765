#include "rules_lake.h"

#include <stdio.h>

#include "base/cell.h"
#include "detect/rule_fields.h"
#include "query/carried.h"
#include "setup.h"

enum { LINE_BYTES_MAX = 1 << 16, USES_BYTES_MAX = 256 << 20 };

static const int64_t LOOK_US_MAX = 30 * INT64_C(1000000);

/* A field where a rule names it. */
typedef struct Use {
    const Rule *rule;
    Str field;
    uint32_t line;
} Use;

typedef struct Uses {
    Buf list; /* Use each */
    Carried *carried;
    Error *err;
    bool ok;
} Uses;

static void note(void *context, const Rule *rule, Str field, uint32_t line)
{
    Uses *uses = context;
    const Use use = {rule, field, line};
    bool made = str_equal(field, STR("derived")) || str_starts(field, STR("derived."));
    if (uses->ok && !made)
        uses->ok = carried_add(uses->carried, field, uses->err) &&
                   buf_append(&uses->list, &use, sizeof use, uses->err);
}

static bool is_told(const Use *uses, size_t index)
{
    for (size_t i = index; i > 0 && uses[i - 1].rule == uses[index].rule; i--)
        if (uses[i - 1].line == uses[index].line && str_equal(uses[i - 1].field, uses[index].field))
            return true;
    return false;
}

static bool tell(const Use *use, bool all, Error *err)
{
    BUF_AUTO Buf field = buf_init(LINE_BYTES_MAX);
    BUF_AUTO Buf title = buf_init(LINE_BYTES_MAX);
    if (!cell_visible(str_slice(use->field, 0, 200), &field, err) ||
        !cell_visible(str_slice(use->rule->title, 0, 300), &title, err))
        return false;
    fprintf(stderr, "%.*s:%u: warning: no event %s carries '%.*s' (rule '%.*s')\n",
            STR_ARG(use->rule->file), use->line, all ? "of the lake" : "that was looked at",
            STR_ARG(buf_str(&field)), STR_ARG(buf_str(&title)));
    return true;
}

static bool tell_all(const Uses *uses, const CarriedReport *report, size_t *ret_warnings)
{
    const Use *list = (const Use *)(const void *)uses->list.ptr;
    bool ok = true;
    for (size_t i = 0; ok && report->events && i < uses->list.len / sizeof *list; i++) {
        if (carried_has(uses->carried, list[i].field) || is_told(list, i))
            continue;
        ok = tell(&list[i], report->looked == report->events, uses->err);
        ++*ret_warnings;
    }
    return ok;
}

static void print_report(const CarriedReport *report)
{
    char looked[AMOUNT_TEXT_BYTES], events[AMOUNT_TEXT_BYTES];
    amount_count(report->looked, looked);
    amount_count(report->events, events);
    if (report->looked == report->events)
        printf("fields were looked for in all %s events of the lake\n", events);
    else
        printf("fields were looked for in %s of the %s events of the lake, for %d s\n", looked,
               events, (int)(LOOK_US_MAX / 1000000));
}

bool rules_lake_check(const CommandLine *line, const RuleSet *set, size_t *ret_warnings, Error *err)
{
    CarriedReport report;
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_READ, err);
    Uses uses = {.list = buf_init(USES_BYTES_MAX), .err = err};
    uses.carried = lake ? carried_new(err) : NULL;
    uses.ok = uses.carried != NULL;
    *ret_warnings = 0;
    for (size_t i = 0; uses.ok && i < ruleset_count(set); i++)
        if (ruleset_rule(set, i)->applies)
            rule_fields_each(ruleset_rule(set, i), note, &uses);
    bool ok = uses.ok &&
              carried_look(uses.carried, lake, command_config(line), LOOK_US_MAX, &report, err) &&
              tell_all(&uses, &report, ret_warnings);
    if (ok)
        print_report(&report);
    carried_free(uses.carried);
    buf_free(&uses.list);
    return ok;
}
