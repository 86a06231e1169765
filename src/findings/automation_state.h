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

/* The field called *name*. ERROR_INPUT names file and line, and fields whose names are near. */
bool automation_read_field(Str name, const char *file, uint32_t line, uint32_t *ret, Error *err)
    __attribute__((warn_unused_result));

/* Calls *take* for each value of a field: elements of lists, names of texts that are lists of ours,
 * the member *key* of maps; numbers as they are written. False of *take* ends with *err*. */
typedef bool (*AutomationValueTake)(void *context, Str value, Error *err);
bool automation_match_values(uint32_t field, Str key, const Json *finding, AutomationValueTake take,
                             void *context, Error *err) __attribute__((warn_unused_result));

/* Adds the rules of the documents of *text* behind *count* others. False with *err*. */
bool automation_read_text(Str text, const char *file, Arena *arena, AutomationRule *rules,
                          size_t *count, Error *err) __attribute__((warn_unused_result));

#endif
