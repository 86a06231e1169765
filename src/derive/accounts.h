/* accounts.h - names of accounts: what an organisation calls the twelve digits.
 *
 * decode -> [derive] -> detect. Read from a CSV with a header (account_id, and name, ou, owner,
 * environment, in any order; other columns are passed over) or from the JSON that `aws
 * organizations list-accounts` prints (members Id and Name; where somebody added them, Tags with
 * the keys owner and environment, and OrganizationalUnit or Path). Immutable; any thread may look.
 */
#ifndef DERIVE_ACCOUNTS_H
#define DERIVE_ACCOUNTS_H

#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

enum { ACCOUNTS_BYTES_MAX = 16 << 20, ACCOUNTS_MAX = 100000, ACCOUNTS_ID_DIGITS = 12 };

typedef struct Accounts Accounts;

/* What is known of an account; unknown members have a NULL pointer. The texts live as long as the
 * Accounts. */
typedef struct Account {
    Str name;
    Str organizational_unit; /* a path such as Workloads/Production, as it was written */
    Str owner;
    Str environment;
} Account;

/* Reads a text of either form; *file* stands for it in messages. ERROR_INPUT names the line (CSV)
 * or the account (JSON): an id that is none, one that is there twice, no column account_id. An id
 * of ten or eleven digits gets back the zeros that spreadsheets drop. The caller frees with
 * accounts_free; NULL is fine. */
Accounts *accounts_read(Str text, const char *file, Error *err) __attribute__((warn_unused_result));
void accounts_free(Accounts *accounts);

/* The account of twelve digits; false when it is not known. */
bool accounts_find(const Accounts *accounts, Str id, Account *ret);

/* How many there are. */
size_t accounts_count(const Accounts *accounts);

#endif
