/* parquet.h - writes rows of a batch as a Parquet file, in the profile that all readers take.
 *
 * docs/formats/parquet-profile.md; "parquet-iceberg", sections 0 to 11. Column by column: gather
 * the values in row order, choose dictionary or plain, cut into pages, compress, and keep counts
 * and bounds. One worker owns a ParquetEncoder and its scratch memory; files are written one
 * after the other.
 */
#ifndef LAKE_PARQUET_H
#define LAKE_PARQUET_H

#include "lake/bounds.h"
#include "lake/parquet_vector.h"

enum { PARQUET_GROUP_ROWS_MAX = 50000 };

/* What a file holds of one leaf; kept with the part and published in Iceberg's manifests. */
typedef struct ParquetLeaf {
    uint64_t bytes;  /* compressed, page headers included */
    uint64_t values; /* level entries, nulls included */
    uint64_t nulls;
    bool has_bounds;
    Bound lower;
    Bound upper;
} ParquetLeaf;

enum { PARQUET_GROUPS_MAX = 4096 };

/* How the rows of a file are sorted; also the version of its summary, and the id of the sort order
 * in what is published. */
typedef enum ParquetOrder {
    PARQUET_ORDER_TIME = 1, /* by eventtime: files of spoor before they were sorted by call */
    PARQUET_ORDER_CALL = 2, /* by eventsource, eventname, eventtime, NULL last */
} ParquetOrder;

typedef struct ParquetSummary {
    ParquetOrder order; /* of a table of events; others have PARQUET_ORDER_TIME */
    uint64_t rows;
    uint64_t bytes; /* of the file */
    size_t group_count;
    uint64_t *split_offsets; /* group_count of them; owned */
    ParquetLeaf leaves[FIELD_COUNT];
} ParquetSummary;

typedef struct ParquetEncoder ParquetEncoder;
typedef struct ParquetFile ParquetFile;

/* Scratch memory and compressor for one worker. NULL with *err*. */
ParquetEncoder *parquet_encoder_new(Error *err) __attribute__((warn_unused_result));
void parquet_encoder_free(ParquetEncoder *encoder);

/* Creates *path*, which must not exist. NULL with *err*. */
ParquetFile *parquet_create(ParquetEncoder *encoder, const char *path, Error *err)
    __attribute__((warn_unused_result));

/* Appends *rows* in their order, in row groups of at most PARQUET_GROUP_ROWS_MAX. */
bool parquet_write_rows(ParquetFile *file, const ParquetRows *rows, Error *err)
    __attribute__((warn_unused_result));

/* The footer's key for parquet_note. */
#define PARQUET_NOTE_KEY "spoor.inputs"

/* Adds *text* to the note in the file's footer: which files it was merged from, for rebuilding a
 * lost state (docs/formats/rebuild.md). */
bool parquet_note(ParquetFile *file, Str text, Error *err) __attribute__((warn_unused_result));

/* Bytes written so far. */
uint64_t parquet_bytes(const ParquetFile *file);

/* Writes the footer, makes the file durable (not its folder's entry) and frees *file*.
 * *ret_summary* gets the summary's serialised form. On failure the file is removed. */
bool parquet_finish(ParquetFile *file, uint64_t *ret_bytes, Buf *ret_summary, Error *err)
    __attribute__((warn_unused_result));

/* Removes an unfinished file and frees; NULL is fine. */
void parquet_abandon(ParquetFile *file);

/* Reads what parquet_finish serialised; strict and bounded. The caller ends it with
 * parquet_summary_free. ERROR_INPUT when it is damaged. */
bool parquet_summary_read(Str bytes, ParquetSummary *ret, Error *err)
    __attribute__((warn_unused_result));

/* As parquet_summary_read, for a table of other *fields*, at most FIELD_COUNT: leaves are indexed
 * by them. */
bool parquet_summary_read_of(Str bytes, const Field *fields, int field_count, ParquetSummary *ret,
                             Error *err) __attribute__((warn_unused_result));

/* One leaf of a summary, without reading the others; all 0 when the file has no such field.
 * ERROR_INPUT when what stands before it is damaged. */
bool parquet_summary_leaf(Str bytes, FieldNode node, ParquetLeaf *ret, Error *err)
    __attribute__((warn_unused_result));

/* Adds to *lacking*, by node, the columns of today's `cloudtrail` of which the file of that summary
 * has not every leaf: fields are only ever added, so two files that have all of a column have the
 * same type of it. Of a damaged summary, or one with fields that nobody knows, it is all of them.
 */
void parquet_summary_lacking(Str bytes, bool lacking[FIELD_COUNT]);

/* Appends the serialised form of *summary*, a file of a table with *fields*. */
bool parquet_summary_write(const ParquetSummary *summary, const Field *fields, int field_count,
                           Buf *out, Error *err) __attribute__((warn_unused_result));
void parquet_summary_free(ParquetSummary *summary);

#endif
