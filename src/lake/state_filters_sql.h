/* state_filters_sql.h - what filters did with the records of each object (state.c). Constant. */
#ifndef LAKE_STATE_FILTERS_SQL_H
#define LAKE_STATE_FILTERS_SQL_H

/* clang-format off */

/* Filters that were in force at some time: `body` is what their document says, as JSON. `drops` says of an
 * object how many of its records each dropped, how many it spared as they had raised a signal, and
 * between which event times. Sum of dropped over an object = its `dropped`. */
#define STATE_SQL_FILTERS \
    "CREATE TABLE filters (" \
    "  id INTEGER PRIMARY KEY, name TEXT NOT NULL, version TEXT NOT NULL, verb TEXT NOT NULL," \
    "  body TEXT NOT NULL, UNIQUE (name, version));" \
    "CREATE TABLE drops (" \
    "  object_id INTEGER NOT NULL, filter INTEGER NOT NULL, dropped INTEGER NOT NULL," \
    "  spared INTEGER NOT NULL, first_us INTEGER NOT NULL, last_us INTEGER NOT NULL," \
    "  PRIMARY KEY (object_id, filter)) WITHOUT ROWID;" \
    "CREATE INDEX drops_filter ON drops (filter, first_us, last_us);"

/* And in how many of its records each hid something. */
#define STATE_SQL_REDACTIONS \
    "ALTER TABLE drops ADD COLUMN redacted INTEGER NOT NULL DEFAULT 0;"

/* clang-format on */

#endif
