#include "generate/trail.h"

#include <libdeflate.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "generate/event.h"

enum {
    GZIP_LEVEL = 4,
    BODY_BYTES_MAX = 256 << 20,
    PATH_BYTES = 1024,
    SLOT_S = 300,
    DELAY_MAX_S = 308, /* until a slot's file is closed; the slot adds up to 300 */
    FILE_EVENTS_MAX = 6000,
    UNITS_MAX = 1 << 20,
};

struct Trail {
    const TrailOptions *options;
    Cast *cast;
    uint64_t *unit_events; /* per unit */
    size_t unit_count;
};

struct TrailWriter {
    struct libdeflate_compressor *compressor;
    Buf records; /* of the file being made */
    Buf starts;  /* size_t each: where records begin in it */
    Buf body;
    Buf packed;
};

/* A unit being written: where it is in time, and the burst going on. */
typedef struct Unit {
    const Trail *trail;
    TrailWriter *writer;
    TrailReport *report;
    const CastAccount *account;
    const char *region;
    Random random;
    EventScene scene;
    uint32_t burst_left;
    int64_t day_us;
    int64_t now_us;
    double step_us; /* mean time between two events */
} Unit;

static double weight_of(int rank)
{
    return 1.0 / (rank + 1);
}

/* Shares the events over the units by rank of account and region, so that they sum exactly. */
static void share_events(Trail *trail)
{
    const TrailOptions *options = trail->options;
    double sum = 0;
    double passed = 0;
    uint64_t given = 0;
    for (int a = 0; a < options->accounts; a++)
        for (int r = 0; r < options->regions; r++)
            sum += weight_of(a) * weight_of(r);
    size_t unit = 0;
    for (int a = 0; a < options->accounts; a++)
        for (int r = 0; r < options->regions; r++)
            for (int d = 0; d < options->days; d++, unit++) {
                passed += weight_of(a) * weight_of(r) / sum / options->days;
                uint64_t until = (uint64_t)((double)options->events * passed + 0.5);
                if (unit + 1 == trail->unit_count || until > options->events)
                    until = options->events;
                trail->unit_events[unit] = until - given;
                given = until;
            }
}

static bool check_options(const TrailOptions *options, Error *err)
{
    if (options->accounts < 1 || options->accounts > CAST_ACCOUNTS_MAX)
        return error_set(err, ERROR_USAGE, "--accounts takes 1 to %d", CAST_ACCOUNTS_MAX);
    if (options->regions < 1 || options->regions > CAST_REGIONS_MAX)
        return error_set(err, ERROR_USAGE, "--regions takes 1 to %d", CAST_REGIONS_MAX);
    if (options->days < 1 || options->days > 3650)
        return error_set(err, ERROR_USAGE, "--days takes 1 to 3650");
    return true;
}

Trail *trail_new(const TrailOptions *options, Error *err)
{
    if (!check_options(options, err))
        return NULL;
    Trail *trail = mem_calloc(1, sizeof *trail, err);
    if (!trail)
        return NULL;
    trail->options = options;
    trail->unit_count =
        (size_t)options->accounts * (size_t)options->regions * (size_t)options->days;
    trail->cast = cast_new(options->seed, options->accounts, options->regions, err);
    trail->unit_events =
        trail->cast ? mem_calloc(trail->unit_count, sizeof *trail->unit_events, err) : NULL;
    if (!trail->unit_events) {
        trail_free(trail);
        return NULL;
    }
    share_events(trail);
    return trail;
}

void trail_free(Trail *trail)
{
    if (!trail)
        return;
    cast_free(trail->cast);
    mem_free(trail->unit_events);
    mem_free(trail);
}

const Cast *trail_cast(const Trail *trail)
{
    return trail->cast;
}

size_t trail_unit_count(const Trail *trail)
{
    return trail->unit_count;
}

TrailWriter *trail_writer_new(Error *err)
{
    TrailWriter *writer = mem_calloc(1, sizeof *writer, err);
    if (!writer)
        return NULL;
    writer->records = buf_init(BODY_BYTES_MAX);
    writer->starts = buf_init(BODY_BYTES_MAX);
    writer->body = buf_init(BODY_BYTES_MAX);
    writer->packed = buf_init(BODY_BYTES_MAX);
    writer->compressor = libdeflate_alloc_compressor(GZIP_LEVEL);
    if (writer->compressor)
        return writer;
    error_set(err, ERROR_LIMIT, "out of memory: no compressor");
    trail_writer_free(writer);
    return NULL;
}

void trail_writer_free(TrailWriter *writer)
{
    if (!writer)
        return;
    if (writer->compressor)
        libdeflate_free_compressor(writer->compressor);
    buf_free(&writer->records);
    buf_free(&writer->starts);
    buf_free(&writer->body);
    buf_free(&writer->packed);
    mem_free(writer);
}

bool trail_compress(TrailWriter *writer, Str body, Str *ret, Error *err)
{
    size_t bound = libdeflate_gzip_compress_bound(writer->compressor, body.len);
    writer->packed.len = 0;
    if (!buf_reserve(&writer->packed, bound, err))
        return false;
    size_t size =
        libdeflate_gzip_compress(writer->compressor, body.ptr, body.len, writer->packed.ptr, bound);
    if (size == 0)
        return error_set(err, ERROR_SYSTEM, "a file could not be compressed");
    *ret = (Str){writer->packed.ptr, size};
    return true;
}

/* "YYYY/MM/DD" and "YYYYMMDDTHHMMZ" of a time. */
static void name_times(int64_t time_us, char day[TIMESTAMP_TEXT_BYTES],
                       char minute[TIMESTAMP_TEXT_BYTES])
{
    char text[TIMESTAMP_TEXT_BYTES];
    timestamp_format(time_us, text);
    snprintf(day, TIMESTAMP_TEXT_BYTES, "%.4s/%.2s/%.2s", text, text + 5, text + 8);
    snprintf(minute, TIMESTAMP_TEXT_BYTES, "%.4s%.2s%.2sT%.2s%.2sZ", text, text + 5, text + 8,
             text + 11, text + 14);
}

bool trail_write_object(const Trail *trail, const TrailPlace *place, Str bytes, Random *random,
                        Error *err)
{
    char path[PATH_BYTES], day[TIMESTAMP_TEXT_BYTES], minute[TIMESTAMP_TEXT_BYTES];
    BUF_AUTO Buf unique = buf_init(32);
    FileWriter file = {.fd = -1};
    name_times(place->time_us, day, minute);
    if (!buf_reserve(&unique, 16, err))
        return false;
    random_alnum(random, &unique, 16);
    int used = snprintf(path, sizeof path, "%s/AWSLogs/%s/%s/%s/%s/%s", trail->options->folder,
                        trail->cast->organisation, place->account, place->tag, place->region, day);
    if (used >= (int)sizeof path - 128)
        return error_set(err, ERROR_LIMIT, "the folder's path is too long");
    if (!file_exists(path) && !file_make_folders(path, err))
        return false;
    snprintf(path + used, sizeof path - (size_t)used, "/%s_%s_%s_%s_%.*s%s", place->account,
             place->tag, place->region, minute, STR_ARG(buf_str(&unique)), place->ending);
    if (!file_create(&file, path, err))
        return false;
    if (file_write(&file, bytes.ptr, bytes.len, err))
        return file_close(&file, err);
    file_abandon(&file);
    return false;
}

/* Puts the records into the file's body; a third of all files is not in the order of time. */
static bool fill_body(Unit *unit, Error *err)
{
    TrailWriter *writer = unit->writer;
    size_t count = writer->starts.len / sizeof(size_t);
    size_t *starts = (size_t *)(void *)writer->starts.ptr;
    size_t end = writer->records.len;
    bool mixed = random_chance(&unit->random, 333);
    writer->body.len = 0;
    bool ok = buf_append_str(&writer->body, STR("{\"Records\":["), err);
    for (size_t i = 0; ok && i < count; i++) {
        /* Neighbours change places, two by two. */
        size_t n = mixed && (i ^ 1) < count ? i ^ 1 : i;
        size_t to = n + 1 < count ? starts[n + 1] : end;
        ok = (i == 0 || buf_append_byte(&writer->body, ',', err)) &&
             buf_append(&writer->body, writer->records.ptr + starts[n], to - starts[n], err);
    }
    return ok && buf_append(&writer->body, "]}", 2, err);
}

/* The last records of a file come again in the next one, byte for byte, now and then. */
static size_t carry_duplicates(Unit *unit)
{
    TrailWriter *writer = unit->writer;
    size_t count = writer->starts.len / sizeof(size_t);
    size_t *starts = (size_t *)(void *)writer->starts.ptr;
    size_t carried = 0;
    if (!unit->trail->options->no_duplicates && random_chance(&unit->random, 40) && count > 1)
        carried = 1 + random_below(&unit->random, (uint32_t)(count / 4 + 1));
    size_t from = carried ? starts[count - carried] : writer->records.len;
    size_t kept = writer->records.len - from;
    memmove(writer->records.ptr, writer->records.ptr + from, kept);
    for (size_t i = 0; i < carried; i++)
        starts[i] = starts[count - carried + i] - from;
    writer->records.len = kept;
    writer->starts.len = carried * sizeof(size_t);
    return carried;
}

/* Ends the file: its name's minute is a multiple of five and up to 608 s after its events. */
static bool end_file(Unit *unit, Error *err)
{
    Str packed = {NULL, 0};
    int64_t slot_us = (int64_t)SLOT_S * 1000000;
    int64_t delay_us = (int64_t)random_below(&unit->random, DELAY_MAX_S) * 1000000;
    TrailPlace place = {unit->account->id, unit->region, "CloudTrail", ".json.gz",
                        (unit->now_us + delay_us + slot_us - 1) / slot_us * slot_us};
    if (!fill_body(unit, err) ||
        !trail_compress(unit->writer, buf_str(&unit->writer->body), &packed, err) ||
        !trail_write_object(unit->trail, &place, packed, &unit->random, err))
        return false;
    unit->report->objects++;
    unit->report->bytes += packed.len;
    unit->report->inflated_bytes += unit->writer->body.len;
    return true;
}

static void draw_outcome(Unit *unit)
{
    static const struct {
        const char *code;
        const char *message;
    } ERRORS[] = {
        {"AccessDenied", "User is not authorized to perform this action"},
        {"Client.RequestLimitExceeded", "Request limit exceeded."},
        {"ResourceNotFoundException", "The requested resource was not found"},
        {"NoSuchKey", "The specified key does not exist."},
    };
    unit->scene.error_code = NULL;
    if (!random_chance(&unit->random, 45))
        return;
    uint32_t kind = random_below(&unit->random, sizeof ERRORS / sizeof *ERRORS);
    unit->scene.error_code = ERRORS[kind].code;
    unit->scene.error_message = ERRORS[kind].message;
}

/* A new burst: another principal and another call, for one to thirteen events. */
static void begin_burst(Unit *unit)
{
    const CastAccount *account = unit->account;
    const CastPrincipal *principal =
        &account->principals[random_rank(&unit->random, CAST_PRINCIPALS)];
    unit->scene = (EventScene){.cast = unit->trail->cast,
                               .account = account,
                               .region = unit->region,
                               .principal = principal,
                               .call = event_call(!principal->human, &unit->random),
                               .tls = !principal->service};
    unit->burst_left = 1 + random_below(&unit->random, 13);
    draw_outcome(unit);
    /* A burst takes a second or two; the time until the next one makes up for it. */
    unit->now_us += (int64_t)(unit->step_us * unit->burst_left);
}

static bool add_event(Unit *unit, Error *err)
{
    TrailWriter *writer = unit->writer;
    size_t start = writer->records.len;
    if (unit->burst_left == 0)
        begin_burst(unit);
    unit->burst_left--;
    if (unit->trail->options->shuffle_identity)
        unit->scene.principal =
            &unit->account->principals[random_below(&unit->random, CAST_PRINCIPALS)];
    if (!buf_append(&writer->starts, &start, sizeof start, err) ||
        !event_write(&writer->records, &unit->scene, unit->now_us / 1000000 * 1000000, NULL,
                     &unit->random, err))
        return false;
    unit->report->events++;
    return true;
}

/* A file is full when its five minutes are over, or it holds as many events as it may. */
static bool file_is_full(const Unit *unit, size_t count, int64_t first_us)
{
    uint32_t limit = unit->trail->options->events_per_file;
    if (limit)
        return count >= limit;
    return count >= FILE_EVENTS_MAX || unit->now_us - first_us >= (int64_t)SLOT_S * 1000000;
}

static bool write_events(Unit *unit, uint64_t events, Error *err)
{
    TrailWriter *writer = unit->writer;
    size_t carried = 0;
    int64_t first_us = unit->now_us;
    writer->records.len = 0;
    writer->starts.len = 0;
    for (uint64_t i = 0; i < events; i++) {
        if (!add_event(unit, err))
            return false;
        size_t count = writer->starts.len / sizeof(size_t);
        if (!file_is_full(unit, count - carried, first_us) && i + 1 < events)
            continue;
        if (!end_file(unit, err))
            return false;
        carried = i + 1 < events ? carry_duplicates(unit) : 0;
        unit->report->duplicates += carried;
        first_us = unit->now_us;
    }
    return true;
}

bool trail_write_unit(const Trail *trail, TrailWriter *writer, size_t index, TrailReport *report,
                      Error *err)
{
    const TrailOptions *options = trail->options;
    size_t days = (size_t)options->days;
    size_t regions = (size_t)options->regions;
    int64_t day = (int64_t)(index % days);
    uint64_t events = trail->unit_events[index];
    Unit unit = {.trail = trail,
                 .writer = writer,
                 .report = report,
                 .account = &trail->cast->accounts[index / days / regions],
                 .region = trail->cast->regions[index / days % regions],
                 .random = random_new(options->seed, index + 1)};
    unit.day_us = options->end_us - ((int64_t)options->days - day) * TIMESTAMP_DAY_US;
    unit.now_us = unit.day_us;
    unit.step_us = events ? (double)TIMESTAMP_DAY_US / (double)(events + 14) : 0;
    return write_events(&unit, events, err);
}
