/* rule_sql_place.h - where the values at a rule's path stand in the table. Internal to rule_sql. */
#ifndef DETECT_RULE_SQL_PLACE_H
#define DETECT_RULE_SQL_PLACE_H

#include "detect/rule_sql_cond.h"

typedef enum {
    PLACE_TEXT,    /* a column of text */
    PLACE_BOOLEAN, /* a column */
    PLACE_TIME,    /* eventtime */
    PLACE_JSON,    /* in the text of a JSON column, at `rest`, or all of it */
    PLACE_STRUCT,  /* a struct as a whole */
    PLACE_LIST,    /* a field of the elements of a list */
    PLACE_DERIVED, /* a member of `derived` that follows from the record alone */
    PLACE_LOOKUP,  /* a member of `derived` that lookups say of the address, or of the account */
    PLACE_NOWHERE, /* no column takes it */
    PLACE_UNKNOWN, /* SQL cannot look there: all of the event */
} PlaceKind;

typedef struct Place {
    PlaceKind kind;
    FieldNode node;
    Str sql;    /* the column */
    Str value;  /* LIST: the field of an element, which is called r; DERIVED: one that is never NULL
                 * in rows that have the column */
    Str rest;   /* JSON: the path below the column */
    Str member; /* the record's member that it is part of; empty of UNKNOWN */
    bool below; /* the path goes on below the member */
} Place;

/* The place of *path*, NULL for a keyword. What the rule reads is noted in the writer. */
Place rule_sql_place(SqlWriter *writer, const FieldPath *path);

/* Whether the engine reads more than one column to ask for *node*: a part of a struct of which no
 * column holds a copy, or a text that is long. */
bool rule_sql_place_costly(FieldNode node);

#endif
