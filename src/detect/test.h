/* test.h - what a rule or pattern asks of the values at one path.
 *
 * "sigma", sections 5 and 6: texts with wildcards, regular expressions, networks, numbers, parts of
 * dates, other fields, presence. Any of several values, any member of an array, any leaf of an
 * object or its compact text may fit. Filter patterns and event patterns mean less: see
 * test_plain.h. Made by one thread, then safe for all.
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
    TEST_NUMBERS, /* any of `numbers`; not of Sigma, as what follows */
    TEST_BETWEEN, /* as ORDER, and in the relation `upper_order` to `upper` */
} TestKind;

/* Whose rules say which values a test looks at, and as what. */
typedef enum {
    MEANING_SIGMA,
    MEANING_JSON,  /* of a CloudWatch filter pattern for JSON events */
    MEANING_WORDS, /* of one for text: a field that reads as a number is one */
    MEANING_EVENT, /* of an EventBridge event pattern */
} TestMeaning;

typedef enum { TEST_EQUAL, TEST_LESS, TEST_LESS_EQUAL, TEST_GREATER, TEST_GREATER_EQUAL } TestOrder;

typedef enum { PART_MINUTE, PART_HOUR, PART_DAY, PART_WEEK, PART_MONTH, PART_YEAR } TestPart;

typedef enum { FIELD_EQUALS, FIELD_CONTAINS, FIELD_STARTS, FIELD_ENDS } TestField;

typedef struct Test {
    TestKind kind;
    TestMeaning meaning;
    bool negated;    /* not of Sigma: a value is there and does not fit */
    bool numeric;    /* TEXT, not of Sigma: a number is compared with `number` instead */
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
    uint64_t lengths;         /* bit n: one of `exact` has n bytes, modulo 64; 0: not known */
    const Glob *const *globs; /* TEXT: those with wildcards */
    const Regex *regex;
    Network network;
    const FieldPath *other;
    const double *numbers; /* NUMBERS */
    uint32_t number_count;
    TestOrder upper_order; /* BETWEEN */
    double upper;
} Test;

/* Whether the values at *path* pass; *path* NULL: any leaf of the event does (a keyword). */
bool test_holds(const Test *test, const FieldPath *path, Document *document);

/* Whether a text passes a TEXT or REGEX test. */
bool test_text_fits(const Test *test, Str text, Document *document);

/* Whether *value* stands in the relation to *bound*. */
bool test_in_order(TestOrder order, double value, double bound);

/* The canonical text of a scalar: of a number without exponent; false for others. */
bool test_text_of(const Json *value, Buf *scratch, Str *ret);

/* A text that is a decimal number as a whole. */
bool test_number_of(Str text, double *ret, int64_t *ret_integer, bool *ret_whole);

#endif
