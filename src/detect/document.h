/* document.h - an event as rules see it: values by path, read only when a rule asks.
 *
 * decode -> derive -> [detect]
 *
 * Either a JSON tree, or a record's view of which only the members that are asked for become
 * trees. Paths follow "sigma", section 13: an exact member first, then every way to cut the path at
 * its dots; arrays are gone through. One thread owns a Document.
 */
#ifndef DETECT_DOCUMENT_H
#define DETECT_DOCUMENT_H

#include "base/json.h"
#include "decode/record.h"
#include "detect/regex.h"

typedef struct Document Document;

typedef struct Step Step;

/* A path of a rule: "userIdentity.sessionContext.sessionIssuer.arn". */
typedef struct FieldPath {
    Str text;
    Slot slot;        /* of its first segment, SLOT_NONE when that is no member of a record */
    uint32_t segment; /* bytes of the first segment; text.len when it is the only one */
    uint64_t needs;   /* members of the record whose texts decide what is there; 0: not only they */
    const Step *steps; /* of an exact path (steps.h); NULL: the text is the path */
    uint32_t step_count;
} FieldPath;

enum { DOCUMENT_FOUND_MAX = 256, DOCUMENT_DEPTH_MAX = 64 };

/* What stands at a path: several values where it goes through arrays. */
typedef struct Found {
    const Json *values[DOCUMENT_FOUND_MAX];
    uint32_t count;
} Found;

/* A document without an event. NULL with *err*. */
Document *document_new(Error *err) __attribute__((warn_unused_result));
void document_free(Document *document);

/* The event is *root*, or *view*; both are borrowed until the next one. */
void document_set_tree(Document *document, const Json *root);
void document_set_view(Document *document, const RecordView *view);

/* As document_set_view, of the parser's record behind the one that was set last: what `same` says
 * is the same is not read again. */
void document_set_next(Document *document, const RecordView *view);

/* Gives the member `derived` of the event under way, JSON text that lives until the next event; it
 * is asked at most once an event, and only if a rule asks. */
typedef Str (*DocumentDerive)(void *context, Document *document);
void document_set_derive(Document *document, DocumentDerive derive, void *context);

/* A path in *arena*; NULL with *err*. */
const FieldPath *document_path(Str text, Arena *arena, Error *err)
    __attribute__((warn_unused_result));

/* The event's own member of exactly this name; NULL when there is none. */
const Json *document_member(Document *document, Str name);

/* The values at *path*, exact or not. */
void document_find(Document *document, const FieldPath *path, Found *ret);

/* The first text or number at *path*, as it is written; empty when there is none. It lives until
 * the next event. */
Str document_text(Document *document, Str path);

/* The whole event as a tree; NULL when memory ran out. */
const Json *document_root(Document *document);

/* The known members whose paths are touched by what no column takes ("errorCode": null, a member
 * called "userIdentity.arn"): their slots say less than the event. */
uint64_t document_touched(Document *document);

/* Memory of the event under way, for tests on its values; *scratch* is emptied. */
Arena *document_arena(Document *document);
Buf *document_scratch(Document *document);

/* *text* in lower case (fold.h); it lives until the next call. */
Str document_fold(Document *document, Str text);

/* Memory for regular expressions. */
RegexScratch *document_regex(Document *document);

#endif
