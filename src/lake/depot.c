#include "lake/depot_kind.h"

#include <string.h>

#include "base/mem.h"

bool depot_is_remote(const char *place)
{
    return str_starts(str_of(place), STR("s3://"));
}

Depot *depot_open(const DepotOptions *options, Error *err)
{
    bool remote = depot_is_remote(options->place);
    Depot *depot = mem_calloc(1, sizeof *depot, err);
    if (!depot)
        return NULL;
    *depot = (Depot){.kind = remote ? &DEPOT_S3 : &DEPOT_FOLDER,
                     .setting = options->setting,
                     .lock_days = options->lock_days,
                     .aws = options->aws};
    depot->place = mem_text(options->place, strlen(options->place), err);
    if (depot->place &&
        (remote || !options->lock_days ||
         error_set(err, ERROR_USAGE,
                   "only a bucket (s3://BUCKET/PREFIX) can be locked for %lld"
                   " days, '%s' is a folder",
                   (long long)options->lock_days, options->place)) &&
        depot->kind->open(depot, options->writes, err))
        return depot;
    error_context(err, "%s", options->setting);
    depot_free(depot);
    return NULL;
}

void depot_free(Depot *depot)
{
    if (!depot)
        return;
    mem_free(depot->place);
    mem_free(depot);
}

const char *depot_place(const Depot *depot)
{
    return depot->place;
}

size_t depot_name_max(const Depot *depot)
{
    return depot->kind->name_max(depot);
}

bool depot_names_clash(const Depot *depot)
{
    return depot->kind->names_clash;
}

DepotWriter *depot_writer_open(Depot *depot, Error *err)
{
    DepotWriter *writer = mem_calloc(1, sizeof *writer, err);
    if (!writer)
        return NULL;
    writer->depot = depot;
    if (depot->kind->writer_open(writer, err))
        return writer;
    error_context(err, "%s", depot->setting);
    mem_free(writer);
    return NULL;
}

void depot_writer_free(DepotWriter *writer)
{
    if (!writer)
        return;
    writer->depot->kind->writer_close(writer);
    mem_free(writer);
}

Depot *depot_writer_depot(const DepotWriter *writer)
{
    return writer->depot;
}

bool depot_put(DepotWriter *writer, const Str names[2], Str bytes, Error *err)
{
    return writer->depot->kind->put(writer, names, bytes, err) ||
           error_context(err, "%s", writer->depot->setting);
}

bool depot_sync(DepotWriter *writer, Error *err)
{
    return writer->depot->kind->sync(writer, err) ||
           error_context(err, "%s", writer->depot->setting);
}

bool depot_get(Depot *depot, Str name, Buf *ret, bool *ret_found, Error *err)
{
    ret->len = 0;
    *ret_found = false;
    return depot->kind->get(depot, name, ret, ret_found, err) ||
           error_context(err, "%s", depot->setting);
}

bool depot_list(Depot *depot, Str below, DepotVisit visit, void *context, Error *err)
{
    return depot->kind->list(depot, below, visit, context, err) ||
           error_context(err, "%s", depot->setting);
}

bool depot_remove(Depot *depot, const DepotEntry *entries, size_t count, bool dry_run,
                  DepotRemoval *ret, Error *err)
{
    return depot->kind->remove(depot, entries, count, dry_run, ret, err) ||
           error_context(err, "%s", depot->setting);
}
