#include "lake/fingerprint.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

static const char MAGIC[8] = {'S', 'P', 'O', 'R', 'R', 'U', 'N', '1'};

enum { BUCKET_BITS = 12, BUCKETS = 1 << BUCKET_BITS, INSERTION_MAX = 48, SMALL = 256 };

int fingerprint_order(Fingerprint a, Fingerprint b)
{
    if (a.identity != b.identity)
        return a.identity < b.identity ? -1 : 1;
    return (a.content > b.content) - (a.content < b.content);
}

static int compare_rows(const void *left, const void *right)
{
    const FingerprintRow *a = left;
    const FingerprintRow *b = right;
    int order = fingerprint_order(a->print, b->print);
    return order ? order : (a->row > b->row) - (a->row < b->row);
}

static void insertion_sort(FingerprintRow *rows, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        FingerprintRow moved = rows[i];
        size_t at = i;
        for (; at > 0 && compare_rows(&moved, &rows[at - 1]) < 0; at--)
            rows[at] = rows[at - 1];
        rows[at] = moved;
    }
}

/* Identities are hashes, so equal ranges of their high bits hold about equally many. Records
 * that share an identity fill one bucket: those go to qsort, which no input makes quadratic. */
static void sort_bucket(FingerprintRow *rows, size_t count)
{
    if (count <= INSERTION_MAX)
        insertion_sort(rows, count);
    else
        qsort(rows, count, sizeof *rows, compare_rows);
}

void fingerprint_sort(FingerprintRow *rows, FingerprintRow *scratch, size_t count)
{
    uint32_t starts[BUCKETS + 1] = {0};
    if (count < SMALL) {
        sort_bucket(rows, count);
        return;
    }
    for (size_t i = 0; i < count; i++)
        starts[(rows[i].print.identity >> (64 - BUCKET_BITS)) + 1]++;
    for (size_t b = 0; b < BUCKETS; b++)
        starts[b + 1] += starts[b];
    for (size_t i = 0; i < count; i++)
        scratch[starts[rows[i].print.identity >> (64 - BUCKET_BITS)]++] = rows[i];
    memcpy(rows, scratch, count * sizeof *rows);
    for (size_t b = 0, first = 0; b < BUCKETS; first = starts[b++])
        sort_bucket(rows + first, starts[b] - first);
}

static bool is_same(const FingerprintJudge *judge, const FingerprintRow *row, uint64_t other)
{
    return judge && judge->same(judge->context, row->row, other);
}

/* Whether the row at *at* is the same as one of its identity before it, by either's account. */
static bool same_within(const FingerprintRow *rows, size_t at, const FingerprintJudge *judge)
{
    for (size_t i = at; judge && i-- > 0 && at - i <= FINGERPRINT_JUDGED_MAX;) {
        if (rows[i].print.identity != rows[at].print.identity)
            break;
        if (is_same(judge, &rows[at], rows[i].print.content) ||
            is_same(judge, &rows[i], rows[at].print.content))
            return true;
    }
    return false;
}

void fingerprint_compare_within(const FingerprintRow *rows, size_t count,
                                const FingerprintJudge *judge, uint8_t *verdicts)
{
    for (size_t i = 1; i < count; i++) {
        if (rows[i].print.identity != rows[i - 1].print.identity)
            continue;
        bool same =
            rows[i].print.content == rows[i - 1].print.content || same_within(rows, i, judge);
        verdicts[i] = same ? VERDICT_DUPLICATE : VERDICT_CONFLICT;
    }
}

/* The sorted fingerprints that rows are compared with: a run's, or another part's rows. */
typedef struct Others {
    const char *first; /* of a Fingerprint, or of a FingerprintRow, which begins with one */
    size_t stride;
    size_t count;
} Others;

static Fingerprint other_at(const Others *others, size_t index)
{
    Fingerprint print;
    memcpy(&print, others->first + index * others->stride, sizeof print);
    return print;
}

/* First index in [from, count) whose fingerprint is not below *print*: steps double from *from*,
 * then the last step is halved. */
static size_t gallop(const Others *others, size_t from, Fingerprint print)
{
    size_t step = 1;
    size_t low = from;
    while (low + step < others->count &&
           fingerprint_order(other_at(others, low + step), print) < 0) {
        low += step;
        step *= 2;
    }
    size_t high = low + step < others->count ? low + step : others->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (fingerprint_order(other_at(others, middle), print) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Both sides are sorted by identity and content: an equal fingerprint, or a neighbour with the
 * same identity, stands where the search ends, however many share the identity. */
static Verdict verdict_at(const Others *others, size_t at, Fingerprint mine)
{
    if (at < others->count) {
        Fingerprint next = other_at(others, at);
        if (next.identity == mine.identity)
            return next.content == mine.content ? VERDICT_DUPLICATE : VERDICT_CONFLICT;
    }
    if (at > 0 && other_at(others, at - 1).identity == mine.identity)
        return VERDICT_CONFLICT;
    return VERDICT_NEW;
}

/* Whether *row*, which conflicts with others beside *at*, is the same as one of them. */
static bool same_beside(const Others *others, size_t at, const FingerprintRow *row,
                        const FingerprintJudge *judge)
{
    size_t first = at > FINGERPRINT_JUDGED_MAX ? at - FINGERPRINT_JUDGED_MAX : 0;
    for (size_t i = first; judge && i < others->count && i < at + FINGERPRINT_JUDGED_MAX; i++) {
        Fingerprint other = other_at(others, i);
        if (other.identity == row->print.identity && is_same(judge, row, other.content))
            return true;
    }
    return false;
}

static size_t compare(const FingerprintRow *rows, size_t count, const Others *others,
                      const FingerprintJudge *judge, uint8_t *verdicts)
{
    size_t at = 0;
    size_t rose = 0;
    for (size_t i = 0; i < count && others->count; i++) {
        at = gallop(others, at, rows[i].print);
        Verdict verdict = verdict_at(others, at, rows[i].print);
        if (verdict == VERDICT_CONFLICT && same_beside(others, at, &rows[i], judge))
            verdict = VERDICT_DUPLICATE;
        if (verdicts[i] < verdict) {
            verdicts[i] = (uint8_t)verdict;
            rose++;
        }
    }
    return rose;
}

void fingerprint_compare(const FingerprintRow *rows, size_t count, const Fingerprint *run,
                         size_t run_count, const FingerprintJudge *judge, uint8_t *verdicts)
{
    Others others = {(const char *)run, sizeof *run, run_count};
    compare(rows, count, &others, judge, verdicts);
}

size_t fingerprint_compare_rows(const FingerprintRow *rows, size_t count,
                                const FingerprintRow *others, size_t other_count,
                                const FingerprintJudge *judge, uint8_t *verdicts)
{
    Others them = {(const char *)others, sizeof *others, other_count};
    return compare(rows, count, &them, judge, verdicts);
}

FingerprintWriter fingerprint_writer(uint64_t entries_max)
{
    return (FingerprintWriter){
        .bytes = buf_init(FINGERPRINT_HEADER_BYTES + (size_t)entries_max * sizeof(Fingerprint))};
}

bool fingerprint_write(FingerprintWriter *writer, Fingerprint print, Error *err)
{
    static const char HEADER[FINGERPRINT_HEADER_BYTES] = {0};
    if (writer->bytes.len == 0 && !buf_append(&writer->bytes, HEADER, sizeof HEADER, err))
        return false;
    writer->entries++;
    return buf_append(&writer->bytes, &print, sizeof print, err);
}

bool fingerprint_write_file(FingerprintWriter *writer, const char *path, Error *err)
{
    FileWriter file;
    size_t body = writer->bytes.len - FINGERPRINT_HEADER_BYTES;
    uint64_t sum = hash_fast64(writer->bytes.ptr + FINGERPRINT_HEADER_BYTES, body);
    memcpy(writer->bytes.ptr, MAGIC, sizeof MAGIC);
    memcpy(writer->bytes.ptr + 8, &writer->entries, sizeof writer->entries);
    memcpy(writer->bytes.ptr + 16, &sum, sizeof sum);
    if (!file_create(&file, path, err))
        return false;
    if (!file_write(&file, writer->bytes.ptr, writer->bytes.len, err)) {
        file_abandon(&file);
        return false;
    }
    return file_finish(&file, err);
}

bool fingerprint_open(FileMap *ret, const char *path, bool verify, Error *err)
{
    FileMap map;
    uint64_t entries = 0;
    uint64_t sum = 0;
    if (!file_map_open(&map, path, err))
        return false;
    bool ok = map.len >= FINGERPRINT_HEADER_BYTES && memcmp(map.bytes, MAGIC, sizeof MAGIC) == 0;
    if (ok) {
        memcpy(&entries, map.bytes + 8, sizeof entries);
        memcpy(&sum, map.bytes + 16, sizeof sum);
        size_t body = map.len - FINGERPRINT_HEADER_BYTES;
        ok = body % sizeof(Fingerprint) == 0 && entries == body / sizeof(Fingerprint) &&
             (!verify || hash_fast64(map.bytes + FINGERPRINT_HEADER_BYTES, body) == sum);
    }
    if (!ok) {
        file_map_close(&map);
        return error_set(err, ERROR_INPUT, "'%s' is damaged: no fingerprint run of version 1",
                         path);
    }
    *ret = map;
    return true;
}

bool fingerprint_section(const FileMap *map, uint64_t offset, uint64_t count,
                         const Fingerprint **ret, Error *err)
{
    bool inside = offset >= FINGERPRINT_HEADER_BYTES && offset % sizeof(Fingerprint) == 0 &&
                  offset <= map->len && count <= (map->len - offset) / sizeof(Fingerprint);
    if (!inside)
        return error_set(err, ERROR_INPUT,
                         "a fingerprint run of %zu bytes has no section of %llu entries at %llu",
                         map->len, (unsigned long long)count, (unsigned long long)offset);
    *ret = (const Fingerprint *)(const void *)(map->bytes + offset);
    return true;
}
