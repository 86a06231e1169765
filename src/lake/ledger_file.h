/* ledger_file.h - the ledger outside of the state: ledger/entries in the lake's folder, from which
 * a rebuild gets it back, and its head in a file that the host cannot rewrite.
 *
 * docs/formats/ledger.md. Used by the thread that has the turn, or a writer that is alone.
 */
#ifndef LAKE_LEDGER_FILE_H
#define LAKE_LEDGER_FILE_H

#include "lake/ledger.h"

/* Appends the entries that are not there yet to ledger/entries, and, when *head* (a path; NULL or
 * empty: none) names a file, a line with the newest entry's number and hash to it. */
bool ledger_file_write(Lake *lake, const char *head, Error *err)
    __attribute__((warn_unused_result));

/* Into a new state: the entries of ledger/entries, the sums that they say of live parts, those of
 * other live parts by reading them, and an entry of kind "rebuild" (or "start", without entries)
 * with all live parts. */
bool ledger_file_rebuild(Lake *lake, Engine *engine, Error *err)
    __attribute__((warn_unused_result));

/* A line of a head file. Texts live as long as the line. */
typedef struct LedgerHead {
    int64_t n;
    char lake[37];
    char hash[2 * HASH_SHA256_BYTES + 1];
} LedgerHead;

/* Reads a line; false when it is none. */
bool ledger_file_head(Str line, LedgerHead *ret);

/* Takes the next line, without its newline, off *text*; false at the end. */
bool ledger_file_line(Str *text, Str *ret);

#endif
