#include "hunt/correlate.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/engine.h"
#include "base/mem.h"
#include "collect/reader.h"
#include "decode/object.h"
#include "hunt/shown.h"

enum {
    SQL_BYTES_MAX = 16 << 20,
    CELL_BYTES_MAX = 1 << 20,
    RECORD_BITS = 28,
};

uint64_t correlate_event(size_t object)
{
    return (uint64_t)object << RECORD_BITS;
}

static bool set_horizon(const CorrelateOptions *options, Engine *engine, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    return buf_printf(&sql, err, "CREATE TABLE horizon AS SELECT %" PRId64 "::BIGINT AS t",
                      options->horizon_us) &&
           buf_text(&sql, err) && engine_run(engine, sql.ptr, err);
}

/* The table `signals` out of the workers' files. */
static bool load(const CorrelateOptions *options, Engine *engine, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    BUF_AUTO Buf path = buf_init(CELL_BYTES_MAX);
    bool ok = buf_printf(&path, err, "%s/signals-*.jsonl", options->folder) &&
              buf_printf(&sql, err, "CREATE TABLE signals AS SELECT * FROM read_json(") &&
              engine_quote(&sql, buf_str(&path), err) &&
              buf_printf(&sql, err,
                         ", format = 'newline_delimited', columns = {r: 'INTEGER', e: 'BIGINT', "
                         "t: 'BIGINT'");
    for (size_t i = 0; ok && i < correlation_sql_path_count(options->paths); i++)
        ok = buf_printf(&sql, err, ", p%zu: 'VARCHAR'", i);
    return ok && buf_printf(&sql, err, "})") && buf_text(&sql, err) &&
           engine_run(engine, sql.ptr, err);
}

static bool read_cell(const EngineResult *result, size_t column, Arena *texts, Str *ret, Error *err)
{
    BUF_AUTO Buf cell = buf_init(CELL_BYTES_MAX);
    if (engine_is_null(result, column)) {
        *ret = STR("");
        return true;
    }
    const char *copy = engine_value(result, column, ENGINE_TEXT, &cell, err)
                           ? arena_text(texts, buf_str(&cell), err)
                           : NULL;
    *ret = (Str){copy, cell.len};
    return copy != NULL;
}

/* How many signals each rule has. */
static bool count_signals(Engine *engine, uint64_t *counts, size_t rules, Error *err)
{
    bool row = true;
    EngineResult *result = engine_query(engine, "SELECT r, count(*) FROM signals GROUP BY r", err);
    bool ok = result != NULL;
    while (ok && row) {
        int64_t rule = 0, count = 0;
        ok = engine_next(result, &row, err) &&
             (!row || (engine_long(result, 0, &rule, err) && engine_long(result, 1, &count, err)));
        if (ok && row && rule >= 0 && (size_t)rule < rules)
            counts[rule] = (uint64_t)count;
    }
    engine_result_free(result);
    return ok;
}

static bool write_query(const CorrelateOptions *options, const Rule *rule, Buf *sql, Error *err)
{
    return buf_printf(sql, err, "SELECT t, n, array_to_string(g, ' | '), e FROM (") &&
           correlation_sql_write(options->paths, rule, sql, err) &&
           buf_printf(sql, err, ") WHERE fires ORDER BY t, e") && buf_text(sql, err);
}

static bool read_row(const EngineResult *result, const Rule *rule, Buf *matches, Arena *texts,
                     Error *err)
{
    HuntMatch match = {.rule = rule};
    return engine_long(result, 0, &match.time_us, err) &&
           read_cell(result, 1, texts, &match.value, err) &&
           read_cell(result, 2, texts, &match.group, err) &&
           engine_long(result, 3, &match.event, err) &&
           buf_append(matches, &match, sizeof match, err);
}

static bool ask(const CorrelateOptions *options, Engine *engine, const Rule *rule, Buf *matches,
                Arena *texts, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    bool row = true;
    if (!write_query(options, rule, &sql, err))
        return false;
    EngineResult *result = engine_query(engine, sql.ptr, err);
    bool ok = result != NULL;
    while (ok && row) {
        ok =
            engine_next(result, &row, err) && (!row || read_row(result, rule, matches, texts, err));
    }
    engine_result_free(result);
    return ok || error_context(err, "correlation '%.*s'", STR_ARG(rule->title));
}

/* Events are read again from their objects, one object after the other. */
typedef struct Again {
    HuntMatch *matches; /* by event */
    size_t count, at;
    int64_t event; /* of the record under way */
    Document *document;
    Arena *texts;
    Str object;
} Again;

static bool show_event(void *context, const RecordView *view, Error *err)
{
    Again *again = context;
    bool ok = true;
    again->event++;
    if (again->at < again->count && again->matches[again->at].event == again->event)
        document_set_view(again->document, view);
    for (; ok && again->at < again->count && again->matches[again->at].event == again->event;
         again->at++) {
        again->matches[again->at].object = again->object;
        ok = shown_fill(&again->matches[again->at], again->document, again->texts, err);
    }
    return ok;
}

static int by_event(const void *a, const void *b)
{
    const HuntMatch *left = a, *right = b;
    return (left->event > right->event) - (left->event < right->event);
}

/* Reads the object that holds the next match's event; an object that is gone is passed over. */
static bool show_object(Again *again, Reader *reader, Decoder *decoder, Error *err)
{
    ReaderObject object;
    Error gone = {0};
    ObjectReport report;
    size_t index = (size_t)(again->matches[again->at].event >> RECORD_BITS);
    reader_begin(reader, index, index + 1);
    bool read = reader_next(reader, &object, &gone) == READER_READ;
    const char *copy = arena_text(again->texts, object.path, err);
    again->object = str_of(copy);
    again->event = (int64_t)correlate_event(index);
    bool ok = copy && (!read || object_decode(decoder, object.bytes, 0, NULL, &report, err));
    while (again->at < again->count &&
           (size_t)(again->matches[again->at].event >> RECORD_BITS) == index)
        again->at++;
    return ok;
}

static bool show_events(const CorrelateOptions *options, Buf *matches, Arena *texts, Error *err)
{
    Again again = {.matches = (HuntMatch *)(void *)matches->ptr,
                   .count = matches->len / sizeof(HuntMatch),
                   .texts = texts};
    const DecoderHooks hooks = {.context = &again, .record = show_event};
    DecoderLimits limits = OBJECT_LIMITS_DEFAULT;
    limits.sha256 = false;
    if (!again.count)
        return true;
    qsort(again.matches, again.count, sizeof *again.matches, by_event);
    again.document = document_new(err);
    Decoder *decoder = again.document ? object_decoder_new(&limits, &hooks, err) : NULL;
    Reader *reader = decoder ? reader_new(options->objects, options->aws, NULL, err) : NULL;
    bool ok = reader != NULL;
    while (ok && again.at < again.count)
        ok = show_object(&again, reader, decoder, err);
    reader_free(reader);
    object_decoder_free(decoder);
    document_free(again.document);
    return ok;
}

/* Matches by event, whose events are given again. */
typedef struct Recall {
    HuntMatch *matches;
    size_t count;
    Arena *texts;
} Recall;

static bool fill_recalled(void *to, uint64_t number, Document *document, Error *err)
{
    Recall *recall = to;
    size_t low = 0, high = recall->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if ((uint64_t)recall->matches[middle].event < number)
            low = middle + 1;
        else
            high = middle;
    }
    bool ok = true;
    for (; ok && low < recall->count && (uint64_t)recall->matches[low].event == number; low++)
        ok = shown_fill(&recall->matches[low], document, recall->texts, err);
    return ok;
}

static bool recall_events(const HuntOrigin *origin, Buf *matches, Arena *texts, Error *err)
{
    Recall recall = {(HuntMatch *)(void *)matches->ptr, matches->len / sizeof(HuntMatch), texts};
    HuntWanted wanted = {.since_us = INT64_MAX, .until_us = INT64_MIN};
    if (!recall.count)
        return true;
    uint64_t *numbers = mem_calloc(recall.count, sizeof *numbers, err);
    if (!numbers)
        return false;
    wanted.numbers = numbers;
    qsort(recall.matches, recall.count, sizeof *recall.matches, by_event);
    for (size_t i = 0; i < recall.count; i++) {
        const HuntMatch *match = &recall.matches[i];
        int64_t early_us = match->time_us - match->rule->correlation->timespan_us; /* of absence */
        if (!wanted.count || numbers[wanted.count - 1] != (uint64_t)match->event)
            numbers[wanted.count++] = (uint64_t)match->event;
        wanted.since_us = early_us < wanted.since_us ? early_us : wanted.since_us;
        wanted.until_us = match->time_us > wanted.until_us ? match->time_us : wanted.until_us;
    }
    bool ok = origin->recall(origin->context, &wanted, fill_recalled, &recall, err);
    mem_free(numbers);
    return ok;
}

static bool ask_all(const CorrelateOptions *options, Engine *engine, const uint64_t *counts,
                    Buf *matches, Arena *texts, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < ruleset_count(options->rules); i++) {
        const Rule *rule = ruleset_rule(options->rules, i);
        bool wanted = !rule->silent && rule->level >= options->level_min;
        if (rule->kind == RULE_CORRELATION && correlation_is_possible(rule, counts) &&
            (options->only ? options->only == rule : wanted))
            ok = ask(options, engine, rule, matches, texts, err);
    }
    return ok;
}

bool correlate_run(const CorrelateOptions *options, Buf *matches, Arena *texts, Error *err)
{
    const EngineOptions engine_options = {.memory_bytes = options->memory_bytes,
                                          .threads = options->threads,
                                          .temp_folder = options->folder};
    size_t count = ruleset_count(options->rules);
    Engine *engine = engine_open(&engine_options, err);
    uint64_t *counts = engine ? mem_calloc(count + 1, sizeof *counts, err) : NULL;
    bool ok = counts && load(options, engine, err) && set_horizon(options, engine, err) &&
              count_signals(engine, counts, count, err) &&
              ask_all(options, engine, counts, matches, texts, err);
    engine_close(engine);
    mem_free(counts);
    if (!ok || options->objects)
        return ok && show_events(options, matches, texts, err);
    return !options->origin || !options->origin->recall ||
           recall_events(options->origin, matches, texts, err);
}
