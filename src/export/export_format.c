#include "export/export_format.h"

#include "export/export_ocsf.h"

enum {
    MIB = 1 << 20,
    TRAIL_BYTES_MAX = 32 * MIB,
    LINES_BYTES_MAX = 256 * MIB,
    BULK_BYTES_MAX = 9 * MIB /* a managed OpenSearch takes 10 MiB at the least */
};

/* ---- cloudtrail ("cloudtrail-record", section 1.1) ---- */

static bool trail_key(const ExportEvent *event, Buf *out, Error *err)
{
    return buf_printf(out, err, "AWSLogs/%.*s/%.*s/%.*s/%.4s/%.2s/%.2s/%.*s_%.*s_%.*s_",
                      STR_ARG(event->account), STR_ARG(event->tag), STR_ARG(event->region),
                      event->day, event->day + 4, event->day + 6, STR_ARG(event->account),
                      STR_ARG(event->tag), STR_ARG(event->region));
}

static bool put_record(const ExportEvent *event, const ExportHow *how, Buf *out, Error *err)
{
    (void)how;
    return buf_append_str(out, event->text, err);
}

/* ---- JSON lines ---- */

static bool lines_key(const ExportEvent *event, Buf *out, Error *err)
{
    (void)event;
    return buf_append_str(out, STR("events-"), err);
}

/* ---- OpenSearch ("opensearch", section 1) ---- */

static bool bulk_key(const ExportEvent *event, Buf *out, Error *err)
{
    (void)event;
    return buf_append_str(out, STR("bulk-"), err);
}

/* `create` with the event's id: what is sent twice is there once, in data streams, too. */
static bool put_bulk(const ExportEvent *event, const ExportHow *how, Buf *out, Error *err)
{
    return buf_append_str(out, STR("{\"create\":{\"_index\":"), err) &&
           json_append_string(out, how->index, err) && buf_append_str(out, STR(",\"_id\":"), err) &&
           json_append_string(out, event->id, err) &&
           buf_append_str(out, STR("}}\n{\"@timestamp\":"), err) &&
           json_append_string(out, event->time, err) && buf_append_byte(out, ',', err) &&
           buf_append_str(out, str_slice(event->text, 1, event->text.len), err);
}

/* ---- OCSF ("opensearch", sections 9.2 and 9.5) ---- */

static bool ocsf_key(const ExportEvent *event, Buf *out, Error *err)
{
    return buf_printf(out, err, "%s/region=%.*s/accountId=%.*s/eventDay=%s/events-",
                      export_ocsf_class(event), STR_ARG(event->region), STR_ARG(event->account),
                      event->day);
}

static bool put_ocsf(const ExportEvent *event, const ExportHow *how, Buf *out, Error *err)
{
    (void)how;
    return export_ocsf_put(event, out, err);
}

static const ExportFormat FORMATS[] = {
    {.word = "cloudtrail",
     .key = trail_key,
     .put = put_record,
     .head = "{\"Records\":[",
     .between = ",",
     .tail = "]}",
     .ending = ".json.gz",
     .bytes_max = TRAIL_BYTES_MAX,
     .packed = true,
     .is_trail = true},
    {.word = "jsonl",
     .key = lines_key,
     .put = put_record,
     .head = "",
     .between = "\n",
     .tail = "\n",
     .ending = ".jsonl",
     .bytes_max = LINES_BYTES_MAX},
    {.word = "ocsf",
     .key = ocsf_key,
     .put = put_ocsf,
     .head = "",
     .between = "\n",
     .tail = "\n",
     .ending = ".jsonl",
     .bytes_max = LINES_BYTES_MAX},
    {.word = "opensearch",
     .key = bulk_key,
     .put = put_bulk,
     .head = "",
     .between = "\n",
     .tail = "\n",
     .ending = ".ndjson",
     .bytes_max = BULK_BYTES_MAX},
};

const ExportFormat *export_format(Str word)
{
    for (size_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++)
        if (str_equal(word, str_of(FORMATS[i].word)))
            return &FORMATS[i];
    return NULL;
}
