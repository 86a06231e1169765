/* depot_kind.h - what each kind of depot.h does, for depot.c alone. */
#ifndef LAKE_DEPOT_KIND_H
#define LAKE_DEPOT_KIND_H

#include "lake/depot.h"

/* As the functions of depot.h; errors without the setting. */
typedef struct DepotKind {
    bool names_clash;
    bool (*open)(Depot *depot, bool writes, Error *err);
    size_t (*name_max)(const Depot *depot);
    bool (*writer_open)(DepotWriter *writer, Error *err);
    void (*writer_close)(DepotWriter *writer);
    bool (*put)(DepotWriter *writer, const Str names[2], Str bytes, Error *err);
    bool (*sync)(DepotWriter *writer, Error *err);
    bool (*get)(Depot *depot, Str name, Buf *ret, bool *ret_found, Error *err);
    bool (*list)(Depot *depot, Str below, DepotVisit visit, void *context, Error *err);
    bool (*remove)(Depot *depot, const DepotEntry *entries, size_t count, bool dry_run,
                   DepotRemoval *ret, Error *err);
} DepotKind;

extern const DepotKind DEPOT_FOLDER, DEPOT_S3;

struct Depot {
    const DepotKind *kind;
    char *place; /* owned */
    const char *setting;
    int64_t lock_days;
    Aws *aws;
};

struct DepotWriter {
    Depot *depot;
    void *own; /* the kind's */
};

enum { DEPOT_OBJECT_BYTES_MAX = 1 << 30 };

#endif
