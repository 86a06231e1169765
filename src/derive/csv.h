/* csv.h - rows of comma-separated text, one after the other, without copying.
 *
 * RFC 4180: fields with commas, quotes or line ends stand in quotes, quotes inside are doubled. A
 * byte order mark at the start, white space around fields, empty lines and, where asked for,
 * comment lines are passed over. A quote that is not closed within CSV_FIELD_BYTES_MAX spoils its
 * line alone. Pure functions; any thread.
 */
#ifndef DERIVE_CSV_H
#define DERIVE_CSV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum { CSV_FIELDS_MAX = 64, CSV_FIELD_BYTES_MAX = 64 << 10 };

typedef struct Csv {
    Str rest;
    size_t line;          /* of the next byte, from 1 */
    const char *comments; /* a line that begins with one of these is passed over; "" for none */
} Csv;

/* A row; its texts are borrowed from the text that is read. */
typedef struct CsvRow {
    Str fields[CSV_FIELDS_MAX]; /* without their outer quotes; fields behind the last are dropped */
    uint64_t quoted;            /* bit i: field i stood in quotes */
    unsigned count;
    size_t line;
    Str text;    /* the row as it stands, without its line end */
    bool broken; /* a quote was not closed, or something stood behind it: fields are not to be used
                  */
} CsvRow;

/* Begins to read *text*, which must outlive the rows. */
Csv csv_start(Str text, const char *comments);

/* The next row; false at the end. */
bool csv_next(Csv *csv, CsvRow *ret);

/* Field *index* as a copy in *arena* with doubled quotes made single; empty behind the last.
 * False with *err* when the arena is full. */
bool csv_copy(const CsvRow *row, unsigned index, Arena *arena, Str *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
