/* attack.h - tags of ATT&CK in the words of findings: tactics with name, id and ASFF type.
 *
 * Pure functions on tags as Sigma writes them; any thread. Techniques are told by number alone:
 * their names change with ATT&CK's versions, the numbers do not.
 */
#ifndef FINDINGS_ATTACK_H
#define FINDINGS_ATTACK_H

#include "base/str.h"

typedef struct AttackTactic {
    const char *tag;  /* "persistence" */
    const char *name; /* "Persistence" */
    const char *id;   /* "TA0003" */
    const char *type; /* of ASFF's taxonomy: "TTPs/Persistence" ("securityhub", section 1.2) */
} AttackTactic;

/* The tactic of a tag ("attack.persistence"); NULL when it is none. */
const AttackTactic *attack_tactic(Str tag);

/* The number of a technique's tag without its T ("attack.t1098.001": "1098.001"); empty when it is
 * none. */
Str attack_technique(Str tag);

/* Puts the ASFF types of the tactics among *count* tags into *ret*, each once, at most *most*;
 * returns how many. */
size_t attack_types(const Str *tags, size_t count, Str *ret, size_t most);

#endif
