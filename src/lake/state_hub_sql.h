/* state_hub_sql.h - findings that Security Hub is told of (state.c). Constant. */
#ifndef LAKE_STATE_HUB_SQL_H
#define LAKE_STATE_HUB_SQL_H

/* clang-format off */

/* A row for each finding of ours that came or changed while `hub_wanted` held a row, by the
 * transaction that changed it. `version` counts changes, `said_us` is the UpdatedAt that was taken
 * last, at sent_us. A finding is told at most once a minute. */
#define STATE_SQL_HUB \
    "CREATE TABLE hub_wanted (only INTEGER PRIMARY KEY CHECK (only = 1));" \
    "CREATE TABLE hub_pushes (" \
    "  finding TEXT PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1," \
    "  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'dead'))," \
    "  tries INTEGER NOT NULL DEFAULT 0, due_us INTEGER NOT NULL DEFAULT 0," \
    "  sent_us INTEGER NOT NULL DEFAULT 0, said_us INTEGER NOT NULL DEFAULT 0, reason TEXT)" \
    "  WITHOUT ROWID;" \
    "CREATE INDEX hub_pushes_due ON hub_pushes (due_us) WHERE state = 'waiting';" \
    "CREATE TRIGGER hub_new AFTER INSERT ON findings WHEN NEW.given_id IS NULL" \
    "  AND EXISTS (SELECT 1 FROM hub_wanted) BEGIN" \
    "  INSERT INTO hub_pushes (finding) VALUES (NEW.id) ON CONFLICT DO NOTHING; END;" \
    "CREATE TRIGGER hub_changed AFTER UPDATE OF last_us, first_us, count, severity, confidence," \
    "  record_state, user_fields, superseded_by, workflow ON findings WHEN NEW.given_id IS NULL" \
    "  AND (NEW.workflow = OLD.workflow OR OLD.workflow = 'SUPPRESSED')" \
    "  AND EXISTS (SELECT 1 FROM hub_wanted) BEGIN" \
    "  INSERT INTO hub_pushes (finding) VALUES (NEW.id) ON CONFLICT DO UPDATE SET" \
    "   version = version + 1, tries = iif(state = 'waiting', tries, 0), state = 'waiting'," \
    "   due_us = max(iif(state = 'waiting', due_us, 0), sent_us + 60000000); END;" \
    "CREATE TRIGGER hub_gone AFTER DELETE ON findings BEGIN" \
    "  DELETE FROM hub_pushes WHERE finding = OLD.id; END;"

/* clang-format on */

#endif
