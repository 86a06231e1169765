/* finding_story.h - a stored finding with all that the store knows of it, and as ASFF.
 *
 * state -> [finding_story] -> asff, ocsf -> findings export, rules for findings, Security Hub
 */
#ifndef FINDINGS_FINDING_STORY_H
#define FINDINGS_FINDING_STORY_H

#include "base/arena.h"
#include "base/json.h"
#include "findings/finding.h"
#include "findings/story.h"

/* Loads the finding that *id* means (finding_get) and its story into *arena*: its events (one
 * without words where none is kept), resources, last note, and what is related. An imported one has
 * what its product said. */
bool finding_story_load(Db *db, Str id, Arena *arena, Finding *ret_finding, Story *ret, Error *err)
    __attribute__((warn_unused_result));

/* Appends a finding as ASFF; an imported one as its product gave it, but for what people and rules
 * made of it. */
bool finding_story_asff(const Finding *finding, const Story *story, Arena *arena, Buf *out,
                        Error *err) __attribute__((warn_unused_result));

/* Both at once. */
bool finding_story_document(Db *db, Str id, Arena *arena, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* Calls *take* with each finding's ASFF, which lives during the call, in the order of finding_each;
 * false of *take* ends with *err*. */
typedef bool (*FindingStoryTake)(void *context, Str id, const Json *finding, Error *err);
bool finding_story_each(Db *db, const FindingQuery *query, FindingStoryTake take, void *context,
                        Error *err) __attribute__((warn_unused_result));

#endif
