#include "filter_explain.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/amount.h"
#include "base/cell.h"
#include "decode/object.h"
#include "filter_hide.h"
#include "filter_judge.h"
#include "setup.h"

enum { LINE_BYTES_MAX = 1 << 16, NAME_WIDTH = 32, DIFF_BYTES_MAX = 1 << 20 };

static const char *const WORDS[] = {
    [FILTER_OUTCOME_PASSED] = "does not hold",
    [FILTER_OUTCOME_DROPPED] = "drops it",
    [FILTER_OUTCOME_KEPT] = "keeps it",
    [FILTER_OUTCOME_SAMPLED] = "keeps it as one of its sample",
    [FILTER_OUTCOME_SPARED] = "would drop it, but it raised a signal",
    [FILTER_OUTCOME_NOT_ASKED] = "is not asked",
    [FILTER_OUTCOME_REDACTS] = "finds nothing to hide",
    [FILTER_OUTCOME_SAME] = "leaves it alone",
    [FILTER_OUTCOME_CHANGED] = "changes it",
    [FILTER_OUTCOME_FAILED] = "fails on it",
    [FILTER_OUTCOME_OFF] = "is turned off",
};

typedef struct Explaining {
    FilterJudge *judge;
    FilterHide *hide;
    const FilterSet *set;
    uint64_t events;
} Explaining;

static bool print_event(Explaining *explaining, bool detected, Error *err)
{
    static const char *const PATHS[] = {"eventSource", "eventName", "userIdentity.arn", "eventID"};
    BUF_AUTO Buf line = buf_init(LINE_BYTES_MAX);
    Document *document = filter_judge_document(explaining->judge);
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof PATHS / sizeof *PATHS; i++) {
        Str text = document_text(document, str_of(PATHS[i]));
        ok = !text.len || (cell_visible(text, &line, err) && buf_append_str(&line, STR("  "), err));
    }
    printf("%s%.*s%s\n", explaining->events > 1 ? "\n" : "", STR_ARG(buf_str(&line)),
           detected ? "(raised a signal)" : "");
    return ok;
}

static const char *word(const Explaining *explaining, size_t index, uint64_t changed)
{
    const RecordFilter *filter = filter_set_at(explaining->set, index);
    FilterOutcome outcome = filter_run_outcome(filter_judge_run(explaining->judge), index);
    return outcome == FILTER_OUTCOME_REDACTS && (changed >> filter->redaction & 1)
               ? "hides something"
               : WORDS[outcome];
}

static bool print_hidden(Explaining *explaining, Error *err)
{
    BUF_AUTO Buf text = buf_init(DIFF_BYTES_MAX);
    bool ok = filter_hide_diff(explaining->hide, "    ", &text, err);
    printf("%.*s", STR_ARG(buf_str(&text)));
    return ok;
}

/* What functions took, and why one failed. */
static bool print_functions(const FilterVerdict *verdict, Error *err)
{
    char memory[AMOUNT_TEXT_BYTES];
    BUF_AUTO Buf why = buf_init(LINE_BYTES_MAX);
    amount_bytes(verdict->memory, memory);
    if (verdict->memory)
        printf("  functions took less than %" PRIu64 " instructions and hold %s\n",
               verdict->instructions + FUNCTION_STEP, memory);
    if (verdict->why && !cell_visible(str_of(verdict->why), &why, err))
        return false;
    if (verdict->why)
        printf("  %.*s\n", STR_ARG(buf_str(&why)));
    return true;
}

/* The decoder's hook. */
static bool take_record(void *context, const RecordView *view, Error *err)
{
    Explaining *explaining = context;
    FilterVerdict verdict;
    uint64_t changed;
    bool detected;
    if (!filter_judge_take(explaining->judge, view, &verdict, &detected, err) ||
        !filter_hide_take(explaining->hide, view, &verdict, &changed, err))
        return false;
    explaining->events++;
    if (!print_event(explaining, detected, err))
        return false;
    for (size_t i = 0; i < filter_set_count(explaining->set); i++) {
        const RecordFilter *filter = filter_set_at(explaining->set, i);
        printf("  %-*.*s  %s\n", NAME_WIDTH, STR_ARG(filter->name), word(explaining, i, changed));
    }
    if (!print_functions(&verdict, err))
        return false;
    if (verdict.by)
        printf("  dropped by %.*s\n", STR_ARG(verdict.by->name));
    else if (verdict.failed)
        printf("  quarantined\n");
    else if (verdict.factor > 1)
        printf("  kept, for %u records\n", verdict.factor);
    else
        printf("  kept\n");
    return print_hidden(explaining, err);
}

static bool decode(Explaining *explaining, Str bytes, const char *path, Error *err)
{
    const DecoderHooks hooks = {.context = explaining, .record = take_record};
    ObjectReport report;
    Decoder *decoder = object_decoder_new(NULL, &hooks, err);
    bool ok = decoder && object_decode(decoder, bytes, 0, NULL, &report, err);
    object_decoder_free(decoder);
    return ok && (explaining->events ||
                  error_set(err, ERROR_INPUT, "'%s' holds no record of CloudTrail", path));
}

bool filter_explain(const CommandLine *line, const FilterSet *set, const char *path, Error *err)
{
    BUF_AUTO Buf bytes = buf_init(SETUP_INPUT_BYTES_MAX);
    Explaining explaining = {.set = set};
    if (!setup_read_input(path, &bytes, err))
        return false;
    explaining.judge = filter_judge_new(line, set, err);
    explaining.hide = explaining.judge ? filter_hide_new(set, err) : NULL;
    bool ok = explaining.hide && decode(&explaining, buf_str(&bytes), path, err);
    filter_judge_free(explaining.judge);
    filter_hide_free(explaining.hide);
    return ok;
}
