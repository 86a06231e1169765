#include "generate/trail.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/gzip.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "generate/event.h"
#include "generate/slots.h"

enum {
    GZIP_LEVEL = 4,
    BODY_BYTES_MAX = 256 << 20,
    PATH_BYTES = 1024,
    SPECIAL_PER_MILLE = 12,   /* slots that have a file of a special category too */
    SPECIAL_SLOT_MIN = 8,     /* events of such a slot */
    UNSORTED_PER_MILLE = 380, /* of the files that have events of several seconds */
    DUPLICATE_PER_MILLE = 40, /* files of which a part is delivered again */
    LATER_PER_MILLE = 170,    /* events of a burst that come a second later, at most */
    QUIET_MIN = 4,            /* events of a day that has any, with QUIET_MORE */
    QUIET_MORE = 16,
    ERROR_PER_MILLE = 45,
    BROKEN_PER_MILLE = 10, /* units in which the services' calls fail */
    BROKEN_ERROR_PER_MILLE = 900,
    LARGE_BYTES_MIN = 10 << 10,
    LARGE_BYTES_MAX = 66 << 10,
    HUGE_BYTES_MIN = 110 << 10,
};

struct Trail {
    const TrailOptions *options;
    Cast *cast;
    uint64_t *unit_events; /* per unit */
    size_t unit_count;
};

struct TrailWriter {
    Gzip *gzip;
    Buf records; /* of the file being made */
    Buf marks;   /* a Mark for each */
    Buf order;   /* a uint32_t for each: which record comes where */
    Buf body;
};

/* Where a record begins, and its time in seconds. */
typedef struct Mark {
    size_t start;
    int64_t time_s;
} Mark;

/* A unit being written: where it is in time, and the burst going on. */
typedef struct Unit {
    const Trail *trail;
    TrailWriter *writer;
    TrailReport *report;
    const CastAccount *account;
    const char *region;
    Random random;
    Slots slots;
    EventScene scene;
    uint32_t burst_left;     /* events of the burst */
    uint32_t slot_left;      /* and of the slot */
    uint32_t service_errors; /* of 1,000 calls that services make */
    int64_t slot_s;          /* where the slot begins */
    int64_t now_s;
    uint32_t later_per_mille; /* of a burst's events: a second later than the one before */
    double step_s;            /* mean time between two events of the slot */
    double next_s;            /* where in the slot the next burst is due */
} Unit;

static double weight_of(int rank)
{
    return 1.0 / (rank + 1);
}

/* How many events must wait before a day gets any: a quiet region has a few files a week. */
static uint64_t draw_threshold(const TrailOptions *options, Random *random)
{
    return options->events_per_file ? options->events_per_file
                                    : QUIET_MIN + random_below(random, QUIET_MORE);
}

/* Shares the events of an account in a region over its days, so that they sum exactly. */
static void share_days(const TrailOptions *options, uint64_t events, Random *random,
                       uint64_t *ret_events)
{
    int last = (int)random_below(random, (uint32_t)options->days);
    uint64_t given = 0;
    uint64_t threshold = draw_threshold(options, random);
    for (int day = 0; day < options->days; day++) {
        uint64_t owed = events * (uint64_t)(day + 1) / (uint64_t)options->days - given;
        ret_events[day] = 0;
        if (owed < threshold)
            continue;
        uint64_t take = options->events_per_file
                            ? owed / options->events_per_file * options->events_per_file
                            : owed;
        ret_events[day] = take;
        given += take;
        threshold = draw_threshold(options, random);
        last = day;
    }
    ret_events[last] += events - given;
}

/* Shares the events over the units by rank of account and region, so that they sum exactly. */
static void share_events(Trail *trail)
{
    const TrailOptions *options = trail->options;
    Random random = random_new(options->seed, UINT64_C(1) << 42);
    double sum = 0;
    double passed = 0;
    uint64_t given = 0;
    for (int a = 0; a < options->accounts; a++)
        for (int r = 0; r < options->regions; r++)
            sum += weight_of(a) * weight_of(r);
    uint64_t *unit_events = trail->unit_events;
    for (int a = 0; a < options->accounts; a++)
        for (int r = 0; r < options->regions; r++) {
            passed += weight_of(a) * weight_of(r) / sum;
            uint64_t until = (uint64_t)((double)options->events * passed + 0.5);
            bool end = a + 1 == options->accounts && r + 1 == options->regions;
            if (end || until > options->events)
                until = options->events;
            share_days(options, until - given, &random, unit_events);
            unit_events += options->days;
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
    writer->marks = buf_init(BODY_BYTES_MAX);
    writer->order = buf_init(BODY_BYTES_MAX);
    writer->body = buf_init(BODY_BYTES_MAX);
    writer->gzip = gzip_new(GZIP_LEVEL, err);
    if (writer->gzip)
        return writer;
    trail_writer_free(writer);
    return NULL;
}

void trail_writer_free(TrailWriter *writer)
{
    if (!writer)
        return;
    gzip_free(writer->gzip);
    buf_free(&writer->records);
    buf_free(&writer->marks);
    buf_free(&writer->order);
    buf_free(&writer->body);
    mem_free(writer);
}

bool trail_compress(TrailWriter *writer, Str body, Str *ret, Error *err)
{
    return gzip_pack(writer->gzip, body, ret, err);
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

static size_t mark_count(const TrailWriter *writer)
{
    return writer->marks.len / sizeof(Mark);
}

/* Says which record comes where: in the order of time, or with neighbours of different seconds in
 * each other's places. */
static bool set_order(Unit *unit, Error *err)
{
    TrailWriter *writer = unit->writer;
    size_t count = mark_count(writer);
    const Mark *marks = (const Mark *)(void *)writer->marks.ptr;
    writer->order.len = 0;
    if (!buf_reserve(&writer->order, count * sizeof(uint32_t), err))
        return false;
    uint32_t *order = (uint32_t *)(void *)writer->order.ptr;
    for (size_t i = 0; i < count; i++)
        order[i] = (uint32_t)i;
    if (!random_chance(&unit->random, UNSORTED_PER_MILLE))
        return true;
    bool mixed = false;
    for (size_t i = 1; i < count; i++) {
        if (marks[i].time_s == marks[i - 1].time_s || (mixed && random_chance(&unit->random, 500)))
            continue;
        order[i] = (uint32_t)i - 1;
        order[i - 1] = (uint32_t)i;
        mixed = true;
        i++;
    }
    return true;
}

/* Puts the records from the *first* place on into the file's body. */
static bool fill_body(TrailWriter *writer, size_t first, Error *err)
{
    size_t count = mark_count(writer);
    const Mark *marks = (const Mark *)(void *)writer->marks.ptr;
    const uint32_t *order = (const uint32_t *)(void *)writer->order.ptr;
    writer->body.len = 0;
    bool ok = buf_append_str(&writer->body, STR("{\"Records\":["), err);
    for (size_t i = first; ok && i < count; i++) {
        size_t n = order[i];
        size_t end = n + 1 < count ? marks[n + 1].start : writer->records.len;
        ok = (i == first || buf_append_byte(&writer->body, ',', err)) &&
             buf_append(&writer->body, writer->records.ptr + marks[n].start, end - marks[n].start,
                        err);
    }
    return ok && buf_append(&writer->body, "]}", 2, err);
}

static bool write_body(Unit *unit, const TrailPlace *place, Error *err)
{
    Str packed = {NULL, 0};
    if (!trail_compress(unit->writer, buf_str(&unit->writer->body), &packed, err) ||
        !trail_write_object(unit->trail, place, packed, &unit->random, err))
        return false;
    unit->report->objects++;
    unit->report->bytes += packed.len;
    unit->report->inflated_bytes += unit->writer->body.len;
    return true;
}

/* The last records of a file are delivered again, byte for byte, now and then; some of them under
 * another region. */
static bool write_duplicates(Unit *unit, TrailPlace place, Error *err)
{
    size_t count = mark_count(unit->writer);
    const Cast *cast = unit->trail->cast;
    if (unit->trail->options->no_duplicates || !random_chance(&unit->random, DUPLICATE_PER_MILLE))
        return true;
    size_t again = 1 + random_below(&unit->random, (uint32_t)(count / 4 + 1));
    again = again < count ? again : count;
    if (random_chance(&unit->random, 150))
        place.region = cast->regions[random_below(&unit->random, (uint32_t)cast->region_count)];
    place.time_us = (unit->slot_s + 2 * SLOTS_SECONDS) * 1000000;
    unit->report->duplicates += again;
    return fill_body(unit->writer, count - again, err) && write_body(unit, &place, err);
}

static void begin_file(Unit *unit)
{
    unit->writer->records.len = 0;
    unit->writer->marks.len = 0;
}

/* Ends the file and names it by the time of its delivery. */
static bool end_file(Unit *unit, const char *tag, Error *err)
{
    int64_t delivery_s = unit->slot_s + SLOTS_SECONDS + slots_delay(&unit->random);
    TrailPlace place = {unit->account->id, unit->region, tag, ".json.gz", delivery_s * 1000000};
    return set_order(unit, err) && fill_body(unit->writer, 0, err) &&
           write_body(unit, &place, err) && write_duplicates(unit, place, err);
}

/* Mostly a few calls in a second or two; once in a while as many as a loop can make. */
static uint32_t draw_burst(Random *random)
{
    return random_chance(random, 4) ? 30 + random_below(random, 100) : 1 + random_below(random, 11);
}

/* A new burst: another principal and another call. */
static void begin_burst(Unit *unit)
{
    EventScene *scene = &unit->scene;
    scene->principal = cast_draw(unit->account, &unit->random);
    scene->call = calls_draw(&unit->account->calls, scene->principal->caller,
                             unit->region == unit->trail->cast->regions[0], &unit->random);
    unit->burst_left = draw_burst(&unit->random);
    fill_hold(&unit->random, scene->held);
    event_draw_outcome(
        scene, scene->principal->kind == CAST_SERVICE ? unit->service_errors : ERROR_PER_MILLE,
        &unit->random);
    /* A burst comes anywhere in the time that its events would fill. */
    unit->burst_left = unit->burst_left < unit->slot_left ? unit->burst_left : unit->slot_left;
    double span_s = unit->step_s * unit->burst_left;
    int64_t due_s =
        unit->slot_s + (int64_t)(unit->next_s + span_s * random_below(&unit->random, 1000) / 1000);
    unit->now_s = due_s > unit->now_s ? due_s : unit->now_s;
}

/* Few records are large; the size is what the record shall at least have. */
static size_t draw_large(Random *random)
{
    uint32_t drawn = random_below(random, 100000);
    if (drawn > 100)
        return 0;
    return drawn == 0 ? HUGE_BYTES_MIN + random_below(random, EVENT_LARGE_MAX - HUGE_BYTES_MIN)
                      : LARGE_BYTES_MIN + random_rank(random, LARGE_BYTES_MAX - LARGE_BYTES_MIN);
}

static bool add_mark(Unit *unit, Error *err)
{
    Mark mark = {unit->writer->records.len, unit->now_s};
    return buf_append(&unit->writer->marks, &mark, sizeof mark, err);
}

static bool add_event(Unit *unit, Error *err)
{
    EventScene *scene = &unit->scene;
    if (unit->burst_left == 0)
        begin_burst(unit);
    else if (random_chance(&unit->random, unit->later_per_mille) &&
             unit->now_s < unit->slot_s + SLOTS_SECONDS - 1)
        unit->now_s++;
    unit->burst_left--;
    unit->slot_left--;
    unit->next_s += unit->step_s;
    if (unit->trail->options->shuffle_identity)
        scene->principal = &unit->account->principals[random_below(&unit->random, CAST_PRINCIPALS)];
    scene->large_bytes = draw_large(&unit->random);
    fill_clock_set(&scene->clock, unit->now_s);
    unit->report->events++;
    return add_mark(unit, err) &&
           event_write(&unit->writer->records, scene, NULL, &unit->random, err);
}

/* A file of a special category: *count*, an even number, in pairs. */
static bool write_specials(Unit *unit, uint32_t count, Error *err)
{
    EventSpecial special = random_below(&unit->random, EVENT_SPECIALS);
    uint64_t first = random_next(&unit->random) & ~UINT64_C(1);
    begin_file(unit);
    unit->scene.principal = &unit->account->principals[0];
    unit->burst_left = 0;
    fill_clock_set(&unit->scene.clock, unit->slot_s);
    for (uint32_t i = 0; i < count; i++)
        if (!add_mark(unit, err) || !event_write_special(&unit->writer->records, &unit->scene,
                                                         special, first + i, &unit->random, err))
            return false;
    unit->report->events += count;
    return end_file(unit, event_special_tag(special), err);
}

static bool write_slot(Unit *unit, int slot, Error *err)
{
    uint32_t left = unit->slots.events[slot];
    unit->now_s = unit->slot_s;
    if (unit->slots.file_events == 0 && left >= SPECIAL_SLOT_MIN &&
        random_chance(&unit->random, SPECIAL_PER_MILLE)) {
        uint32_t specials = 2 * (1 + random_below(&unit->random, 2));
        left -= specials;
        if (!write_specials(unit, specials, err))
            return false;
    }
    unit->step_s = (double)SLOTS_SECONDS / left;
    /* A burst in a busy slot is so dense that it does not run out of the slot. */
    unit->later_per_mille =
        unit->step_s * 500 < LATER_PER_MILLE ? (uint32_t)(unit->step_s * 500) : LATER_PER_MILLE;
    unit->next_s = 0;
    unit->slot_left = left;
    unit->burst_left = 0;
    for (uint32_t files = 0; left > 0; files++) {
        uint32_t count = slots_file(&unit->slots, slot, left, files, &unit->random);
        begin_file(unit);
        for (uint32_t i = 0; i < count; i++)
            if (!add_event(unit, err))
                return false;
        if (!end_file(unit, "CloudTrail", err))
            return false;
        left -= count;
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
    Unit unit = {.trail = trail,
                 .writer = writer,
                 .report = report,
                 .account = &trail->cast->accounts[index / days / regions],
                 .region = trail->cast->regions[index / days % regions],
                 .random = random_new(options->seed, index + 1)};
    int64_t day_us = options->end_us - ((int64_t)options->days - day) * TIMESTAMP_DAY_US;
    unit.scene = (EventScene){.account = unit.account, .region = unit.region};
    unit.service_errors =
        random_chance(&unit.random, BROKEN_PER_MILLE) ? BROKEN_ERROR_PER_MILLE : ERROR_PER_MILLE;
    slots_plan(trail->unit_events[index], options->events_per_file, &unit.random, &unit.slots);
    for (int slot = 0; slot < SLOTS_OF_DAY; slot++) {
        unit.slot_s = day_us / 1000000 + (int64_t)slot * SLOTS_SECONDS;
        if (unit.slots.events[slot] > 0 && !write_slot(&unit, slot, err))
            return false;
    }
    return true;
}
