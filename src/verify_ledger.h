/* verify_ledger.h - the part of spoor verify that is about the lake's own ledger: checked and
 * printed. */
#ifndef VERIFY_LEDGER_H
#define VERIFY_LEDGER_H

#include "base/command.h"
#include "lake/lake.h"

/* Checks the ledger of *lake* and prints what was found: as text, or, with *json*, as the member
 * "ledger" of an object that the caller has opened, with a comma behind. *ret_clean*: nothing is
 * wrong. */
bool verify_ledger(const CommandLine *line, Lake *lake, bool json, bool *ret_clean, Error *err)
    __attribute__((warn_unused_result));

#endif
