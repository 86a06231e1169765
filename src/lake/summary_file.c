#include "lake/summary_file.h"

#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "lake/flat_table.h"

enum { SUMMARY_BYTES_MAX = 1 << 20 };

static const int64_t HOUR_US = INT64_C(3600000000);

#define COLUMN(number, kind, name)                                                                 \
    {                                                                                              \
        .parent = F_ROOT, .id = (number), .type = FIELD_##kind, .column = {                        \
            name,                                                                                  \
            sizeof(name) - 1                                                                       \
        }                                                                                          \
    }

/* Flags are 0 and 1. */
static const Field COLUMNS[SUMMARY_COLUMNS] = {
    [SUMMARY_HOUR] = COLUMN(1, TIME, "hour"),
    [SUMMARY_ACCOUNT] = COLUMN(2, STRING, "recipientaccountid"),
    [SUMMARY_IDENTITY_TYPE] = COLUMN(3, STRING, "identity_type"),
    [SUMMARY_CALLED_BY] = COLUMN(4, STRING, "caller"),
    [SUMMARY_PRINCIPAL] = COLUMN(5, STRING, "principal"),
    [SUMMARY_SOURCE] = COLUMN(6, STRING, "eventsource"),
    [SUMMARY_NAME] = COLUMN(7, STRING, "eventname"),
    [SUMMARY_REGION] = COLUMN(8, STRING, "awsregion"),
    [SUMMARY_ERROR] = COLUMN(9, STRING, "errorcode"),
    [SUMMARY_OUTCOME] = COLUMN(10, STRING, "outcome"),
    [SUMMARY_READ_ONLY] = COLUMN(11, INT, "readonly"),
    [SUMMARY_ACTION] = COLUMN(12, STRING, "action"),
    [SUMMARY_CATEGORY] = COLUMN(13, STRING, "eventcategory"),
    [SUMMARY_HUMAN] = COLUMN(14, INT, "is_human"),
    [SUMMARY_CONSOLE] = COLUMN(15, INT, "is_console"),
    [SUMMARY_EVENTS] = COLUMN(16, LONG, "events"),
    [SUMMARY_FIRST] = COLUMN(17, TIME, "first_time"),
    [SUMMARY_LAST] = COLUMN(18, TIME, "last_time"),
};

#undef COLUMN

static const IcebergTable TABLE = {
    .name = "summary", .fields = COLUMNS, .field_count = SUMMARY_COLUMNS, .day_of = -1};

struct SummaryFile {
    SummaryGroups *groups;
    FlatTable *rows;
    uint64_t events;
};

SummaryFile *summary_file_new(Error *err)
{
    SummaryFile *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    self->groups = summary_groups_new(err);
    self->rows = self->groups ? flat_table_new(&TABLE, err) : NULL;
    if (self->rows)
        return self;
    summary_file_free(self);
    return NULL;
}

void summary_file_free(SummaryFile *self)
{
    if (!self)
        return;
    summary_groups_free(self->groups);
    flat_table_free(self->rows);
    mem_free(self);
}

void summary_file_begin(SummaryFile *self)
{
    flat_table_reset(self->rows);
    self->events = 0;
}

/* ---- rows ---- */

/* What service answers when the caller may not. */
static bool is_denial(Str code)
{
    return str_matches(STR("*AccessDenied*"), code) || str_matches(STR("*Unauthorized*"), code) ||
           str_equal(code, STR("Forbidden")) || str_equal(code, STR("AuthorizationError"));
}

static Str text_of(const Batch *batch, FieldNode node, uint32_t code)
{
    return code ? batch_value(&batch->columns[node], code) : (Str){NULL, 0};
}

static Str outcome_of(const SummaryKey *key, Str error)
{
    return error.ptr && is_denial(error) ? STR("denied") : key->failed ? STR("failed") : STR("ok");
}

static bool put_texts(SummaryFile *self, const Batch *batch, const SummaryKey *key, Error *err)
{
    Str caller = text_of(batch, SUMMARY_CALLER[key->caller_leaf], key->caller);
    Str error = text_of(batch, F_ERROR_CODE, key->error);
    const struct {
        SummaryColumn column;
        Str text;
    } texts[] = {
        {SUMMARY_ACCOUNT, text_of(batch, F_RECIPIENT_ACCOUNT_ID, key->account)},
        {SUMMARY_IDENTITY_TYPE, text_of(batch, F_UI_TYPE, key->type)},
        {SUMMARY_CALLED_BY, caller},
        {SUMMARY_PRINCIPAL,
         key->principal ? text_of(batch, F_D_PRINCIPAL, key->principal) : caller},
        {SUMMARY_SOURCE, text_of(batch, F_EVENT_SOURCE, key->source)},
        {SUMMARY_NAME, text_of(batch, F_EVENT_NAME, key->name)},
        {SUMMARY_REGION, text_of(batch, F_AWS_REGION, key->region)},
        {SUMMARY_ERROR, error},
        {SUMMARY_OUTCOME, outcome_of(key, error)},
        {SUMMARY_ACTION, text_of(batch, F_D_ACTION, key->action)},
        {SUMMARY_CATEGORY, text_of(batch, F_EVENT_CATEGORY, key->category)},
    };
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof texts / sizeof *texts; i++)
        ok = !texts[i].text.ptr ||
             flat_table_text(self->rows, (int)texts[i].column, texts[i].text, err);
    return ok;
}

static bool put_numbers(SummaryFile *self, const SummaryGroup *group, Error *err)
{
    const SummaryKey *key = &group->key;
    const struct {
        SummaryColumn column;
        uint8_t flag;
    } flags[] = {{SUMMARY_READ_ONLY, key->read_only},
                 {SUMMARY_HUMAN, key->human},
                 {SUMMARY_CONSOLE, key->console}};
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof flags / sizeof *flags; i++)
        ok = !flags[i].flag ||
             flat_table_number(self->rows, (int)flags[i].column, flags[i].flag - 1, err);
    return ok && flat_table_number(self->rows, SUMMARY_HOUR, key->hour * HOUR_US, err) &&
           flat_table_number(self->rows, SUMMARY_EVENTS, group->events, err) &&
           flat_table_number(self->rows, SUMMARY_FIRST, group->first_us, err) &&
           flat_table_number(self->rows, SUMMARY_LAST, group->last_us, err);
}

bool summary_file_add(SummaryFile *self, const Batch *batch, const uint32_t *rows, uint32_t count,
                      Error *err)
{
    size_t group_count;
    if (!summary_groups_count(self->groups, batch, rows, count, err))
        return false;
    const SummaryGroup *groups = summary_groups_items(self->groups, &group_count);
    self->events += count;
    for (size_t i = 0; i < group_count; i++)
        if (!put_texts(self, batch, &groups[i].key, err) || !put_numbers(self, &groups[i], err) ||
            !flat_table_end_row(self->rows, err))
            return false;
    return true;
}

/* ---- files ---- */

bool summary_file_path(char ret[LAYOUT_PATH_BYTES], const char *folder, Str data, Error *err)
{
    Str below = str_slice(data, strlen(LAYOUT_DATA "/"), data.len);
    return layout_path(ret, err, folder, LAYOUT_SUMMARY "/%.*s", STR_ARG(below));
}

bool summary_file_write(SummaryFile *self, const char *folder, const char *data, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    BUF_AUTO Buf summary = buf_init(SUMMARY_BYTES_MAX);
    uint64_t bytes;
    if (self->events < SUMMARY_FILE_EVENTS_MIN)
        return true;
    return summary_file_path(path, folder, str_of(data), err) && layout_make_folder_of(path, err) &&
           flat_table_write(self->rows, path, &bytes, &summary, err);
}

bool summary_file_remove(const char *folder, Str data, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    return summary_file_path(path, folder, data, err) && file_remove(path, err);
}
