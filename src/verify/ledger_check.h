/* ledger_check.h - does the lake hold what its ledger says? (docs/formats/ledger.md)
 *
 * The entries are checked one by one: number, link, signature. What they leave live is compared
 * with the state, and the rows of each data file, read again, with the sum that was signed when
 * they were written. Used by one thread.
 */
#ifndef VERIFY_LEDGER_CHECK_H
#define VERIFY_LEDGER_CHECK_H

#include "base/engine.h"
#include "lake/lake.h"

typedef enum {
    LEDGER_ENTRY_MISSING,   /* a number is left out */
    LEDGER_ENTRY_CHANGED,   /* an entry cannot be read, or is not the one that the next names */
    LEDGER_ENTRY_SIGNATURE, /* its signature does not fit the key */
    LEDGER_KEY_CHANGED,     /* from here on another key signs */
    LEDGER_MERGE_DIFFERS,   /* a merge or retention does not bring the rows that it should */
    LEDGER_PART_MISSING,    /* a data file of the ledger is none of the state's */
    LEDGER_PART_UNKNOWN,    /* a data file of the state is not in the ledger */
    LEDGER_PART_DIFFERS,    /* they say different things of it */
    LEDGER_FILE_MISSING,    /* it is not there, or cannot be read */
    LEDGER_ROWS_DIFFER,     /* its rows are not those that were written */
    LEDGER_COUNTS_DIFFER,   /* what was counted of its rows (summary_check.h) is not so */
    LEDGER_FILE_DIFFERS,    /* ledger/entries has an entry that the ledger has not, or otherwise */
    LEDGER_HEAD_AHEAD,      /* the head outside is newer than the ledger */
    LEDGER_HEAD_DIFFERS,    /* it is another one, or none of this lake */
} LedgerFinding;

enum { LEDGER_FINDINGS = LEDGER_HEAD_DIFFERS + 1 };

typedef struct LedgerReport {
    uint64_t entries;
    uint64_t parts, rows; /* that the ledger says are live */
    uint64_t read;        /* of the parts, those whose rows were read again */
    uint64_t unsummed;    /* of the parts, those from before the ledger: their rows are counted */
    uint64_t findings[LEDGER_FINDINGS];
    uint64_t retentions, restores, rebuilds, merges;
    uint64_t holds, releases; /* of legal holds */
    uint64_t retained_away;   /* rows that retention took away */
    uint64_t reapplies;       /* days to which filters were applied again */
    uint64_t reapplied_away;  /* rows that they dropped */
    uint64_t reapplied;       /* rows that they changed */
    uint64_t heads;           /* heads outside that fit */
    char key[65];             /* that signs now */
    char lake[37];
} LedgerReport;

typedef struct LedgerCheck {
    Lake *lake;
    Engine *engine;   /* reads rows again; NULL: they are not */
    const char *head; /* where heads lie (ledger_head_read); NULL: nowhere */
    void (*finding)(void *context, LedgerFinding finding, const char *detail);
    void *context;
} LedgerCheck;

/* The name of a finding in JSON, and one sentence for people. */
const char *ledger_check_name(LedgerFinding finding);
const char *ledger_check_words(LedgerFinding finding);

/* Whether there is anything wrong. */
bool ledger_check_is_clean(const LedgerReport *report);

/* Checks. False with *err* when the state or the head's file cannot be read, or memory ran out;
 * what is wrong with the lake is told as findings. */
bool ledger_check_run(const LedgerCheck *check, LedgerReport *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
