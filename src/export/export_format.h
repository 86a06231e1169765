/* export_format.h - how events are written: what goes into one file, and as what.
 *
 * record -> export_event -> [export_format] -> export_groups
 */
#ifndef EXPORT_EXPORT_FORMAT_H
#define EXPORT_EXPORT_FORMAT_H

#include "export/export_event.h"

typedef struct ExportHow {
    Str index; /* of OpenSearch */
} ExportHow;

typedef struct ExportFormat {
    const char *word;
    /* Appends the beginning of the names of all files that hold such events. */
    bool (*key)(const ExportEvent *event, Buf *out, Error *err);
    /* Appends the event. */
    bool (*put)(const ExportEvent *event, const ExportHow *how, Buf *out, Error *err);
    const char *head, *between, *tail; /* around and between the events of a file */
    const char *ending;                /* of names */
    size_t bytes_max;                  /* of a file, before it is packed; a large event is more */
    bool packed;                       /* gzip */
    bool is_trail; /* names as AWS makes them: a minute and letters of no meaning */
} ExportFormat;

/* The format of a word; NULL when it is none that is written record by record. */
const ExportFormat *export_format(Str word);

#endif
