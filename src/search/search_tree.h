/* search_tree.h - what a search asks for, as a tree whose parts know where they stand in its text.
 *
 * text -> search_parse -> [tree] -> search_sql. Trees live in an arena and are only read once made.
 */
#ifndef SEARCH_SEARCH_TREE_H
#define SEARCH_SEARCH_TREE_H

#include "parser/place.h"

typedef enum {
    SEARCH_ALL, /* every event */
    SEARCH_AND,
    SEARCH_OR,
    SEARCH_NOT,
    SEARCH_TEST,   /* some value of `field` passes `test` */
    SEARCH_WITHIN, /* one object at `field` is as `first` says, whose fields are its members */
} SearchKind;

typedef enum {
    SEARCH_EXISTS,  /* any value that is not null */
    SEARCH_EQUAL,   /* `text`; of no field: its words, in a value */
    SEARCH_GLOB,    /* `text` with * and ?, which a backslash protects, as it does itself */
    SEARCH_REGEX,   /* `text` fits the whole value */
    SEARCH_RANGE,   /* between `low` and `high` */
    SEARCH_NETWORK, /* an address within `text`, or that text */
} SearchTestKind;

/* An end of a range; nothing is asked when it is not there. */
typedef struct SearchBound {
    bool there, included;
    Str text;
} SearchBound;

typedef struct SearchTest {
    SearchTestKind kind;
    Str text;
    SearchBound low, high;
} SearchTest;

typedef enum {
    SEARCH_NO_FIELD,  /* words in any value of the record */
    SEARCH_ANY_FIELD, /* "*:": a whole value, of any field */
    SEARCH_FIELD,
} SearchWhere;

typedef struct SearchNode SearchNode;
struct SearchNode {
    SearchKind kind;
    Place place;
    SearchNode *first; /* operands; of NOT and WITHIN one */
    SearchNode *next;  /* of the same parent */
    SearchWhere where; /* TEST */
    Str field;         /* names parted by dots */
    SearchTest test;
};

#endif
