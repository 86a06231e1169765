/* cmd_report - documents of evidence, signed by the ledger's key. */
#include <stdio.h>
#include <string.h>

#include "audit_seal.h"
#include "audit_store.h"
#include "base/cell.h"
#include "base/file.h"
#include "cmd.h"
#include "setup.h"

enum { ARENA_BYTES_MAX = 16 << 20 };

static const Option OPTIONS[] = {
    {"month", 'm', VALUE_TEXT, "YYYY-MM", NULL, CONFIG_NONE,
     "audit: what it is about (the last month that has ended)"},
    {"format", 'f', VALUE_CHOICE, "FORMAT", "html|pdf|json|csv", CONFIG_NONE,
     "audit: how it is written"},
    {"language", 0, VALUE_CHOICE, "LANGUAGE", "en|ko", CONFIG_REPORT_LANGUAGE, "audit: its words"},
    {"output", 'o', VALUE_TEXT, "FILE", NULL, CONFIG_NONE,
     "audit: where it is written (audit-YYYY-MM.FORMAT), its seal beside it; -: to standard "
     "output, "
     "without one"},
    {"key", 'k', VALUE_TEXT, "HEX", NULL, CONFIG_NONE,
     "check: the public key that must have signed, instead of the lake's"},
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor report audit --month 2026-10 --format pdf",
    "writes audit-2026-10.pdf and audit-2026-10.pdf.seal",
    "spoor report audit --format json -o - | jq .sections[1]",
    "the checks of the last month, for a program",
    "spoor report check audit-2026-10.pdf",
    "whether that is what this lake has signed",
    NULL,
};

static AuditFormat format_of(const CommandLine *line)
{
    int format = 0;
    const char *word = command_text(line, "format", "html");
    while (strcmp(word, audit_format_word((AuditFormat)format)) != 0)
        format++;
    return (AuditFormat)format;
}

static bool audit(const CommandLine *line, Lake *lake, Error *err)
{
    char month[8], path[AUDIT_STORE_PATH_BYTES];
    BUF_AUTO Buf report = buf_init(AUDIT_STORE_BYTES_MAX);
    AuditFormat format = format_of(line);
    audit_last_month(month);
    const char *asked = command_text(line, "month", month);
    snprintf(path, sizeof path, "audit-%.7s.%s", asked, audit_format_word(format));
    const char *to = command_text(line, "output", path);
    if (!audit_store_make(command_config(line), lake, asked, format, &report, err))
        return false;
    if (strcmp(to, "-") == 0)
        return fwrite(report.ptr, 1, report.len, stdout) == report.len ||
               error_set(err, ERROR_SYSTEM, "standard output takes no more");
    if (!audit_store_put(lake, to, buf_str(&report), err))
        return false;
    printf("%s\n%s.seal\n", to, to);
    return true;
}

/* ---- check ---- */

/* Whether the key is the one given, or one of the lake's. */
static bool check_key(const CommandLine *line, Str key, bool *ret, Error *err)
{
    const char *given = command_text(line, "key", NULL);
    if (given) {
        *ret = str_equal_nocase(str_of(given), key);
        return true;
    }
    Lake *lake = setup_lake(line, LAKE_READ, err);
    bool ok = lake && audit_seal_is_of(lake, key, ret, err);
    lake_close(lake);
    return ok || error_context(err, "whose key it is: give --key, or the lake");
}

static bool tell(const AuditSeal *seal, const char *path, Error *err)
{
    BUF_AUTO Buf text = buf_init(AUDIT_STORE_BYTES_MAX);
    bool ok =
        buf_printf(&text, err, "%s: as lake ", path) && cell_visible(seal->lake, &text, err) &&
        buf_append_str(&text, STR(" sealed it as "), err) && cell_visible(seal->file, &text, err) &&
        buf_append_str(&text, STR(" at "), err) && cell_visible(seal->at, &text, err) &&
        buf_append_str(&text, STR(", key "), err) && cell_visible(seal->key, &text, err);
    if (ok)
        printf("%.*s\n", STR_ARG(buf_str(&text)));
    return ok;
}

static bool check(const CommandLine *line, Lake *lake, Error *err)
{
    char sealed[AUDIT_STORE_PATH_BYTES];
    AuditSeal seal;
    bool known = false;
    const char *path = command_argument_count(line) > 1 ? command_argument(line, 1) : NULL;
    BUF_AUTO Buf document = buf_init(AUDIT_STORE_BYTES_MAX), text = buf_init(AUDIT_STORE_BYTES_MAX);
    (void)lake;
    if (!path)
        return error_set(err, ERROR_USAGE, "which document? spoor report check FILE");
    if (!audit_store_seal_path(path, sealed, err) || !file_read(path, &document, NULL, err) ||
        !file_read(sealed, &text, NULL, err))
        return false;
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    bool ok = arena && audit_seal_check(buf_str(&document), buf_str(&text), arena, &seal, err);
    if (!ok && err->kind == ERROR_INPUT)
        error_context(err, "%s", sealed);
    ok = ok && check_key(line, seal.key, &known, err);
    if (ok && !known)
        ok = error_set(err, ERROR_INPUT, "%s: it is sealed, but by another key: %.*s", path,
                       STR_ARG(seal.key));
    ok = ok && tell(&seal, path, err);
    arena_free(arena);
    return ok;
}

static int run(const CommandLine *line, Error *err)
{
    static const SetupVerb VERBS[] = {
        {"audit", audit, false}, {"check", check, true}, {NULL, NULL, false}};
    return setup_run_verb(line, VERBS, err);
}

const Command cmd_report = {
    .name = "report",
    .arguments = "audit | check FILE",
    .arguments_min = 1,
    .arguments_max = 2,
    .summary = "documents of evidence, signed by the lake",
    .description =
        "audit writes the audit report of a month: completeness by source, account and region, "
        "verdicts of digests, CIS monitoring controls with their alarms, findings by workflow, "
        "what retention is in force, who read and who changed the logs, and the ledger "
        "(docs/report.md). A seal beside it is signed by the ledger's key. check tells whether a "
        "document is the one that was sealed, and by this lake.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
