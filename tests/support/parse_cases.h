/* parse_cases.h - cases of the parser as plain text, so that anyone can add one.
 *
 * A case begins with "## name"; then the statement, on one or more lines; then what comes of it:
 *   => (query ...)   the whole tree as ast_dump writes it
 *   -> (call ...)    the first selected expression alone
 *   !! line 1:8: ... the error
 * Lines behind that which begin with a blank go on with it; white space counts as one blank. Lines
 * that begin with # are comments, empty lines between cases are nothing.
 */
#ifndef SUPPORT_PARSE_CASES_H
#define SUPPORT_PARSE_CASES_H

/* Runs all cases of a file below tests/, prints those that come out otherwise and fails the
 * running test if there is one, or if the file has fewer than *cases_min*. */
void assert_parse_cases(const char *path_below_tests, unsigned cases_min);

#endif
