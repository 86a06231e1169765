/* athena_cases.h - cases of Athena's SQL as plain text (text_cases.h), over tables without rows:
 *   => a | b; c | d   the answer (athena.h)
 *   -> SELECT ...     the engine's SQL
 *   !! line 1:8: ...  the error
 */
#ifndef TESTS_SUPPORT_ATHENA_CASES_H
#define TESTS_SUPPORT_ATHENA_CASES_H

/* The file must hold at least *cases_min* cases, and all must come out as it says. */
void assert_athena_cases(const char *path_below_tests, unsigned cases_min);

#endif
