/* tree_memo.h - trees of texts that come again: identities, of which a few callers have most.
 *
 * A table of the latest texts, one a place; all is forgotten when its memory is full. One worker
 * owns a TreeMemo.
 */
#ifndef DETECT_TREE_MEMO_H
#define DETECT_TREE_MEMO_H

#include "base/json.h"
#include "decode/record.h"

typedef struct TreeMemo TreeMemo;

/* An empty memo; NULL with *err*. */
TreeMemo *tree_memo_new(Error *err) __attribute__((warn_unused_result));
void tree_memo_free(TreeMemo *memo);

/* The tree of *text*, JSON: valid until another text is asked for after tree_memo_settle. NULL when
 * it is no JSON, or too long to be kept. *number* is the text's RecordView.identity, or 0. */
const Json *tree_memo_read(TreeMemo *memo, uint64_t number, Str text);

/* Between two events: makes room if there is need; true when all trees are gone by that. */
bool tree_memo_settle(TreeMemo *memo);

#endif
