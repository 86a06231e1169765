/* text_cases.h - cases of statements as plain text, so that anyone can add one.
 *
 * A case begins with "## name"; then the statement, on one or more lines; then its verdict, a line
 * that begins with "=> ", "-> " or "!! " and says what comes of it. Lines behind that which begin
 * with a blank go on with it; white space counts as one blank. Lines that begin with # are
 * comments, empty lines between cases are nothing.
 */
#ifndef TESTS_SUPPORT_TEXT_CASES_H
#define TESTS_SUPPORT_TEXT_CASES_H

#include "base/buf.h"

/* Appends what came of *sql*, as its verdict ('=', '-' or '!') shows it. */
typedef void (*TextCaseRun)(Str sql, char verdict, Buf *out);

/* Runs all cases of a file and fails when one comes out otherwise, or when there are fewer than
 * *cases_min*. */
void assert_text_cases(const char *path_below_tests, unsigned cases_min, TextCaseRun run);

/* Appends *text*, runs of white space as one blank. */
void text_cases_fold(Buf *out, Str text);

#endif
