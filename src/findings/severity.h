/* severity.h - how bad a finding is: Sigma's levels, ASFF's labels, a number from 0 to 100
 * ("Security Hub", section 1.3).
 */
#ifndef FINDINGS_SEVERITY_H
#define FINDINGS_SEVERITY_H

#include "detect/rule.h"

/* ASFF's labels, as choices of an option. */
#define SEVERITY_LABELS "INFORMATIONAL|LOW|MEDIUM|HIGH|CRITICAL"

/* The number of a level: 0, 1, 40, 70, 90; 0 of none. */
int severity_of_level(RuleLevel level);

/* The level whose band holds a number, and the label of it. Never NULL. */
RuleLevel severity_level(int severity);
const char *severity_label(int severity);

/* The number of a label; -1 when it is none. */
int severity_of_label(Str label);

/* The least number of the band behind that of *severity*: 101 behind CRITICAL. */
int severity_next_band(int severity);

#endif
