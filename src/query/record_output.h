/* record_output.h - the events that fulfil a condition, each as its record.
 *
 * condition -> [record_output] -> statement -> session -> [record_output] -> JSON, a line each
 *
 * The condition is of a user; it stays within its parentheses, since its own are in pairs. Used by
 * one thread.
 */
#ifndef QUERY_RECORD_OUTPUT_H
#define QUERY_RECORD_OUTPUT_H

#include <stdio.h>

#include "base/buf.h"
#include "base/engine.h"
#include "lake/lake.h"
#include "parser/place.h"

typedef enum {
    RECORD_OUTPUT_RECORD, /* those that a record is made of */
    RECORD_OUTPUT_ALL,    /* all that the table has */
} RecordOutputColumns;

/* Writes the statement whose rows are the events for which *condition*, Athena's SQL, is true
 * (empty: all). *ret_at* is where in it the condition begins. ERROR_USAGE when the condition's
 * parentheses are not in pairs. */
bool record_output_statement(RecordOutputColumns columns, Str condition, Buf *sql, size_t *ret_at,
                             Error *err) __attribute__((warn_unused_result));

/* An error of that statement speaks of the condition from now on: *culprit* is the place in it. */
void record_output_blame(Str condition, Place culprit, Error *err);

/* Writes the rows of that statement's *result*, RECORD_OUTPUT_RECORD, which it ends; *ret_rows* is
 * their number. *rows_max* as OutputStyle has it. */
bool record_output_write(const Lake *lake, EngineResult *result, uint64_t rows_max, FILE *out,
                         uint64_t *ret_rows, Error *err) __attribute__((warn_unused_result));

#endif
