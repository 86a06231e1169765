#include "findings/finding_import.h"

#include <stdio.h>

#include "findings/asff_check.h"
#include "findings/finding_given.h"
#include "findings/guardduty.h"

enum {
    ARENA_BYTES_MAX = 512 << 20,
    BODY_BYTES_MAX = 1 << 20,
    PLACE_BYTES = 120,
    DEPTH_MAX = 4,
    PATH_SHOWN = 1200
};

static const JsonLimits LIMITS = {JSON_DEPTH_MAX, true};

static Str text_at(const Json *value, Str path)
{
    return json_text(json_path(value, path), STR(""));
}

/* Counts an item that cannot be taken, and tells it: file, place, what is wrong. */
static void tell_bad(FindingImport *import, const char *place, const Error *why)
{
    char line[sizeof why->text + PATH_SHOWN];
    import->report.bad++;
    snprintf(line, sizeof line, "%.1000s%s%s: %s", import->name, *place ? ", " : "", place,
             why->text);
    import->tell(import->context, line);
}

/* ---- one finding ---- */

static bool put(FindingImport *import, const Json *finding, const char *place, Error *err)
{
    GivenResult result;
    char id[FINDING_ID_BYTES];
    Error wrong = {0};
    if (!asff_check(finding, &wrong)) {
        tell_bad(import, place, &wrong);
        return true;
    }
    if (!finding_given_put(import->db, finding, &result, id, err))
        return false;
    if (result != GIVEN_IGNORED && import->automation &&
        !automation_apply(import->automation, import->db, str_of(id), err))
        return false;
    import->report.added += result == GIVEN_NEW;
    import->report.updated += result == GIVEN_UPDATED;
    import->report.ignored += result == GIVEN_IGNORED;
    return true;
}

/* Makes ASFF of GuardDuty's. */
static bool put_guardduty(FindingImport *import, const Json *finding, const char *place, Error *err)
{
    Error wrong = {0};
    BUF_AUTO Buf text = buf_init(BODY_BYTES_MAX);
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    bool ok = arena != NULL;
    const Json *asff = ok && guardduty_asff(finding, &text, &wrong)
                           ? json_read(buf_str(&text), &LIMITS, arena, &wrong)
                           : NULL;
    if (ok && asff)
        ok = put(import, asff, place, err);
    else if (ok)
        tell_bad(import, place, &wrong);
    arena_free(arena);
    return ok;
}

/* ---- what it is wrapped in ---- */

static bool is_list(const Json *value)
{
    return value && value->type == JSON_ARRAY;
}

/* The list of findings that *value* holds: get-findings, an event of Security Hub. */
static const Json *list_of(const Json *value)
{
    const Json *list = json_member(value, STR("Findings"));
    if (!is_list(list))
        list = json_path(value, STR("detail.findings"));
    if (!is_list(list))
        list = json_member(value, STR("findings"));
    return is_list(list) ? list : NULL;
}

static bool take(FindingImport *import, const Json *value, const char *place, int depth,
                 Error *err);

static bool take_list(FindingImport *import, const Json *list, const char *place, int depth,
                      Error *err)
{
    char at[PLACE_BYTES];
    bool ok = true;
    int number = 1;
    for (const Json *each = list->first; ok && each; each = each->next) {
        snprintf(at, sizeof at, "%s%sfinding %d", place, *place ? ", " : "", number++);
        ok = take(import, each, at, depth + 1, err);
    }
    return ok;
}

static bool take(FindingImport *import, const Json *value, const char *place, int depth, Error *err)
{
    Error wrong = {0};
    const Json *list = value->type == JSON_ARRAY ? value : list_of(value);
    if (depth > DEPTH_MAX) {
        error_set(&wrong, ERROR_INPUT, "lists within lists, more than %d", DEPTH_MAX);
        tell_bad(import, place, &wrong);
        return true;
    }
    if (list)
        return take_list(import, list, place, depth, err);
    if (str_equal(text_at(value, STR("detail-type")), STR("GuardDuty Finding")) &&
        json_member(value, STR("detail")))
        return take(import, json_member(value, STR("detail")), place, depth + 1, err);
    import->report.read++;
    if (json_member(value, STR("SchemaVersion")) && json_member(value, STR("ProductArn")))
        return put(import, value, place, err);
    if (guardduty_is_one(value))
        return put_guardduty(import, value, place, err);
    error_set(
        &wrong, ERROR_INPUT,
        "a finding in ASFF (with SchemaVersion and ProductArn) or of GuardDuty (with type, arn "
        "and service) expected, '%.*s' found",
        STR_ARG(str_slice(value->raw, 0, str_utf8_prefix(value->raw, 60))));
    tell_bad(import, place, &wrong);
    return true;
}

bool finding_import_list(FindingImport *import, const Json *list, const char *place, Error *err)
{
    return take_list(import, list, place, 0, err);
}

/* ---- lines ---- */

static bool take_lines(FindingImport *import, Str text, Arena *arena, Error *err)
{
    bool ok = true;
    int number = 1;
    for (size_t from = 0; ok && from < text.len; number++) {
        char place[PLACE_BYTES];
        Error wrong = {0};
        size_t end = str_find_byte(text, '\n', from);
        Str line = str_trim(str_slice(text, from, end));
        from = end + 1;
        if (!line.len)
            continue;
        arena_reset(arena);
        snprintf(place, sizeof place, "line %d", number);
        const Json *value = json_read(line, &LIMITS, arena, &wrong);
        if (value) {
            ok = take(import, value, place, 0, err);
            continue;
        }
        import->report.read++;
        tell_bad(import, place, &wrong);
    }
    return ok;
}

/* Whether the first line is JSON by itself, and another follows. */
static bool is_lines(Str text, Arena *arena)
{
    Error ignored = {0};
    size_t end = str_find_byte(text, '\n', 0);
    return str_trim(str_slice(text, end, text.len)).len &&
           json_read(str_trim(str_slice(text, 0, end)), &LIMITS, arena, &ignored);
}

bool finding_import_text(FindingImport *import, Str text, Error *err)
{
    Error wrong = {0};
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    bool ok = arena != NULL;
    if (ok && is_lines(text, arena)) {
        ok = take_lines(import, text, arena, err);
    } else if (ok && str_trim(text).len) {
        const Json *value = json_read(text, &LIMITS, arena, &wrong);
        if (value)
            ok = take(import, value, "", 0, err);
        else {
            import->report.read++;
            tell_bad(import, "", &wrong);
        }
    }
    arena_free(arena);
    return ok;
}
