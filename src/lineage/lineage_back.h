/* lineage_back.h - follows a session back to who began it, one event that handed out credentials
 * after the other.
 *
 * lineage_read -> [lineage_back] -> lineage_tree
 *
 * Such an event is found by the key that it gave out; where there is none (the console makes keys
 * of its own, an answer was omitted or hidden), by role, session name and the second in which the
 * session began; at last by what the console says of a switch. Of an AssumeRole across accounts,
 * the caller's record counts; the owner's is evidence ("cloudtrail-record", 4.4). One thread.
 */
#ifndef LINEAGE_BACK_H
#define LINEAGE_BACK_H

#include "lineage/lineage_tree.h"

/* Adds the nodes before *number*, whose `seen` says who it is, at most *depth* of them. Where no
 * event is found the node gets its gap, and who it names itself as its head. */
bool lineage_back_follow(const LineageReader *reader, LineageTree *tree, uint32_t number,
                         unsigned depth, Error *err) __attribute__((warn_unused_result));

#endif
