/* lineage_words.h - what is said of a node, an event, a gap: lines of text for every drawing.
 *
 * lineage_tree -> [lineage_words] -> lineage_text, lineage_dot, lineage_svg
 *
 * A line ends with '\n' and holds nothing but printable text (lineage_put.h). One thread.
 */
#ifndef LINEAGE_WORDS_H
#define LINEAGE_WORDS_H

#include "lineage/lineage_put.h"
#include "lineage/lineage_who.h"

/* "mina.park (person; by ...)": who a node is, without a line's end. */
void lineage_words_name(LineagePut *to, const LineageNode *node);

/* Its first line: who it is; and its key. */
void lineage_words_title(LineagePut *to, const LineageNode *node);

/* How it came from its parent, what is missing above it, notes, and what it did: a line each.
 * *actions_max* of what it did are listed. */
void lineage_words_details(LineagePut *to, const LineageNode *node, unsigned actions_max);

/* "2026-10-31 06:55:00 UTC AssumeRole from 198.51.100.24 in us-east-1, event ..." */
void lineage_words_event(LineagePut *to, const LineageEvent *event);

/* What is missing above *node*, without a line's end. */
void lineage_words_gap(LineagePut *to, const LineageGap *gap);

/* Who stands behind an entry, in a line. */
void lineage_words_verdict(LineagePut *to, const LineageTree *tree);

/* The line above an entry of a list: its event or its calls. */
void lineage_words_entry(LineagePut *to, const LineageAnswer *answer, const LineageEntry *entry);

/* What the calls say of an instance's end: a line each. */
void lineage_words_story(LineagePut *to, const LineageStory *story);

#endif
