/* guard.h - the rules that one member of records, or two, can refute, by its distinct texts.
 * Internal to matcher.c. One worker owns a Guard. */
#ifndef DETECT_GUARD_H
#define DETECT_GUARD_H

#include "detect/ruleset.h"

enum { GUARD_SLOTS_MAX = 2 };

/* The rules that a text leaves open. */
typedef struct GuardEntry {
    uint64_t hash;
    Str key;
    const Rule *const *rules; /* first those that match whatever else the event holds */
    uint32_t certain, count;
} GuardEntry;

typedef struct Guard Guard;

/* A guard of *slots* (*slot_count* of them) without rules. NULL with *err*. */
Guard *guard_new(const Slot *slots, unsigned slot_count, Error *err)
    __attribute__((warn_unused_result));
void guard_free(Guard *guard);

/* Adds a rule; all are added before the first look. */
bool guard_add(Guard *guard, const Rule *rule, Error *err) __attribute__((warn_unused_result));
size_t guard_count(const Guard *guard);

/* All its rules, const Rule * each; the set of its members. */
const Buf *guard_rules(const Guard *guard);
uint64_t guard_slots(const Guard *guard);

/* Forgets which record was looked at last. */
void guard_forget(Guard *guard);

/* The rules that *view*, which *document* holds, leaves open. NULL with *err*: memory. */
const GuardEntry *guard_look(Guard *guard, const RecordView *view, Document *document, Error *err);

#endif
