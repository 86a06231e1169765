/* lineage_who.h - answers "who was it?" of a key, an event, an ARN, an instance or an address.
 *
 * question -> [lineage_who] -> lineage_back, lineage_forward, lineage_instance -> drawing
 *
 * One thread; an answer lives in the reader's arena.
 */
#ifndef LINEAGE_WHO_H
#define LINEAGE_WHO_H

#include "lineage/lineage_instance.h"
#include "lineage/lineage_tree.h"

typedef enum {
    LINEAGE_ASK_KEY,
    LINEAGE_ASK_EVENT,
    LINEAGE_ASK_PRINCIPAL, /* ARN of a user, an account's root or a session */
    LINEAGE_ASK_ROLE,      /* ARN of a role: its sessions */
    LINEAGE_ASK_INSTANCE,
    LINEAGE_ASK_ADDRESS,
    LINEAGE_ASKS
} LineageAskKind;

extern const char *const LINEAGE_ASK_WORDS[LINEAGE_ASKS];

/* What *text* is; LINEAGE_ASKS: nothing of that. */
LineageAskKind lineage_who_kind(Str text);

/* One thing that was found, and who was behind it. */
typedef struct LineageEntry {
    LineageTree *tree;           /* its first node is the caller of it */
    const LineageEvent *event;   /* what it is about; NULL: the caller's calls */
    const LineageCaller *caller; /* of a list of callers; NULL */
    uint32_t act;                /* of an instance: the act in the story; LINEAGE_NONE */
} LineageEntry;

typedef struct LineageAnswer {
    LineageAskKind kind;
    Str asked;
    LineageEntry *entries;
    size_t count;
    bool more;                 /* than --max shows */
    const LineageStory *story; /* of an instance; NULL */
} LineageAnswer;

typedef struct LineageQuestion {
    Str text;
    unsigned depth; /* steps back, and forward */
    unsigned max;   /* of each list */
} LineageQuestion;

/* ERROR_USAGE when the question is of no kind that is known; ERROR_INPUT when nothing in the lake
 * has to do with it. */
bool lineage_who_ask(const LineageReader *reader, const LineageQuestion *question,
                     LineageAnswer *ret, Error *err) __attribute__((warn_unused_result));

#endif
