/* state_notify_sql.h - what versions 12 and 16 of the state add for notifications. Internal to
 * state.c.
 *
 * Deliveries of a target that have the same `bundle` become one message when they are due; empty:
 * each is its own. `message` is the delivery that stands for all of a message; NULL: it is in none
 * yet (notify/packing.h).
 */
#ifndef LAKE_STATE_NOTIFY_SQL_H
#define LAKE_STATE_NOTIFY_SQL_H

/* clang-format off */
#define STATE_SQL_NOTIFY \
    "ALTER TABLE deliveries ADD COLUMN bundle TEXT NOT NULL DEFAULT '';" \
    "ALTER TABLE deliveries ADD COLUMN message INTEGER;" \
    "CREATE INDEX deliveries_message ON deliveries (message) WHERE message IS NOT NULL;" \
    "CREATE INDEX deliveries_told ON deliveries (target, done_us) WHERE state = 'sent';"
/* For who asks what is due for one target, and for which targets anything waits. */
#define STATE_SQL_NOTIFY_TARGETS \
    "CREATE INDEX deliveries_waiting ON deliveries (target, due_us) WHERE state = 'waiting';"
/* clang-format on */

#endif
