#include "verify_print.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/cell.h"
#include "base/json_write.h"
#include "base/timestamp.h"

enum { LINE_BYTES_MAX = 1 << 20 };

static const char *const KINDS[] = {[VERIFY_CHAIN] = "chain",
                                    [VERIFY_DIGEST] = "digest",
                                    [VERIFY_LOG] = "log",
                                    [VERIFY_GAP] = "gap",
                                    [VERIFY_REMARK] = "remark"};

void verify_print_start(VerifyPrint *self)
{
    self->text = buf_init(LINE_BYTES_MAX);
    self->any = false;
    if (!self->json)
        return;
    printf("\"entries\":[");
}

/* "2023-07-10T11:30:00Z"; *open* for a bound that was not given. */
static const char *time_text(int64_t us, const char *open, char ret[TIMESTAMP_TEXT_BYTES])
{
    if (us == INT64_MIN || us == INT64_MAX)
        return open;
    timestamp_format(us, ret);
    return ret;
}

static bool append_uri(Buf *out, const VerifyEvent *event, Error *err)
{
    if (!event->bucket.len)
        return cell_visible(event->key, out, err);
    return buf_append_str(out, STR("s3://"), err) && cell_visible(event->bucket, out, err) &&
           buf_append_byte(out, '/', err) && cell_visible(event->key, out, err);
}

static bool append_chain(Buf *out, const Chain *chain, Error *err)
{
    return buf_append_str(out, STR("\nTrail "), err) && cell_visible(chain->trail, out, err) &&
           buf_append_str(out, STR(" of "), err) && cell_visible(chain->account, out, err) &&
           buf_append_str(out, STR(" in "), err) && cell_visible(chain->region, out, err) &&
           buf_append_byte(out, '\n', err);
}

/* "Log file<TAB>s3://...<TAB>INVALID: not found". */
static bool append_file(Buf *out, const VerifyEvent *event, Error *err)
{
    const char *kind = event->kind == VERIFY_DIGEST ? "Digest file\t" : "Log file\t";
    bool valid = event->verdict == VERDICT_VALID;
    if (event->backfill && event->kind == VERIFY_DIGEST &&
        !buf_append_str(out, STR("(backfill) "), err))
        return false;
    return buf_append_str(out, str_of(kind), err) && append_uri(out, event, err) &&
           buf_printf(out, err, "\t%s%s",
                      valid ? "" : "INVALID: ", verdict_words(event->verdict)) &&
           (!event->detail[0] ||
            (buf_append_str(out, STR(" ("), err) && cell_visible(str_of(event->detail), out, err) &&
             buf_append_byte(out, ')', err)));
}

static bool append_remark(Buf *out, const VerifyEvent *event, Error *err)
{
    return buf_printf(out, err, "Remark\t%s\t", verdict_remark_name(event->remark)) &&
           (!event->key.len || append_uri(out, event, err)) &&
           cell_visible(str_of(event->detail), out, err) &&
           buf_printf(out, err, "\t%s", verdict_remark_words(event->remark));
}

static bool append_gap(Buf *out, const VerifyEvent *event, Error *err)
{
    char from[TIMESTAMP_TEXT_BYTES], to[TIMESTAMP_TEXT_BYTES];
    timestamp_format(event->from_us, from);
    timestamp_format(event->to_us, to);
    return buf_printf(out, err, "%sGap\tno digest links %s to %s",
                      event->backfill ? "(backfill) " : "", from, to);
}

static bool append_line(Buf *out, const VerifyEvent *event, Error *err)
{
    switch (event->kind) {
    case VERIFY_GAP:
        return append_gap(out, event, err);
    case VERIFY_REMARK:
        return append_remark(out, event, err);
    default:
        return append_file(out, event, err);
    }
}

static bool append_json(Buf *out, const VerifyEvent *event, Error *err)
{
    JsonWriter to = {out, err, true};
    char from[TIMESTAMP_TEXT_BYTES], until[TIMESTAMP_TEXT_BYTES];
    bool file = event->kind == VERIFY_DIGEST || event->kind == VERIFY_LOG;
    json_write_open(&to, NULL, '{');
    json_write_text(&to, "kind", str_of(KINDS[event->kind]));
    if (file)
        json_write_text(&to, "verdict", str_of(verdict_name(event->verdict)));
    if (event->kind == VERIFY_REMARK)
        json_write_text(&to, "remark", str_of(verdict_remark_name(event->remark)));
    if (event->backfill)
        json_write_text(&to, "chain", STR("backfill"));
    json_write_some(&to, "bucket", event->bucket);
    json_write_some(&to, "key", event->key);
    json_write_some(&to, "detail", str_of(event->detail));
    if (event->chain) {
        json_write_text(&to, "account", event->chain->account);
        json_write_text(&to, "region", event->chain->region);
        json_write_text(&to, "trail", event->chain->trail);
    }
    if (event->kind == VERIFY_GAP) {
        json_write_text(&to, "from", str_of(time_text(event->from_us, "", from)));
        json_write_text(&to, "to", str_of(time_text(event->to_us, "", until)));
    }
    json_write_close(&to, '}');
    return to.ok;
}

/* Whether an event is to be seen; chains are told with the first of their events that is. */
static bool is_told(VerifyPrint *self, const VerifyEvent *event)
{
    bool file = event->kind == VERIFY_DIGEST || event->kind == VERIFY_LOG;
    if (event->kind == VERIFY_CHAIN || !event->chain)
        self->untold = event->chain;
    return event->kind != VERIFY_CHAIN &&
           (!file || event->verdict != VERDICT_VALID || self->verbose);
}

static bool compose(VerifyPrint *self, const VerifyEvent *event, Error *err)
{
    self->text.len = 0;
    if (self->json)
        return append_json(&self->text, event, err);
    return (!self->untold || append_chain(&self->text, self->untold, err)) &&
           append_line(&self->text, event, err);
}

bool verify_print_event(void *context, const VerifyEvent *event, Error *err)
{
    VerifyPrint *self = context;
    if (!is_told(self, event))
        return true;
    if (!compose(self, event, err))
        return false;
    self->untold = NULL;
    if (self->json)
        printf("%s\n", self->any ? "," : "");
    fwrite(self->text.ptr, 1, self->text.len, stdout);
    if (!self->json)
        putchar('\n');
    self->any = true;
    return true;
}

/* "4/4 digest files valid", as the AWS CLI ends. */
static void print_ratio(const VerifyCount *count, const char *what)
{
    uint64_t total = count->valid + count->invalid;
    if (!total)
        return;
    printf("%" PRIu64 "/%" PRIu64 " %s files valid", count->valid, total, what);
    if (count->invalid)
        printf(", %" PRIu64 "/%" PRIu64 " %s files INVALID", count->invalid, total, what);
    printf("\n");
}

static void print_remarks(const VerifyReport *report)
{
    bool any = false;
    for (int i = 0; i < REMARK_COUNT; i++) {
        if (!report->remarks[i])
            continue;
        if (!any)
            printf("\nRemarks, which change no verdict:\n");
        any = true;
        printf("%8" PRIu64 "  %-26s %s\n", report->remarks[i], verdict_remark_name((Remark)i),
               verdict_remark_words((Remark)i));
    }
}

/* What could be read again, and what holds of the rest. */
static void print_read_again(const VerifyReport *report, bool originals)
{
    uint64_t again = report->logs.valid - report->logs_noted;
    printf("\n%" PRIu64 " of %" PRIu64 " valid log files were read again where they came from%s\n",
           again, report->logs.valid, originals ? ", or as they were kept" : "");
    if (report->logs_noted)
        printf("%" PRIu64 " cannot be read there any more: each was as its digest lists it when it"
               " was ingested\n",
               report->logs_noted);
}

static void print_text_end(const VerifyPrint *self, const VerifyReport *report)
{
    char from[TIMESTAMP_TEXT_BYTES], to[TIMESTAMP_TEXT_BYTES];
    print_remarks(report);
    if (self->lake)
        print_read_again(report, self->originals);
    printf("\n%" PRIu64 " chain%s of digests, each of an account, a region and a trail\n",
           report->chains, report->chains == 1 ? "" : "s");
    printf("Results requested for %s to %s\n", time_text(self->since_us, "the first digest", from),
           time_text(self->until_us, "the last", to));
    if (!report->digests.valid && !report->digests.invalid && !report->backfill_digests.valid &&
        !report->backfill_digests.invalid) {
        printf("No digests found\n");
        return;
    }
    if (report->found_from_us > report->found_to_us)
        printf("No valid digests found in range\n\n");
    else
        printf("Results found for %s to %s:\n\n", time_text(report->found_from_us, "", from),
               time_text(report->found_to_us, "", to));
    print_ratio(&report->digests, "digest");
    print_ratio(&report->backfill_digests, "backfill digest");
    print_ratio(&report->logs, "log");
}

static void write_count(JsonWriter *to, const char *name, const VerifyCount *count)
{
    json_write_open(to, name, '{');
    json_write_int(to, "valid", (int64_t)count->valid);
    json_write_int(to, "invalid", (int64_t)count->invalid);
    json_write_close(to, '}');
}

/* A range of times; a bound that is open is left out. */
static void write_range(JsonWriter *to, const char *name, int64_t from_us, int64_t to_us)
{
    char from[TIMESTAMP_TEXT_BYTES], until[TIMESTAMP_TEXT_BYTES];
    json_write_open(to, name, '{');
    json_write_some(to, "from", str_of(time_text(from_us, "", from)));
    json_write_some(to, "to", str_of(time_text(to_us, "", until)));
    json_write_close(to, '}');
}

static bool print_json_end(VerifyPrint *self, const VerifyReport *report, Error *err)
{
    JsonWriter to = {&self->text, err, true};
    self->text.len = 0;
    json_write_open(&to, NULL, '{');
    write_range(&to, "requested", self->since_us, self->until_us);
    if (report->found_from_us <= report->found_to_us)
        write_range(&to, "found", report->found_from_us, report->found_to_us);
    json_write_int(&to, "chains", (int64_t)report->chains);
    write_count(&to, "digests", &report->digests);
    write_count(&to, "backfill_digests", &report->backfill_digests);
    write_count(&to, "logs", &report->logs);
    if (self->lake)
        json_write_int(&to, "logs_not_read_again", (int64_t)report->logs_noted);
    json_write_int(&to, "gaps", (int64_t)report->gaps);
    json_write_open(&to, "remarks", '{');
    for (int i = 0; i < REMARK_COUNT; i++)
        if (report->remarks[i])
            json_write_int(&to, verdict_remark_name((Remark)i), (int64_t)report->remarks[i]);
    json_write_close(&to, '}');
    json_write_close(&to, '}');
    if (!to.ok)
        return false;
    printf("%s],", self->any ? "\n" : "");
    fwrite(self->text.ptr + 1, 1, self->text.len - 1, stdout);
    putchar('\n');
    return true;
}

bool verify_print_end(VerifyPrint *self, const VerifyReport *report, Error *err)
{
    bool ok = true;
    if (report && self->json)
        ok = print_json_end(self, report, err);
    else if (report)
        print_text_end(self, report);
    fflush(stdout);
    buf_free(&self->text);
    return ok;
}
