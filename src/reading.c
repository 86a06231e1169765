#include "reading.h"

#include "base/file.h"
#include "base/mem.h"
#include "finding_source.h"
#include "lake/claim.h"
#include "lake/receipt.h"
#include "source_looks.h"

enum { WAVE_OBJECTS = 200000 };

struct Reading {
    Lake *lake;
    FindingSource *findings;
    Sources *sources;
    SourceLooks *looks;
    ObjectList *list;
};

/* Whether an object lies outside the folder that *context* names. */
static bool is_outside(const ObjectRef *object, void *context)
{
    Str lake = str_of(context), folder = str_of(object->folder);
    return !str_starts(folder, lake) || (folder.len > lake.len && folder.ptr[lake.len] != '/');
}

/* A lake below a source is no source of its own. */
static bool leave_lake_out(const Lake *lake, ObjectList *list, Error *err)
{
    char *folder = file_real_path(lake->folder, err);
    if (folder)
        object_list_filter(list, is_outside, folder);
    mem_free(folder);
    return folder != NULL;
}

bool reading_next(void *context, ObjectList *list, bool *ret_more, Error *err)
{
    const Reading *reading = context;
    return source_looks_settle(reading->looks, reading->sources, list, err) &&
           sources_next(reading->sources, list, WAVE_OBJECTS, ret_more, err) &&
           leave_lake_out(reading->lake, list, err) &&
           source_looks_note(reading->looks, reading->sources, list, err);
}

void reading_tick(void *context, const IngestReport *so_far, bool stopping)
{
    (void)so_far;
    const Reading *reading = context;
    sources_tick(reading->sources, stopping);
}

bool reading_end(void *context, IngestReport *report, Error *err)
{
    const Reading *reading = context;
    bool ok = sources_settle(reading->sources, err) &&
              source_looks_settle(reading->looks, reading->sources, reading->list, err);
    QueueSourceTally messages = sources_messages(reading->sources, NULL);
    report->archived = sources_tally(reading->sources).archived;
    report->messages_received = messages.received;
    report->messages_deleted = messages.deleted;
    report->messages_set_aside = messages.set_aside;
    report->messages_left = messages.left;
    return ok;
}

/* What the lake's receipts say of an object. */
static bool is_in(void *context, Str source, Str key, Str etag, QueueMatch *ret, Error *err)
{
    static const QueueMatch MATCHES[] = {[RECEIPT_MISSING] = QUEUE_MISSING,
                                         [RECEIPT_SAME] = QUEUE_SAME,
                                         [RECEIPT_CHANGED] = QUEUE_OTHER};
    const Reading *reading = context;
    ReceiptMatch match;
    Claim *turn;
    bool ok = claim_lake_turn(reading->lake, &turn, err);
    if (!ok)
        return false;
    ok = receipt_find(reading->lake, source, key, etag, &match, err);
    claim_end(turn, false);
    if (!ok)
        return false;
    *ret = MATCHES[match];
    return true;
}

static bool take_findings(void *context, NotificationFindings *list, size_t count, Arena *arena,
                          Error *err)
{
    const Reading *reading = context;
    return finding_source_take(reading->findings, list, count, arena, err);
}

Reading *reading_open(const CommandLine *line, Lake *lake, const SourcesOptions *options,
                      Error *err)
{
    SourcesOptions asked = *options;
    Reading *reading = mem_calloc(1, sizeof *reading, err);
    if (!reading)
        return NULL;
    asked.is_in = is_in;
    asked.take_findings = take_findings;
    asked.context = reading;
    reading->lake = lake;
    reading->findings = finding_source_open(command_config(line), lake->folder, err);
    reading->list = reading->findings ? object_list_new(err) : NULL;
    reading->sources = reading->list ? sources_open(line, &asked, err) : NULL;
    reading->looks =
        reading->sources ? source_looks_new(lake, sources_list(reading->sources), err) : NULL;
    if (reading->looks)
        return reading;
    reading_free(reading);
    return NULL;
}

void reading_free(Reading *reading)
{
    if (!reading)
        return;
    source_looks_free(reading->looks);
    sources_free(reading->sources);
    object_list_free(reading->list);
    finding_source_free(reading->findings);
    mem_free(reading);
}

ObjectList *reading_list(const Reading *reading)
{
    return reading->list;
}

const Sources *reading_sources(const Reading *reading)
{
    return reading->sources;
}
