#include "filter_try.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "collect/reader.h"
#include "decode/object.h"
#include "filter_hide.h"
#include "filter_judge.h"
#include "sources.h"

enum { DIFF_BYTES_MAX = 1 << 20, EXAMPLES_BYTES_MAX = 64 << 20 };

struct FilterTry {
    const FilterSet *set;
    uint64_t records_max;
    int64_t since_us, until_us;
    FilterJudge *judge;
    FilterHide *hide;
    Arena *arena; /* of examples */
    uint64_t redacted[REDACTIONS_MAX];
    FilterExamples *examples; /* by the filter's index */
    FilterTryReport report;
    /* Where they come from. */
    const char **names; /* of the sources that were given */
    Sources *sources;
    ObjectList *objects;
    Reader *reader;
    Decoder *decoder;
};

/* ---- one record ---- */

static void copy(Document *document, const char *path, char ret[FILTER_TRY_TEXT_BYTES])
{
    snprintf(ret, FILTER_TRY_TEXT_BYTES, "%.*s", STR_ARG(document_text(document, str_of(path))));
}

/* NULL: there are enough. */
static FilterExample *keep_example(FilterTry *self, const RecordView *view, size_t index)
{
    FilterExamples *examples = &self->examples[index];
    Document *document = filter_judge_document(self->judge);
    if (examples->count == FILTER_TRY_EXAMPLES)
        return NULL;
    FilterExample *example = &examples->list[examples->count++];
    example->time_us = view->event_time;
    copy(document, "eventID", example->event_id);
    copy(document, "eventSource", example->source);
    copy(document, "eventName", example->name);
    copy(document, "userIdentity.arn", example->who);
    if (!example->who[0])
        copy(document, "userIdentity.invokedBy", example->who);
    return example;
}

static bool keep_diff(FilterTry *self, const RecordView *view, size_t index, Error *err)
{
    BUF_AUTO Buf text = buf_init(DIFF_BYTES_MAX);
    FilterExample *example = keep_example(self, view, index);
    if (!example)
        return true;
    if (!filter_hide_diff(self->hide, "    ", &text, err))
        return false;
    example->diff.ptr = arena_text(self->arena, buf_str(&text), err);
    example->diff.len = text.len;
    return example->diff.ptr != NULL;
}

static bool changes(const RecordFilter *filter)
{
    return filter->verb == FILTER_REDACT || filter->verb == FILTER_FUNCTION;
}

static bool hide(FilterTry *self, const RecordView *view, const FilterVerdict *verdict, Error *err)
{
    uint64_t changed;
    if (!filter_hide_take(self->hide, view, verdict, &changed, err))
        return false;
    self->report.redacted += changed != 0;
    self->report.failed += verdict->failed != NULL;
    bool ok = true;
    for (size_t i = 0; ok && changed && i < filter_set_count(self->set); i++) {
        const RecordFilter *filter = filter_set_at(self->set, i);
        if (!changes(filter) || !(changed >> filter->redaction & 1))
            continue;
        self->redacted[filter->redaction]++;
        ok = keep_diff(self, view, i, err);
    }
    return ok;
}

static void note(FilterTry *self, const RecordView *view, const FilterVerdict *verdict)
{
    self->report.kept += !verdict->by && !verdict->failed;
    self->report.dropped += verdict->by != NULL;
    self->report.stands_for += verdict->by || verdict->failed ? 0 : verdict->factor;
    for (size_t i = 0; verdict->by && i < filter_set_count(self->set); i++)
        if (filter_set_at(self->set, i) == verdict->by)
            (void)keep_example(self, view, i);
}

static bool is_passed_over(FilterTry *self, const RecordView *view)
{
    bool full = self->report.records == self->records_max;
    self->report.more |= full;
    return full || view->event_time < self->since_us || view->event_time >= self->until_us;
}

/* The decoder's hook. */
static bool take_record(void *context, const RecordView *view, Error *err)
{
    FilterTry *self = context;
    FilterVerdict verdict;
    bool detected;
    if (is_passed_over(self, view)) {
        filter_judge_pass(self->judge);
        return true;
    }
    self->report.records++;
    if (!filter_judge_take(self->judge, view, &verdict, &detected, err))
        return false;
    self->report.detected += detected;
    note(self, view, &verdict);
    return hide(self, view, &verdict, err);
}

/* ---- all of them ---- */

static bool open_tools(FilterTry *self, const CommandLine *line, Error *err)
{
    const DecoderHooks hooks = {.context = self, .record = take_record};
    DecoderLimits limits = OBJECT_LIMITS_DEFAULT;
    limits.sha256 = false;
    self->judge = filter_judge_new(line, self->set, err);
    self->hide = self->judge ? filter_hide_new(self->set, err) : NULL;
    self->arena = self->hide ? arena_new(EXAMPLES_BYTES_MAX, err) : NULL;
    self->examples = self->arena
                         ? mem_calloc(filter_set_count(self->set) + 1, sizeof *self->examples, err)
                         : NULL;
    self->decoder = self->examples ? object_decoder_new(&limits, &hooks, err) : NULL;
    return self->decoder && command_range(line, &self->since_us, &self->until_us, err);
}

static bool list_objects(FilterTry *self, const CommandLine *line, Error *err)
{
    static const atomic_bool NEVER;
    bool more;
    int given = command_argument_count(line) - 1;
    self->names = mem_calloc((size_t)given + 1, sizeof *self->names, err);
    for (int i = 0; self->names && i < given; i++)
        self->names[i] = command_argument(line, i + 1);
    const SourcesOptions options = {
        .list = {.command = "filter", .names = self->names, .count = given, .limited = true}};
    self->sources = !self->names ? NULL : sources_open(line, &options, err);
    self->objects = self->sources ? object_list_new(err) : NULL;
    if (!self->objects || !sources_next(self->sources, self->objects, SIZE_MAX, &more, err))
        return false;
    self->reader =
        reader_new(self->objects, source_list_aws(sources_list(self->sources)), &NEVER, err);
    return self->reader != NULL;
}

static bool read_object(FilterTry *self, Error *err)
{
    ReaderObject object;
    ObjectReport report;
    Error trouble = {0};
    ReaderResult result = reader_next(self->reader, &object, &trouble);
    if (result == READER_UNREADABLE) {
        self->report.unreadable++;
        log_tell(LOG_WARN, "filter", "left out: %s", trouble.text);
        return true;
    }
    if (result != READER_READ) {
        *err = trouble;
        return false;
    }
    if (!object_decode(self->decoder, object.bytes, 0, NULL, &report, err))
        return error_context(err, "'%.*s'", STR_ARG(object.path));
    self->report.objects++;
    self->report.quarantined += report.records_quarantined;
    self->report.incomplete += !report.complete || report.kind == OBJECT_UNKNOWN;
    return true;
}

FilterTry *filter_try_run(const CommandLine *line, const FilterSet *set, uint64_t records_max,
                          Error *err)
{
    FilterTry *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    self->set = set;
    self->records_max = records_max;
    bool ok = open_tools(self, line, err) && list_objects(self, line, err);
    if (ok)
        reader_begin(self->reader, 0, object_list_count(self->objects));
    while (ok && !self->report.more && reader_has_next(self->reader))
        ok = read_object(self, err);
    if (ok)
        return self;
    filter_try_free(self);
    return NULL;
}

void filter_try_free(FilterTry *self)
{
    if (!self)
        return;
    object_decoder_free(self->decoder);
    reader_free(self->reader);
    object_list_free(self->objects);
    sources_free(self->sources);
    filter_judge_free(self->judge);
    filter_hide_free(self->hide);
    arena_free(self->arena);
    mem_free(self->examples);
    mem_free(self->names);
    mem_free(self);
}

const FilterTryReport *filter_try_report(const FilterTry *self)
{
    return &self->report;
}

const FilterRun *filter_try_tallies(const FilterTry *self)
{
    return filter_judge_run(self->judge);
}

uint64_t filter_try_redacted(const FilterTry *self, size_t index)
{
    const RecordFilter *filter = filter_set_at(self->set, index);
    return changes(filter) ? self->redacted[filter->redaction] : 0;
}

const FilterExamples *filter_try_examples(const FilterTry *self, size_t index)
{
    return &self->examples[index];
}
