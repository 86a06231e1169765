/* automation_state.h - what the files of automation share. Internal. */
#ifndef FINDINGS_AUTOMATION_STATE_H
#define FINDINGS_AUTOMATION_STATE_H

#include "findings/automation.h"

typedef enum { ASKED_TEXT, ASKED_NUMBER, ASKED_TIME, ASKED_MAP, ASKED_ADDRESS } AutomationKind;

typedef struct AutomationField {
    const char *name, *path;
    AutomationKind kind;
} AutomationField;

/* The table of fields, and its length. */
extern const AutomationField AUTOMATION_FIELDS[];
extern const uint32_t AUTOMATION_FIELD_COUNT;

/* Adds the rules of the documents of *text* behind *count* others. False with *err*. */
bool automation_read_text(Str text, const char *file, Arena *arena, AutomationRule *rules,
                          size_t *count, Error *err) __attribute__((warn_unused_result));

#endif
