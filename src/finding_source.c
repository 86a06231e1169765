#include "finding_source.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "findings/finding_import.h"
#include "lake/layout.h"
#include "lake/state.h"

enum { LINE_BYTES = 1000 };

struct FindingSource {
    const Config *config;
    char path[LAYOUT_PATH_BYTES];
    Db *db; /* NULL before the first findings */
    Automation *automation;
};

/* What is wrong with one, the first of a message. */
typedef struct Wrong {
    char line[LINE_BYTES];
} Wrong;

static void note_first(void *context, const char *line)
{
    Wrong *wrong = context;
    if (!wrong->line[0])
        snprintf(wrong->line, sizeof wrong->line, "%s", line);
}

static void tell_rules(const char *why)
{
    log_tell(LOG_WARN, "findings", "rules for findings: %s", why);
}

FindingSource *finding_source_open(const Config *config, const char *folder, Error *err)
{
    FindingSource *source = mem_calloc(1, sizeof *source, err);
    if (!source)
        return NULL;
    source->config = config;
    if (layout_path(source->path, err, folder, "state.db"))
        return source;
    finding_source_free(source);
    return NULL;
}

void finding_source_free(FindingSource *source)
{
    if (!source)
        return;
    automation_free(source->automation);
    db_close(source->db);
    mem_free(source);
}

static bool open_all(FindingSource *source, Error *err)
{
    const char *rules = config_text(source->config, CONFIG_FINDINGS_RULES);
    if (!source->automation && !(source->automation = automation_open(rules, tell_rules, err)))
        return false;
    if (!source->db)
        source->db = state_open(source->path, DB_READ_WRITE, err);
    return source->db != NULL;
}

static bool take_one(FindingImport *all, NotificationFindings *each, Arena *arena, Error *err)
{
    Wrong wrong = {""};
    all->name = each->name;
    all->context = &wrong;
    if (!finding_import_text(all, each->text, err))
        return false;
    if (wrong.line[0])
        each->bad = arena_text(arena, str_of(wrong.line), err);
    return !wrong.line[0] || each->bad;
}

bool finding_source_take(FindingSource *source, NotificationFindings *list, size_t count,
                         Arena *arena, Error *err)
{
    FindingImport all = {.tell = note_first};
    bool ok = open_all(source, err);
    if (ok)
        automation_refresh(source->automation);
    all.db = source->db;
    all.automation = source->automation;
    if (!ok || !db_begin(source->db, err))
        return error_context(err, "findings that came are not stored, and stay where they were");
    for (size_t i = 0; ok && i < count; i++)
        ok = take_one(&all, &list[i], arena, err);
    if (ok && db_commit(source->db, err)) {
        log_tell(LOG_INFO, "findings",
                 "%" PRId64 " of other products came: %" PRId64 " new, %" PRId64
                 " updated, %" PRId64 " known, %" PRId64 " bad",
                 all.report.read, all.report.added, all.report.updated, all.report.ignored,
                 all.report.bad);
        return true;
    }
    db_rollback(source->db);
    return error_context(err, "findings that came are not stored, and stay where they were");
}
