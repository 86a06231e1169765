/* written.h - the text that a test's subject writes, and how often words stand in it. */
#ifndef SUPPORT_WRITTEN_H
#define SUPPORT_WRITTEN_H

#include "support/support.h"

/* Where the subject writes; fresh for each test that has written_begin and written_end around it.
 */
extern Buf written;
int written_begin(void **state);
int written_end(void **state);

/* A test with them. */
#define WRITTEN_TEST(test) cmocka_unit_test_setup_teardown(test, written_begin, written_end)

/* How often *words* stand in it. */
unsigned written_count(const char *words);

/* Where they stand first, counted from its beginning; its length when they do not. */
size_t written_at(const char *words);

#endif
