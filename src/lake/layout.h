/* layout.h - where things lie in a lake's folder (docs/formats/lake-folder.md).
 *
 *   state.db                                      the truth (state.h)
 *   catalog.db                                    Iceberg's catalog, for other readers
 *   lock                                          held by the one writer
 *   cloudtrail/data/eventtime_day=DAY/   the table's files
 *   cloudtrail/metadata/                          what is published
 *   summary/eventtime_day=DAY/           records of data files, counted (summary_file.h)
 *   objects/data/, objects/metadata/              receipts, for other readers (object_table.h)
 *   fingerprints/SEQ-UUID.run                     fingerprints of one commit
 *   quarantine/SEQ-UUID.zst                       bytes set apart by one commit
 *   ledger/key, ledger/entries                    the lake's own chain (ledger.h)
 *   tmp/                                          scratch
 *   tmp/asked/                                    what was asked of all files (query/asked.h)
 */
#ifndef LAKE_LAYOUT_H
#define LAKE_LAYOUT_H

#include <stdint.h>

#include "base/error.h"

enum { LAYOUT_PATH_BYTES = 1024 };
#define LAYOUT_ASKED   "tmp/asked"
#define LAYOUT_DATA    "cloudtrail/data"
#define LAYOUT_SUMMARY "summary"

/* A path below the lake's folder, made by printf rules. ERROR_LIMIT when it is too long. */
bool layout_path(char ret[LAYOUT_PATH_BYTES], Error *err, const char *folder, const char *format,
                 ...) __attribute__((format(printf, 4, 5), warn_unused_result));

/* Relative path of a new data file: "cloudtrail/data/eventtime_day=2026-11-24/SEQ-UUID-N.parquet".
 * *uuid* is the part's own, *number* counts its files. */
bool layout_data_file(char ret[LAYOUT_PATH_BYTES], int32_t day, int64_t commit_seq,
                      const char *uuid, int number, Error *err) __attribute__((warn_unused_result));

/* Makes the folder that the file *path* lies in, when there is none. */
bool layout_make_folder_of(const char *path, Error *err) __attribute__((warn_unused_result));

/* Makes all folders of a new lake, private to the user. */
bool layout_make(const char *folder, Error *err) __attribute__((warn_unused_result));

#endif
