#include "notify/hub_document.h"

#include "base/clock.h"
#include "base/timestamp.h"
#include "findings/asff.h"
#include "findings/asff_check.h"
#include "findings/finding_story.h"

enum { TEXT_BYTES_MAX = 32 << 20, NAME_BYTES_MAX = 4096, MOMENT_US = 1000 };

static const JsonLimits LIMITS = {JSON_DEPTH_MAX, true};

/* A member that is written in place of the document's; without a text: it stays. */
typedef struct Change {
    const char *name;
    Str text;
} Change;

enum { CHANGE_ID, CHANGE_PRODUCT, CHANGE_ACCOUNT, CHANGE_UPDATED, CHANGE_STATE, CHANGES };

static Str text_of(const Json *document, const char *name)
{
    return json_text(json_member(document, str_of(name)), STR(""));
}

static bool keep(Arena *arena, const Buf *text, Str *ret, Error *err)
{
    const char *copy = arena_text(arena, buf_str(text), err);
    *ret = (Str){copy, text->len};
    return copy != NULL;
}

/* ---- what changes ---- */

/* The product of the account and region that are asked. */
static bool change_product(const HubPushOptions *options, Arena *arena, Change *changes,
                           HubDocument *ret, Error *err)
{
    BUF_AUTO Buf arn = buf_init(NAME_BYTES_MAX);
    if (options->account.len)
        changes[CHANGE_ACCOUNT].text = options->account;
    if (options->region.len)
        ret->region = options->region;
    return asff_append_product(ret->region, changes[CHANGE_ACCOUNT].text, &arn, err) &&
           keep(arena, &arn, &changes[CHANGE_PRODUCT].text, err);
}

/* Later than what was said last: else nothing of it is looked at. */
static bool change_time(const HubRow *row, Arena *arena, Change *changes, HubDocument *ret,
                        Error *err)
{
    char moment[TIMESTAMP_TEXT_BYTES];
    if (ret->said_us > row->said_us)
        return true;
    ret->said_us = clock_now_us();
    if (ret->said_us < row->said_us + MOMENT_US)
        ret->said_us = row->said_us + MOMENT_US;
    timestamp_format(ret->said_us, moment);
    const char *copy = arena_text(arena, str_of(moment), err);
    changes[CHANGE_UPDATED].text = str_of(copy);
    return copy != NULL;
}

/* One that another took in has its heir's words, its own Id, and is archived. */
static bool change_heir(const HubRow *row, Arena *arena, Change *changes, Error *err)
{
    BUF_AUTO Buf id = buf_init(NAME_BYTES_MAX);
    Str heirs = changes[CHANGE_ID].text;
    size_t end = heirs.len;
    while (end > 0 && heirs.ptr[end - 1] != '/')
        end--;
    changes[CHANGE_STATE].text = STR("ARCHIVED");
    return buf_append_str(&id, str_slice(heirs, 0, end), err) &&
           buf_append_str(&id, str_of(row->finding), err) &&
           keep(arena, &id, &changes[CHANGE_ID].text, err);
}

/* ---- the document ---- */

static const Change *change_of(const Change *changes, Str name)
{
    for (int i = 0; i < CHANGES; i++)
        if (changes[i].text.ptr && str_equal(name, str_of(changes[i].name)))
            return &changes[i];
    return NULL;
}

static bool write(const Json *document, const Change *changes, Buf *out, Error *err)
{
    bool ok = buf_append_byte(out, '{', err);
    for (const Json *each = document->first; ok && each; each = each->next) {
        const Change *change = change_of(changes, each->name);
        if (each->shadowed)
            continue;
        ok = (out->len == 1 || buf_append_byte(out, ',', err)) &&
             json_append_string(out, each->name, err) && buf_append_byte(out, ':', err) &&
             (change ? json_append_string(out, change->text, err)
                     : buf_append_str(out, each->raw, err));
    }
    return ok && buf_append_byte(out, '}', err);
}

/* Checks what goes out, at its size. */
static bool check(Str text, Arena *arena, Error *err)
{
    if (text.len > ASFF_FINDING_BYTES_MAX)
        return error_set(err, ERROR_INPUT, "it has %zu bytes, at most %d are taken", text.len,
                         ASFF_FINDING_BYTES_MAX);
    const Json *document = json_read(text, &LIMITS, arena, err);
    return document && asff_check(document, err);
}

static bool is_wanted(const Finding *finding, const HubRow *row, const HubPushOptions *options)
{
    bool heir = !str_equal(finding->id, str_of(row->finding));
    if (row->sent_us)
        return true;
    return !heir && finding->severity >= options->severity_min &&
           !str_equal(finding->workflow, STR("SUPPRESSED"));
}

static const Json *load(Db *db, const HubRow *row, const HubPushOptions *options, Arena *arena,
                        HubDocument *ret, Error *err)
{
    Finding finding;
    Story story;
    Str text;
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    if (!finding_story_load(db, str_of(row->finding), arena, &finding, &story, err)) {
        ret->gone = err->kind == ERROR_USAGE;
        return NULL;
    }
    ret->gone = finding.given_id.len || !is_wanted(&finding, row, options);
    if (ret->gone || !finding_story_asff(&finding, &story, arena, &out, err) ||
        !keep(arena, &out, &text, err))
        return NULL;
    return json_read(text, &LIMITS, arena, err);
}

bool hub_document_make(Db *db, const HubRow *row, const HubPushOptions *options, Arena *arena,
                       HubDocument *ret, Error *err)
{
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    *ret = (HubDocument){.gone = false};
    const Json *document = load(db, row, options, arena, ret, err);
    if (!document) {
        if (ret->gone)
            error_clear(err);
        return ret->gone;
    }
    Change changes[CHANGES] = {
        [CHANGE_ID] = {"Id", text_of(document, "Id")},
        [CHANGE_PRODUCT] = {"ProductArn", {NULL, 0}},
        [CHANGE_ACCOUNT] = {"AwsAccountId", text_of(document, "AwsAccountId")},
        [CHANGE_UPDATED] = {"UpdatedAt", {NULL, 0}},
        [CHANGE_STATE] = {"RecordState", {NULL, 0}}};
    ret->region = text_of(document, "Region");
    (void)timestamp_parse(text_of(document, "UpdatedAt"), &ret->said_us);
    bool heir = !str_ends(changes[CHANGE_ID].text, str_of(row->finding));
    bool ok = change_product(options, arena, changes, ret, err) &&
              change_time(row, arena, changes, ret, err) &&
              (!heir || change_heir(row, arena, changes, err)) &&
              write(document, changes, &out, err) && keep(arena, &out, &ret->text, err);
    ret->id = changes[CHANGE_ID].text;
    return ok && check(ret->text, arena, err);
}
