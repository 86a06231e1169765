/* test.h - what a rule asks of the values at one path, in the meaning of Sigma.
 *
 * "sigma", sections 5 and 6: texts with wildcards, regular expressions, networks, numbers, parts of
 * dates, other fields, presence. Any of several values, any member of an array, any leaf of an
 * object or its compact text may fit. Made by one thread, then safe for all.
 */
#ifndef DETECT_TEST_H
#define DETECT_TEST_H

#include "detect/document.h"
#include "detect/glob.h"
#include "detect/network.h"
#include "detect/regex.h"

typedef enum {
    TEST_TEXT,    /* any of `exact` and `globs` */
    TEST_REGEX,   /* `regex` is found */
    TEST_NETWORK, /* an address within `network` */
    TEST_NUMBER,  /* equals `number` */
    TEST_ORDER,   /* a number in the relation `order` to `number` */
    TEST_PART,    /* the part `part` of a date, in the relation `order` to `number` */
    TEST_BOOLEAN, /* is `boolean` */
    TEST_NULL,    /* nothing is there, or null */
    TEST_EXISTS,  /* something is there (null, too), if `boolean`; else nothing is */
    TEST_FIELD,   /* the values at `other` */
} TestKind;

typedef enum { TEST_EQUAL, TEST_LESS, TEST_LESS_EQUAL, TEST_GREATER, TEST_GREATER_EQUAL } TestOrder;

typedef enum { PART_MINUTE, PART_HOUR, PART_DAY, PART_WEEK, PART_MONTH, PART_YEAR } TestPart;

typedef enum { FIELD_EQUALS, FIELD_CONTAINS, FIELD_STARTS, FIELD_ENDS } TestField;

typedef struct Test {
    TestKind kind;
    bool folded;     /* TEXT, FIELD: case is ignored */
    bool boolean;    /* BOOLEAN, EXISTS */
    TestOrder order; /* ORDER, PART */
    TestPart part;   /* PART */
    TestField field; /* FIELD */
    double number;   /* NUMBER, ORDER, PART */
    bool whole;      /* the number is `integer` */
    int64_t integer;
    const Str *exact; /* TEXT: sorted, in lower case if folded */
    uint32_t exact_count, glob_count;
    const Glob *const *globs; /* TEXT: those with wildcards */
    const Regex *regex;
    Network network;
    const FieldPath *other;
} Test;

/* Whether the values at *path* pass; *path* NULL: any leaf of the event does (a keyword). */
bool test_holds(const Test *test, const FieldPath *path, Document *document);

/* The canonical text of a scalar: of a number without exponent; false for others. */
bool test_text_of(const Json *value, Buf *scratch, Str *ret);

/* A text that is a decimal number as a whole. */
bool test_number_of(Str text, double *ret, int64_t *ret_integer, bool *ret_whole);

#endif
