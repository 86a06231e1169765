/* state_polls_sql.h - who is asked for findings, and up to where (state.c). Constant. */
#ifndef LAKE_STATE_POLLS_SQL_H
#define LAKE_STATE_POLLS_SQL_H

/* clang-format off */

/* A row for each source that a service has asked, as a profile. All findings that were updated up to
 * newest_us are in, but for late ones; the counts are of the last time that it answered all, at
 * done_us. `reason` says why it failed since, `wanted` whether the configuration names it. */
#define STATE_SQL_POLLS \
    "CREATE TABLE finding_polls (" \
    "  source TEXT NOT NULL, profile TEXT NOT NULL, wanted INTEGER NOT NULL DEFAULT 1," \
    "  newest_us INTEGER, done_us INTEGER, read INTEGER NOT NULL DEFAULT 0," \
    "  added INTEGER NOT NULL DEFAULT 0, updated INTEGER NOT NULL DEFAULT 0," \
    "  bad INTEGER NOT NULL DEFAULT 0, failed_us INTEGER, reason TEXT," \
    "  PRIMARY KEY (source, profile)) WITHOUT ROWID;"

/* clang-format on */

#endif
