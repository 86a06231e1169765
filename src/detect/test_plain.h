/* test_plain.h - tests in the meaning of filter patterns and event patterns. Internal to detect.
 *
 * "CloudWatch Logs filter patterns", A4.1, and "EventBridge event patterns", B1 and B2. In a filter
 * pattern only scalars fit, null only IS NULL; numbers and booleans have their text; what is not
 * there fits nothing but NOT EXISTS. In an event pattern any leaf of nested arrays may fit, texts
 * are no numbers, and null is a value.
 */
#ifndef DETECT_TEST_PLAIN_H
#define DETECT_TEST_PLAIN_H

#include "detect/test.h"

/* Whether the values at *path* pass; *path* NULL: the event's text does. */
bool test_plain_holds(const Test *test, const FieldPath *path, Document *document);

/* Whether a leaf of *value*, gone through arrays, passes the test of an event pattern. */
bool test_plain_leaf(const Test *test, const Json *value, Document *document);

#endif
