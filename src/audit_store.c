#include "audit_store.h"

#include <stdio.h>
#include <string.h>

#include "audit_seal.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "setup.h"

enum { ARENA_BYTES_MAX = 256 << 20 };

static const int64_t AFTER_US = INT64_C(86400000000); /* late deliveries belong to the month, too */

struct AuditStore {
    const CommandLine *line;
    const Config *config;
    bool is_wanted[AUDIT_FORMATS];
};

bool audit_store_make(const Config *config, Lake *lake, const char *month, AuditFormat format,
                      Buf *ret, Error *err)
{
    Report report;
    AuditOptions options = {
        .config = config,
        .language = report_words_language(str_of(config_text(config, CONFIG_REPORT_LANGUAGE))),
        .period = str_of(month)};
    if (!audit_month(options.period, &options.since_us, &options.until_us, err))
        return false;
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    bool ok = arena && audit_gather(&options, lake, arena, &report, err) &&
              audit_write(&report, format, ret, err);
    arena_free(arena);
    return ok;
}

bool audit_store_seal_path(const char *path, char ret[AUDIT_STORE_PATH_BYTES], Error *err)
{
    return snprintf(ret, AUDIT_STORE_PATH_BYTES, "%s.seal", path) < AUDIT_STORE_PATH_BYTES ||
           error_set(err, ERROR_USAGE, "'%.80s...' is too long for a path", path);
}

/* A document without its seal is none. */
static bool put_sealed(const char *path, Str document, const char *sealed, Str seal, Error *err)
{
    Error second = {0};
    if (!file_put(path, document, err))
        return false;
    if (file_put(sealed, seal, err))
        return true;
    if (!file_remove(path, &second))
        error_clear(&second); /* the first failure is told */
    return false;
}

bool audit_store_put(const Lake *lake, const char *path, Str document, Error *err)
{
    char sealed[AUDIT_STORE_PATH_BYTES];
    BUF_AUTO Buf seal = buf_init(AUDIT_STORE_BYTES_MAX);
    const char *slash = strrchr(path, '/');
    return audit_store_seal_path(path, sealed, err) &&
           audit_seal_make(lake->folder, document, str_of(slash ? slash + 1 : path), &seal, err) &&
           put_sealed(path, document, sealed, buf_str(&seal), err);
}

/* ---- by themselves ---- */

static bool want(AuditStore *store, Str word, Error *err)
{
    for (int i = 0; i < AUDIT_FORMATS; i++)
        if (str_equal(word, str_of(audit_format_word((AuditFormat)i)))) {
            store->is_wanted[i] = true;
            return true;
        }
    return error_set(err, ERROR_USAGE, "report.formats: '%.*s' is none of html, pdf, json, csv",
                     STR_ARG(str_slice(word, 0, 40)));
}

static bool read_formats(AuditStore *store, Error *err)
{
    Str rest = str_of(config_text(store->config, CONFIG_REPORT_FORMATS));
    bool ok = true;
    while (ok && rest.len) {
        size_t end = str_find_byte(rest, ' ', 0);
        Str word = str_trim(str_slice(rest, 0, end));
        rest = str_slice(rest, end + 1, rest.len);
        ok = !word.len || want(store, word, err);
    }
    return ok;
}

AuditStore *audit_store_open(const CommandLine *line, Error *err)
{
    AuditStore *store = mem_calloc(1, sizeof *store, err);
    if (!store)
        return NULL;
    store->line = line;
    store->config = command_config(line);
    if (read_formats(store, err))
        return store;
    audit_store_free(store);
    return NULL;
}

void audit_store_free(AuditStore *store)
{
    mem_free(store);
}

/* The reader is opened for each report: it sees what is in the lake then. */
static bool store_one(AuditStore *store, const char *month, AuditFormat format, const char *path,
                      Error *err)
{
    LAKE_AUTO Lake *lake = setup_lake(store->line, LAKE_READ, err);
    BUF_AUTO Buf report = buf_init(AUDIT_STORE_BYTES_MAX);
    if (!lake || !audit_store_make(store->config, lake, month, format, &report, err) ||
        !audit_store_put(lake, path, buf_str(&report), err))
        return false;
    log_tell(LOG_INFO, "report", "%s is written", path);
    return true;
}

static bool is_due(const char *month, bool *ret, Error *err)
{
    int64_t since_us, until_us;
    if (!audit_month(str_of(month), &since_us, &until_us, err))
        return false;
    *ret = clock_now_us() >= until_us + AFTER_US;
    return true;
}

bool audit_store_step(void *context, bool *ret_more, Error *err)
{
    AuditStore *store = context;
    char month[8], path[AUDIT_STORE_PATH_BYTES];
    const char *folder = config_text(store->config, CONFIG_REPORT_FOLDER);
    bool due = false;
    *ret_more = false;
    audit_last_month(month);
    if (!*folder || !is_due(month, &due, err) || !due)
        return err->kind == ERROR_NONE;
    for (int i = 0; i < AUDIT_FORMATS; i++) {
        snprintf(path, sizeof path, "%s/audit-%s.%s", folder, month,
                 audit_format_word((AuditFormat)i));
        if (!store->is_wanted[i] || file_exists(path))
            continue;
        *ret_more = true;
        return file_make_folders(folder, err) && store_one(store, month, (AuditFormat)i, path, err);
    }
    return true;
}
