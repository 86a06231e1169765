/* guard.h - the rules that a few members of records can refute, by their distinct texts.
 * Internal to matcher.c.
 *
 * Of a rule that they leave open only what they do not answer remains to be asked.
 *
 * Texts that differ in what no rule looks at share a list (guard_class.h). Texts are known by a
 * keyed hash of 128 bits alone, so that a hundred thousand identities fit into a few MiB and nobody
 * outside can make two of them alike. One worker owns a Guard. */
#ifndef DETECT_GUARD_H
#define DETECT_GUARD_H

#include "detect/ruleset.h"

enum { GUARD_SLOTS_MAX = 4 };

/* The rules that a text leaves open. */
typedef struct GuardList {
    const Rule *const *rules; /* first those that match whatever else the event holds */
    const Expr *const *left;  /* what is left to ask of each of them; of the first nothing */
    uint32_t certain, count;
    /* Answers to what was added besides its rules: bits by number, worked out when they are asked
     * for. */
    uint64_t *known, *yes;
} GuardList;

typedef struct Guard Guard;

/* A guard of *slots* (*slot_count* of them, texts, or S_READ_ONLY) without rules. NULL with *err*.
 */
Guard *guard_new(const Slot *slots, unsigned slot_count, Error *err)
    __attribute__((warn_unused_result));
void guard_free(Guard *guard);

/* Adds a rule; all are added before the first look. */
bool guard_add(Guard *guard, const Rule *rule, Error *err) __attribute__((warn_unused_result));
size_t guard_count(const Guard *guard);

/* Notes a rule of another guard, which this one can refute, too, or an item that its members
 * decide; returns its number here. Before the first look. */
uint32_t guard_add_veto(Guard *guard, const Rule *rule);
uint32_t guard_add_item(Guard *guard, const Expr *item);

/* Whether the members that *list* stands for refute *rule*, or decide that *item* holds, whose
 * number here is *number*; *document* holds the record. */
bool guard_vetoes(const Guard *guard, const GuardList *list, uint32_t number, const Rule *rule,
                  Document *document);
bool guard_item_holds(const GuardList *list, uint32_t number, const Expr *item, Document *document);

/* All its rules, const Rule * each; the set of its members. */
const Buf *guard_rules(const Guard *guard);
uint64_t guard_slots(const Guard *guard);

/* The rules that *view*, which *document* holds, leaves open. *number* counts the parser's records:
 * `same` of a view speaks of the one before, which may not have been looked at. NULL with *err*:
 * memory. */
const GuardList *guard_look(Guard *guard, const RecordView *view, uint64_t number,
                            Document *document, Error *err);

#endif
