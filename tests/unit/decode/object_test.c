#include "decode/object.h"

#include <stdio.h>

#include <zlib.h>

#include "base/fault.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "decode/rebuild.h"
#include "support/support.h"

static uint8_t secret[BATCH_SECRET_BYTES] = {7, 7, 7};

typedef struct Total {
    Decoder *decoder;
    Batch *batch;
    uint32_t files, stored, read, quarantined, refused_files;
} Total;

static bool count_piece(void *context, const QuarantineItem *item, Error *err)
{
    Total *total = context;
    (void)err;
    total->quarantined++;
    assert_non_null(item->reason);
    return true;
}

static bool empty(void *context, Batch *batch, Error *err)
{
    (void)context;
    (void)err;
    batch_reset(batch);
    return true;
}

static void open_total(Total *total)
{
    Error err = {0};
    DecoderHooks hooks = {.context = total, .batch_full = empty, .quarantine = count_piece};
    *total = (Total){0};
    total->decoder = object_decoder_new(NULL, &hooks, &err);
    total->batch = batch_new(10000, (size_t)64 << 20, secret, &err);
    support_ok(total->decoder && total->batch, &err);
}

static void close_total(Total *total)
{
    object_decoder_free(total->decoder);
    batch_free(total->batch);
}

static bool decode_file(void *context, const char *path, const FileInfo *info, Error *err)
{
    Total *total = context;
    BUF_AUTO Buf bytes = buf_init(1 << 28);
    ObjectReport report;
    (void)info;
    uint32_t before = total->quarantined;
    support_ok(file_read(path, &bytes, NULL, err), err);
    support_ok(object_decode(total->decoder, buf_str(&bytes), 1, total->batch, &report, err), err);
    total->files++;
    total->stored += report.records_stored;
    total->read += report.records_read;
    assert_int_equal(report.records_read, report.records_stored + report.records_quarantined);
    if (!report.records_stored && report.kind != OBJECT_DIGEST) {
        total->refused_files++;
        if (total->quarantined == before)
            fail_msg("%s: neither stored nor quarantined", path);
    }
    return true;
}

static void a_refused_object_is_set_apart_whole(void **state)
{
    (void)state;
    Error err = {0};
    Total total;
    ObjectReport report;
    open_total(&total);
    support_ok(object_refuse(total.decoder, STR("{\"Records\":[{\"eventID\":\"x\"}]}"), "why", 3,
                             &report, &err),
               &err);
    assert_int_equal(report.kind, OBJECT_UNKNOWN);
    assert_false(report.complete);
    assert_int_equal(report.records_read, 0);
    assert_int_equal(total.quarantined, 1);
    assert_int_equal(total.batch->rows, 0);
    assert_int_equal(report.inflated_bytes, 29);
    assert_int_not_equal(report.sha256[0] | report.sha256[1] | report.sha256[2], 0);
    close_total(&total);
}

static void decodes_the_real_folders(void **state)
{
    static const struct {
        const char *folder;
        uint32_t records; /* 0: any */
    } FOLDERS[] = {
        {"invictus/CloudTrail", 2900}, {"stratus/detonation-logs", 310}, {"aws-docs", 0}};
    (void)state;
    if (!support_real_data()) {
        print_message("SPOOR_TEST_DATA is not set: real data is not decoded\n");
        skip();
    }
    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++) {
        char path[512];
        Error err = {0};
        Total total;
        open_total(&total);
        snprintf(path, sizeof path, "%s/%s", support_real_data(), FOLDERS[i].folder);
        support_ok(file_walk(path, decode_file, NULL, &total, &err), &err);
        print_message("%s: %u files, %u read, %u stored, %u pieces quarantined\n",
                      FOLDERS[i].folder, total.files, total.read, total.stored, total.quarantined);
        if (FOLDERS[i].records)
            assert_int_equal(total.stored, FOLDERS[i].records);
        close_total(&total);
    }
}

/* ---- containers, envelopes and ugly input ---- */

#define TIME "\"eventTime\":\"2024-01-02T03:04:05Z\""
#define REC  "{\"eventVersion\":\"1.08\"," TIME ",\"eventID\":\"a\"}"
#define REC2 "{\"eventVersion\":\"1.08\"," TIME ",\"eventID\":\"b\"}"
#define REC_STRING                                                                                 \
    "\"{\\\"eventVersion\\\":\\\"1.08\\\",\\\"eventTime\\\":\\\"2024-01-02T03:04:05Z\\\"}\""

typedef struct Case {
    const char *name;
    const char *text;
    ObjectKind kind;
    uint32_t stored, quarantined, altered;
    unsigned flags;
    const char *reason; /* of the last quarantined piece, a part of it */
} Case;

static const Case CASES[] = {
    {"the usual container", "{\"Records\":[" REC "," REC2 "]}", OBJECT_RECORDS, 2, 0, 0, 0, NULL},
    {"a pretty container", "{\n  \"Records\" : [\n " REC ",\n " REC2 "\n ]\n}\n", OBJECT_RECORDS, 2,
     0, 0, 0, NULL},
    {"an empty container", "{\"Records\":[]}", OBJECT_RECORDS, 0, 0, 0, 0, NULL},
    {"records behind other members", "{\"a\":{\"b\":[1]},\"Records\":[" REC "]}", OBJECT_RECORDS, 1,
     0, 0, 0, NULL},
    {"members behind the records", "{\"Records\":[" REC "],\"a\":\"b\"}", OBJECT_RECORDS, 1, 0, 0,
     0, NULL},
    {"an array", "[" REC "," REC2 "]", OBJECT_RECORDS, 2, 0, 0, 0, NULL},
    {"an array of records and envelopes",
     "[{\"awsRegion\":\"x\"," TIME "},{\"detail-type\":\"x\",\"detail\":" REC "},{" TIME
     ",\"Records\":[" REC2 "]},{" TIME ",\"x\":1}]",
     OBJECT_RECORDS, 4, 0, 0, OBJECT_ENVELOPES, NULL},
    {"a single record", REC, OBJECT_RECORDS, 1, 0, 0, 0, NULL},
    {"a record with other first members", "{\"awsRegion\":\"x\"," TIME "}", OBJECT_RECORDS, 1, 0, 0,
     0, NULL},
    {"JSON lines", REC "\n" REC2 "\n", OBJECT_RECORDS, 2, 0, 0, 0, NULL},
    {"JSON lines with CRLF", REC "\r\n" REC2 "\r\n", OBJECT_RECORDS, 2, 0, 0, 0, NULL},
    {"concatenated JSON", REC REC2 "{\"Records\":[" REC "]}[" REC "]", OBJECT_RECORDS, 4, 0, 0, 0,
     NULL},
    {"a byte order mark", "\xef\xbb\xbf" REC, OBJECT_RECORDS, 1, 0, 0, 0, NULL},
    {"nothing", "", OBJECT_EMPTY, 0, 0, 0, OBJECT_TRUNCATED, "the object is empty"},
    {"white space", " \r\n\t", OBJECT_EMPTY, 0, 0, 0, OBJECT_TRUNCATED, "the object is empty"},
    {"a comma too many at the end", "{\"Records\":[" REC " , ]}", OBJECT_RECORDS, 1, 0, 0,
     OBJECT_BROKEN, "missing at a comma"},
    {"a comma too many at the start", "{\"Records\":[," REC "]}", OBJECT_RECORDS, 1, 0, 0,
     OBJECT_BROKEN, "missing at a comma"},
    {"commas too many within", "[" REC ", ,," REC2 "]", OBJECT_RECORDS, 2, 0, 0, OBJECT_BROKEN,
     "missing at a comma"},
    {"EventBridge",
     "{\"version\":\"0\",\"detail-type\":\"AWS API Call via CloudTrail\",\"detail\":" REC "}",
     OBJECT_RECORDS, 1, 0, 0, OBJECT_ENVELOPES, NULL},
    {"CloudWatch Logs",
     "{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{\"id\":\"1\",\"timestamp\":1,"
     "\"message\":" REC_STRING "},{\"message\":" REC_STRING "}]}",
     OBJECT_RECORDS, 2, 0, 0, OBJECT_ENVELOPES, NULL},
    {"CloudWatch Logs with another log",
     "{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{\"message\":\"hello\"}]}", OBJECT_UNKNOWN,
     0, 1, 0, OBJECT_ENVELOPES, "message is not a JSON object"},
    {"CloudWatch Logs' control message",
     "{\"messageType\":\"CONTROL_MESSAGE\",\"logEvents\":[{\"message\":\"hello\"}]}",
     OBJECT_RECORDS, 0, 0, 0, OBJECT_ENVELOPES, NULL},
    {"LookupEvents", "{\"Events\":[{\"EventId\":\"1\",\"CloudTrailEvent\":" REC_STRING "}]}",
     OBJECT_RECORDS, 1, 0, 0, OBJECT_ENVELOPES, NULL},
    {"events of LookupEvents that are records",
     "{\"NextToken\":\"x\",\"Events\":[" REC "," REC2 "]}", OBJECT_RECORDS, 2, 0, 0,
     OBJECT_ENVELOPES, NULL},
    {"CloudWatch Logs with a message that was read already",
     "{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{\"message\":" REC "}]}", OBJECT_RECORDS, 1,
     0, 0, OBJECT_ENVELOPES, NULL},
    {"messages within messages within messages",
     "{\"CloudTrailEvent\":\"{\\\"CloudTrailEvent\\\":\\\"{\\\\\\\"CloudTrailEvent\\\\\\\":"
     "\\\\\\\"{}\\\\\\\"}\\\"}\"}",
     OBJECT_UNKNOWN, 0, 1, 0, OBJECT_ENVELOPES, "messages are nested too deep"},
    {"a digest",
     "{\"awsAccountId\":\"1\",\"digestStartTime\":\"2024-01-02T03:04:05Z\",\"logFiles\":[]}",
     OBJECT_DIGEST, 0, 0, 0, 0, NULL},
    {"another JSON", "{\"hello\":1}", OBJECT_UNKNOWN, 0, 1, 0, 0, "not a CloudTrail record"},
    {"no JSON", "hello world", OBJECT_UNKNOWN, 0, 0, 0, OBJECT_BROKEN, "not a JSON object"},
    {"a broken line among good ones", REC "\nhello\n" REC2, OBJECT_RECORDS, 2, 0, 0, OBJECT_BROKEN,
     "not a JSON object"},
    {"a record that is no object", "{\"Records\":[1," REC ",\"x\",null,[" REC "]]}", OBJECT_RECORDS,
     1, 4, 0, 0, "record is not a JSON object"},
    {"a record without a time", "{\"Records\":[{\"eventName\":\"x\"}," REC "]}", OBJECT_RECORDS, 1,
     1, 0, 0, "no readable eventTime"},
    {"text that ends in a record", "{\"Records\":[" REC ",{\"eventVersion\":\"1.08\"," TIME,
     OBJECT_RECORDS, 1, 0, 0, OBJECT_TRUNCATED, "ends within a record"},
    {"text that ends between records", "{\"Records\":[" REC ",", OBJECT_RECORDS, 1, 0, 0,
     OBJECT_TRUNCATED, "ends before its records do"},
    {"text that ends in a string", "{\"Records\":[" REC ",{\"eventVersion\":\"1.", OBJECT_RECORDS,
     1, 0, 0, OBJECT_TRUNCATED, "ends within a record"},
    {"a stray brace", "{\"Records\":[" REC "}," REC2 "]}", OBJECT_RECORDS, 1, 0, 0, OBJECT_BROKEN,
     "stray character"},
    {"invalid UTF-8", "{" TIME ",\"userAgent\":\"a\xff\"}", OBJECT_RECORDS, 1, 0, 1, 0,
     "not as it came"},
    {"a lone surrogate", "{" TIME ",\"userAgent\":\"\\ud800\"}", OBJECT_RECORDS, 1, 0, 1, 0,
     "not as it came"},
    {"a raw control character", "{" TIME ",\"userAgent\":\"\x1b[2J\"}", OBJECT_RECORDS, 1, 0, 1, 0,
     "not as it came"},
    {"an escaped NUL", "{" TIME ",\"userAgent\":\"\\u0000\"}", OBJECT_RECORDS, 1, 0, 0, 0, NULL},
    {"equal names", "{" TIME ",\"userAgent\":\"a\",\"userAgent\":\"b\"}", OBJECT_RECORDS, 1, 0, 1,
     0, "not as it came"},
    {"equal names in a struct", "{" TIME ",\"userIdentity\":{\"type\":\"a\",\"type\":\"b\"}}",
     OBJECT_RECORDS, 1, 0, 1, 0, "not as it came"},
    {"a number that is none", "{" TIME ",\"requestParameters\":{\"a\":01}}", OBJECT_RECORDS, 1, 0,
     1, 0, "not as it came"},
    {"Aggregated",
     "{\"eventVersion\":\"1.0\",\"accountId\":\"1\",\"eventId\":\"x\",\"eventCategory\":"
     "\"Aggregated\","
     "\"timeWindow\":{\"windowStart\":\"2024-01-02T03:00:00Z\"}}",
     OBJECT_RECORDS, 1, 0, 0, 0, NULL},
};

typedef struct Bed {
    Decoder *decoder;
    Batch *batch;
    Arena *arena;
    uint32_t pieces, instead;
    char reason[256];
    Buf raw;
} Bed;

static bool note_piece(void *context, const QuarantineItem *item, Error *err)
{
    Bed *bed = context;
    bed->pieces++;
    bed->instead += item->instead_of_stored;
    snprintf(bed->reason, sizeof bed->reason, "%s", item->reason);
    bed->raw.len = 0;
    return buf_append_str(&bed->raw, item->raw, err);
}

static void open_bed(Bed *bed, const DecoderLimits *limits)
{
    Error err = {0};
    DecoderHooks hooks = {.context = bed, .batch_full = empty, .quarantine = note_piece};
    *bed = (Bed){.raw = buf_init(1 << 28)};
    bed->decoder = object_decoder_new(limits, &hooks, &err);
    bed->batch = batch_new(10000, (size_t)128 << 20, secret, &err);
    bed->arena = arena_new((size_t)256 << 20, &err);
    support_ok(bed->decoder && bed->batch && bed->arena, &err);
}

static void close_bed(Bed *bed)
{
    object_decoder_free(bed->decoder);
    batch_free(bed->batch);
    arena_free(bed->arena);
    buf_free(&bed->raw);
}

static ObjectReport decode(Bed *bed, Str bytes)
{
    ObjectReport report;
    Error err = {0};
    batch_reset(bed->batch);
    bed->pieces = bed->instead = 0;
    bed->reason[0] = '\0';
    support_ok(object_decode(bed->decoder, bytes, 9, bed->batch, &report, &err), &err);
    assert_int_equal(report.records_read, report.records_stored + report.records_quarantined);
    assert_int_equal(bed->batch->rows, report.records_stored);
    return report;
}

static void check_case(const Case *test, const ObjectReport *report, const Bed *bed)
{
    if (report->kind != test->kind || report->records_stored != test->stored ||
        report->records_quarantined != test->quarantined ||
        report->records_altered != test->altered || report->flags != test->flags)
        fail_msg("%s: kind %d, stored %u, quarantined %u, altered %u, flags %u (%s)", test->name,
                 (int)report->kind, report->records_stored, report->records_quarantined,
                 report->records_altered, report->flags, bed->reason);
    if (test->reason ? !strstr(bed->reason, test->reason) : bed->pieces)
        fail_msg("%s: %u pieces, '%s'", test->name, bed->pieces, bed->reason);
    bool whole = !(test->flags & (OBJECT_TRUNCATED | OBJECT_BROKEN));
    assert_int_equal(report->complete, whole);
}

static void reads_every_container(void **state)
{
    Bed bed;
    (void)state;
    open_bed(&bed, NULL);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ObjectReport report = decode(&bed, str_of(CASES[i].text));
        check_case(&CASES[i], &report, &bed);
    }
    close_bed(&bed);
}

static void append_gzip(Buf *buf, Str text)
{
    Error err = {0};
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t bound = deflateBound(&stream, text.len) + 64;
    support_ok(buf_reserve(buf, bound, &err), &err);
    char *copy = mem_text(text.ptr, text.len, &err);
    stream.next_in = (Bytef *)copy;
    stream.avail_in = (uInt)text.len;
    stream.next_out = (Bytef *)buf->ptr + buf->len;
    stream.avail_out = (uInt)bound;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    buf->len += stream.total_out;
    deflateEnd(&stream);
    mem_free(copy);
}

static void reads_gzip_of_all_kinds(void **state)
{
    Bed bed;
    Error err = {0};
    BUF_AUTO Buf gzip = buf_init(1 << 20);
    (void)state;
    open_bed(&bed, NULL);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        gzip.len = 0;
        append_gzip(&gzip, str_of(CASES[i].text));
        ObjectReport report = decode(&bed, buf_str(&gzip));
        check_case(&CASES[i], &report, &bed);
    }
    gzip.len = 0;
    append_gzip(&gzip, STR(REC "\n"));
    size_t one = gzip.len;
    append_gzip(&gzip, STR(REC2));
    ObjectReport report = decode(&bed, buf_str(&gzip));
    assert_int_equal(report.records_stored, 2);
    assert_int_equal(report.flags, OBJECT_SEVERAL_MEMBERS);
    assert_true(report.complete);

    support_ok(buf_append(&gzip, "tail", 4, &err), &err);
    report = decode(&bed, buf_str(&gzip));
    assert_int_equal(report.records_stored, 2);
    assert_int_equal(report.flags, OBJECT_SEVERAL_MEMBERS | OBJECT_TRAILING_GARBAGE);
    assert_true(report.complete);
    assert_int_equal(bed.pieces, 1);
    assert_true(str_equal(buf_str(&bed.raw), STR("tail")));

    gzip.ptr[one - 6] ^= 1; /* its checksum */
    report = decode(&bed, (Str){gzip.ptr, one});
    assert_int_equal(report.records_stored, 1);
    assert_int_equal(report.flags, OBJECT_BAD_CHECKSUM);
    assert_false(report.complete);
    close_bed(&bed);
}

static void stores_what_a_truncated_object_still_holds(void **state)
{
    enum { RECORDS = 400 };
    Bed bed;
    Error err = {0};
    BUF_AUTO Buf text = buf_init(1 << 20), gzip = buf_init(1 << 20);
    (void)state;
    open_bed(&bed, NULL);
    support_ok(buf_printf(&text, &err, "{\"Records\":["), &err);
    for (unsigned i = 0; i < RECORDS; i++)
        support_ok(buf_printf(&text, &err,
                              "%s{" TIME ",\"eventID\":\"%08x\",\"requestID\":\"%08x\"}",
                              i ? "," : "", i * 2654435761u, i * 40503u),
                   &err);
    support_ok(buf_printf(&text, &err, "]}"), &err);
    append_gzip(&gzip, buf_str(&text));
    uint32_t before = 0;
    for (size_t len = 0; len <= gzip.len; len += len < gzip.len - 200 ? 97 : 1) {
        ObjectReport report = decode(&bed, (Str){gzip.ptr, len});
        assert_true(report.records_stored >= before);
        assert_int_equal(report.complete, len == gzip.len);
        assert_true(len == gzip.len || report.flags);
        before = report.records_stored;
    }
    assert_int_equal(before, RECORDS);
    close_bed(&bed);
}

static void gives_the_same_rows_in_windows(void **state)
{
    enum { RECORDS = 3000 };
    Bed whole, windows;
    Error err = {0};
    BUF_AUTO Buf text = buf_init(1 << 24), gzip = buf_init(1 << 24);
    (void)state;
    DecoderLimits limits = OBJECT_LIMITS_DEFAULT;
    limits.whole_bytes_max = 5000;
    open_bed(&whole, NULL);
    open_bed(&windows, &limits);
    support_ok(buf_printf(&text, &err, "{\"Records\":["), &err);
    for (unsigned i = 0; i < RECORDS; i++)
        support_ok(buf_printf(&text, &err,
                              "%s{\"eventVersion\":\"1.08\"," TIME ",\"userAgent\":\"%.*s\\n\","
                              "\"eventID\":\"%u\"}",
                              i ? "," : "", (int)(i % 50),
                              "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", i),
                   &err);
    support_ok(buf_printf(&text, &err, "]}"), &err);
    append_gzip(&gzip, buf_str(&text));
    for (int packed = 0; packed < 2; packed++) {
        Str bytes = packed ? buf_str(&gzip) : buf_str(&text);
        ObjectReport a = decode(&whole, bytes), b = decode(&windows, bytes);
        assert_int_equal(b.records_stored, RECORDS);
        assert_memory_equal(&a, &b, sizeof a);
        assert_memory_equal(whole.batch->content_hash, windows.batch->content_hash, RECORDS * 8);
        assert_memory_equal(whole.batch->record_index, windows.batch->record_index, RECORDS * 4);
        uint8_t sha[HASH_SHA256_BYTES];
        hash_sha256(text.ptr, text.len, sha);
        assert_memory_equal(a.sha256, sha, sizeof sha);
    }
    close_bed(&whole);
    close_bed(&windows);
}

static void counts_pieces_beyond_the_ceiling(void **state)
{
    Bed bed;
    (void)state;
    DecoderLimits limits = OBJECT_LIMITS_DEFAULT;
    limits.pieces_max = 3;
    open_bed(&bed, &limits);
    ObjectReport report = decode(&bed, STR("[1,2,3," REC ",4,5,6," REC2 "]"));
    assert_int_equal(report.records_stored, 2);
    assert_int_equal(report.records_quarantined, 6);
    assert_int_equal(report.pieces, 6);
    assert_int_equal(report.flags, OBJECT_REFUSED);
    assert_int_equal(bed.pieces, 4);
    assert_non_null(strstr(bed.reason, "too many pieces"));
    report = decode(&bed, STR("[1,2,3]"));
    assert_int_equal(report.flags, 0);
    close_bed(&bed);
}

static void refuses_bombs_but_keeps_what_came_before(void **state)
{
    Bed bed;
    Error err = {0};
    BUF_AUTO Buf text = buf_init(1 << 26), gzip = buf_init(1 << 26);
    (void)state;
    DecoderLimits limits = OBJECT_LIMITS_DEFAULT;
    limits.whole_bytes_max = 1 << 20;
    limits.inflated_bytes_max = 8 << 20;
    limits.ratio_floor = 4 << 20;
    limits.ratio_max = 10;
    open_bed(&bed, &limits);
    support_ok(buf_append_str(&text, STR(REC "\n"), &err), &err);
    while (text.len < 32 << 20)
        support_ok(buf_append_str(&text, STR("                                "), &err), &err);
    append_gzip(&gzip, buf_str(&text));
    ObjectReport report = decode(&bed, buf_str(&gzip));
    assert_int_equal(report.records_stored, 1);
    assert_int_equal(report.flags, OBJECT_REFUSED);
    assert_false(report.complete);
    assert_true(report.inflated_bytes <= limits.ratio_floor);
    assert_non_null(strstr(bed.reason, "ceiling"));
    close_bed(&bed);
}

static void stores_over_deep_and_over_long_records_cut(void **state)
{
    Bed bed;
    Error err = {0};
    BUF_AUTO Buf text = buf_init(1 << 25);
    (void)state;
    open_bed(&bed, NULL);
    support_ok(buf_printf(&text, &err, "{" TIME ",\"requestParameters\":"), &err);
    for (int i = 0; i < 1000; i++)
        support_ok(buf_append_str(&text, STR("{\"a\":"), &err), &err);
    support_ok(buf_append_str(&text, STR("1"), &err), &err);
    for (int i = 0; i < 1000; i++)
        support_ok(buf_append_str(&text, STR("}"), &err), &err);
    support_ok(buf_append_str(&text, STR(",\"eventName\":\"Deep\"}"), &err), &err);
    ObjectReport report = decode(&bed, buf_str(&text));
    assert_int_equal(report.records_stored, 1);
    assert_int_equal(report.records_altered, 1);
    assert_int_equal(bed.raw.len, text.len);
    BUF_AUTO Buf back = buf_init(1 << 20);
    support_ok(rebuild_record(bed.batch, 0, bed.arena, &back, &err), &err);
    assert_non_null(strstr(buf_text(&back, &err), "[cut: "));
    assert_non_null(strstr(buf_text(&back, &err), "\"eventName\":\"Deep\""));

    text.len = 0;
    support_ok(buf_printf(&text, &err, "[{\"requestParameters\":{\"x\":\""), &err);
    while (text.len < 6 << 20)
        support_ok(buf_append_str(&text, STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), &err), &err);
    support_ok(buf_append_str(&text, STR("\"}," TIME ",\"eventName\":\"Long\"}]"), &err), &err);
    report = decode(&bed, buf_str(&text));
    assert_int_equal(report.records_stored, 1);
    assert_int_equal(report.records_altered, 1);
    assert_int_equal(bed.raw.len, text.len - 2);
    back.len = 0;
    support_ok(rebuild_record(bed.batch, 0, bed.arena, &back, &err), &err);
    assert_non_null(strstr(buf_text(&back, &err), "\"eventName\":\"Long\""));
    assert_true(back.len < 1000);
    close_bed(&bed);
}

static void tells_duplicates_conflicts_and_equals_without_an_id(void **state)
{
    Bed bed;
    (void)state;
    open_bed(&bed, NULL);
    decode(&bed,
           STR("[{" TIME ",\"eventID\":\"a\",\"recipientAccountId\":\"1\",\"eventName\":\"x\"},"
               "{\"eventName\":\"\\u0078\",\"eventID\":\"a\" ," TIME
               ",\"recipientAccountId\":\"1\"},"
               "{" TIME ",\"eventID\":\"a\",\"recipientAccountId\":\"1\",\"eventName\":\"y\"},"
               "{" TIME ",\"eventID\":\"a\",\"recipientAccountId\":\"2\",\"eventName\":\"x\"},"
               "{" TIME ",\"eventName\":\"x\"},{" TIME ",\"eventName\":\"x\"}]"));
    const uint64_t *id = bed.batch->identity_hash, *content = bed.batch->content_hash;
    assert_true(id[0] == id[1] && content[0] == content[1]);
    assert_true(id[0] == id[2] && content[0] != content[2]);
    assert_true(id[0] != id[3]);
    assert_true(id[4] != id[5] && content[4] == content[5]);
    uint64_t fourth = id[4], fifth = id[5];
    decode(&bed, STR("[{" TIME ",\"eventName\":\"x\"},{" TIME ",\"eventName\":\"x\"}]"));
    assert_true(bed.batch->identity_hash[0] == fourth && bed.batch->identity_hash[1] == fifth);
    close_bed(&bed);
}

static void hands_a_full_batch_over_in_the_middle(void **state)
{
    Error err = {0};
    Total total;
    BUF_AUTO Buf text = buf_init(1 << 20);
    ObjectReport report;
    (void)state;
    open_total(&total);
    batch_free(total.batch);
    total.batch = batch_new(7, (size_t)64 << 20, secret, &err);
    support_ok(total.batch != NULL, &err);
    for (int i = 0; i < 100; i++)
        support_ok(buf_append_str(&text, STR(REC "\n"), &err), &err);
    support_ok(object_decode(total.decoder, buf_str(&text), 1, total.batch, &report, &err), &err);
    assert_int_equal(report.records_stored, 100);
    assert_int_equal(total.batch->rows, 2);
    assert_int_equal(total.batch->record_index[1], 99);
    assert_true(str_equal(
        batch_value(&total.batch->columns[F_EVENT_ID], batch_code(total.batch, F_EVENT_ID, 1)),
        STR("a")));
    close_total(&total);
}

static void stores_records_whose_trees_are_huge(void **state)
{
    Bed bed;
    Error err = {0};
    BUF_AUTO Buf text = buf_init(1 << 26);
    (void)state;
    open_bed(&bed, NULL);
    for (int i = 0; i < 3; i++) {
        static const char *const NAMES[] = {"new", "requestParameters", "userIdentity"};
        support_ok(buf_printf(&text, &err, "{\"eventNam\\u0065\":\"Big\"," TIME ",\"%s\":{\"a\":[",
                              NAMES[i]),
                   &err);
        for (int j = 0; j < 1300000; j++)
            support_ok(buf_append(&text, "[],", 3, &err), &err);
        support_ok(buf_append_str(&text, STR("[]]}}"), &err), &err);
    }
    ObjectReport report = decode(&bed, buf_str(&text));
    assert_int_equal(report.records_stored, 3);
    close_bed(&bed);
}

/* Decodes ordinary and odd records and gives them back; NULL-safe on every failure. */
static bool decode_all(Str text, Error *err)
{
    DecoderLimits limits = OBJECT_LIMITS_DEFAULT;
    limits.whole_bytes_max = 2000;
    Decoder *decoder = object_decoder_new(&limits, NULL, err);
    Batch *batch = decoder ? batch_new(100, (size_t)32 << 20, secret, err) : NULL;
    Arena *arena = batch ? arena_new(1 << 20, err) : NULL;
    Buf back = buf_init(1 << 20);
    ObjectReport report;
    bool ok = arena && object_decode(decoder, text, 1, batch, &report, err);
    for (uint32_t row = 0; ok && row < batch->rows; row++)
        ok = rebuild_record(batch, row, arena, &back, err);
    buf_free(&back);
    arena_free(arena);
    object_decoder_free(decoder);
    batch_free(batch);
    return ok;
}

static void survives_every_allocation_that_fails(void **state)
{
#ifdef SPOOR_FAULTS
    Error err = {0};
    BUF_AUTO Buf text = buf_init(1 << 20), gzip = buf_init(1 << 20);
    (void)state;
    support_ok(buf_append_str(&text, STR("{\"Records\":["), &err), &err);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        if (CASES[i].stored == 1 && CASES[i].text[0] == '{' && !strstr(CASES[i].text, "Records"))
            support_ok(buf_printf(&text, &err, "%s,", CASES[i].text), &err);
    support_ok(buf_append_str(&text, STR(REC "]}"), &err), &err);
    append_gzip(&gzip, buf_str(&text));
    fault_arm(FAULT_ALLOC, 0);
    support_ok(decode_all(buf_str(&gzip), &err), &err);
    uint64_t steps = fault_count(FAULT_ALLOC);
    assert_true(steps > 100);
    for (uint64_t step = 1; step <= steps; step++) {
        error_clear(&err);
        fault_arm(FAULT_ALLOC, step);
        if (decode_all(buf_str(&gzip), &err))
            assert_int_equal(err.kind, ERROR_NONE);
        else
            assert_int_equal(err.kind, ERROR_LIMIT);
    }
    fault_arm(FAULT_ALLOC, 0);
#else
    (void)state;
    print_message("this build cannot make allocations fail\n");
    skip();
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refused_object_is_set_apart_whole),
        cmocka_unit_test(decodes_the_real_folders),
        cmocka_unit_test(reads_every_container),
        cmocka_unit_test(reads_gzip_of_all_kinds),
        cmocka_unit_test(stores_what_a_truncated_object_still_holds),
        cmocka_unit_test(gives_the_same_rows_in_windows),
        cmocka_unit_test(counts_pieces_beyond_the_ceiling),
        cmocka_unit_test(refuses_bombs_but_keeps_what_came_before),
        cmocka_unit_test(stores_over_deep_and_over_long_records_cut),
        cmocka_unit_test(tells_duplicates_conflicts_and_equals_without_an_id),
        cmocka_unit_test(hands_a_full_batch_over_in_the_middle),
        cmocka_unit_test(stores_records_whose_trees_are_huge),
        cmocka_unit_test(survives_every_allocation_that_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
