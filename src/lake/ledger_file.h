/* ledger_file.h - the ledger outside of the state: ledger/entries in the lake's folder, from which
 * a rebuild gets it back; and lines of heads (ledger_head.h).
 *
 * docs/formats/ledger.md. Used by the thread that has the turn, or a writer that is alone.
 */
#ifndef LAKE_LEDGER_FILE_H
#define LAKE_LEDGER_FILE_H

#include "base/json.h"
#include "lake/ledger.h"

/* Appends the entries that are not there yet to ledger/entries, and tells the newest one's number
 * and hash outside (ledger_head_tell), *last* in this run or not. */
bool ledger_file_write(Lake *lake, bool last, Error *err) __attribute__((warn_unused_result));

/* Appends *lines* to the file at *path*, as lines of their own: a line that was cut short is ended
 * before. */
bool ledger_file_append(const char *path, Str lines, Error *err)
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

/* A line of ledger/entries. */
typedef struct LedgerLine {
    int64_t n;
    Str body;
    uint8_t signature[SIGNING_SIGNATURE_BYTES];
    const Json *entry; /* the body, read */
} LedgerLine;

/* Reads a line into *arena*; false when it is none, such as one that was cut short. */
bool ledger_file_entry(Str line, Arena *arena, LedgerLine *ret);

/* Takes the next line, without its newline, off *text*; false at the end. */
bool ledger_file_line(Str *text, Str *ret);

#endif
