/* finding_resource.h - what the events of a finding touched: a bucket, a key, an instance.
 *
 * signal -> [finding_resource] -> finding_resources of the state -> ASFF's Resources, SQL
 *
 * Which members of requestParameters name a resource, of which type and by which ARN, is one table.
 * A finding lists at most FINDING_RESOURCES_MAX. Called inside the caller's transaction.
 */
#ifndef FINDINGS_FINDING_RESOURCE_H
#define FINDINGS_FINDING_RESOURCE_H

#include "base/arena.h"
#include "base/db.h"
#include "findings/story.h"

enum { FINDING_RESOURCES_MAX = 32 };

/* What is looked at of an event; texts may be empty. */
typedef struct FindingCall {
    Str account, region, event_source;
    Str request; /* requestParameters as JSON */
} FindingCall;

/* Adds the resources of a call to the finding *id*; a request that cannot be read has none. */
bool finding_resource_add(Db *db, Str id, const FindingCall *call, Error *err)
    __attribute__((warn_unused_result));

/* Adds one resource. */
bool finding_resource_put(Db *db, Str id, const StoryResource *resource, Error *err)
    __attribute__((warn_unused_result));

/* *heir* takes over what is listed for *other*: resources and what is related. */
bool finding_resource_move(Db *db, const char *heir, const char *other, Error *err)
    __attribute__((warn_unused_result));

/* The resources of the finding *id*, into *arena*; their number, at most FINDING_RESOURCES_MAX. */
bool finding_resource_list(Db *db, Str id, Arena *arena, StoryResource **ret, size_t *ret_count,
                           Error *err) __attribute__((warn_unused_result));

enum { FINDING_RESOURCE_PATH_BYTES = 128 };

/* Where resources of a type come from. */
typedef struct FindingResourcePath {
    char path[FINDING_RESOURCE_PATH_BYTES]; /* of the record */
    const char *before; /* of a name that became an ARN, what stands before it, behind the fifth
                           colon; NULL: it is as it came */
} FindingResourcePath;

/* The first place of *type* at *index* or behind, which becomes its index; false: there is none. */
bool finding_resource_path(Str type, size_t *index, FindingResourcePath *ret);

#endif
