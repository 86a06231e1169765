/* object_list.h - the log objects that a source holds, in the order in which they are read.
 *
 * [collect] -> decode. Filled by one thread, then only read. Order: by the day in the key across
 * accounts and regions, in a day those of its first minutes first, then by key, so that a part
 * covers few days; objects without a day come first. Names are kept once per folder, so that
 * 300,000 local ones fit into 32 MiB, and as many of S3 into 50.
 */
#ifndef COLLECT_OBJECT_LIST_H
#define COLLECT_OBJECT_LIST_H

#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

enum { OBJECT_DAY_NONE = INT32_MIN, OBJECTS_MAX = 20000000, OBJECT_ETAG_BYTES = 64 };

/* What came without a place that it lies at. */
typedef struct ObjectCarried {
    Str bytes;
    const char *refusal; /* why nothing of it can be stored; NULL: they are events */
} ObjectCarried;

typedef struct ObjectRef {
    const char *folder; /* without trailing slash; shared by its objects */
    const char *name;
    const char *etag;             /* without quotes; NULL: a local file */
    const ObjectCarried *carried; /* NULL: the bytes lie where the name says */
    uint64_t bytes;
    int64_t modified_ns;
    int32_t day; /* of delivery, from the key; OBJECT_DAY_NONE when it has none */
    bool early;  /* delivered in the first minutes of a day: holds events of the day before, too */
} ObjectRef;

typedef struct ObjectList ObjectList;

/* An empty list; the caller frees with object_list_free. */
ObjectList *object_list_new(Error *err) __attribute__((warn_unused_result));
void object_list_free(ObjectList *list);

/* Adds an object by its absolute path. ERROR_LIMIT beyond OBJECTS_MAX. */
bool object_list_add(ObjectList *list, const char *path, uint64_t bytes, int64_t modified_ns,
                     Error *err) __attribute__((warn_unused_result));

/* Adds an object of S3 by its name "s3://BUCKET/KEY". */
bool object_list_add_remote(ObjectList *list, const char *uri, Str etag, uint64_t bytes,
                            int64_t modified_us, Error *err) __attribute__((warn_unused_result));

/* Adds what is at hand already by a name: "sqs://QUEUE/MESSAGE" of what messages of a queue
 * carried,
 * "-/HASH" of standard input, and as page_source.h says; its etag is made of the bytes. *refusal*
 * as in ObjectCarried. Both texts are copied. */
bool object_list_add_carried(ObjectList *list, const char *uri, Str bytes, const char *refusal,
                             Error *err) __attribute__((warn_unused_result));

/* The etag of carried *bytes*. */
void object_list_carried_etag(Str bytes, char ret[OBJECT_ETAG_BYTES]);

/* Brings the list into its order and removes paths that were added twice. */
void object_list_sort(ObjectList *list);

/* How many there are, and one of them. */
size_t object_list_count(const ObjectList *list);
const ObjectRef *object_list_at(const ObjectList *list, size_t index);

/* Removes the objects for which *keep* is false, keeping the order. */
void object_list_filter(ObjectList *list, bool (*keep)(const ObjectRef *object, void *context),
                        void *context);

/* Writes the object's path into *ret* (emptied first), with a NUL behind it. */
bool object_list_path(const ObjectRef *object, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

/* What tells one version of the object from another: S3's etag; of carried bytes their hash; of a
 * local file its size and time of change, so that a changed copy is read again. */
void object_list_etag(const ObjectRef *object, char ret[OBJECT_ETAG_BYTES]);

/* The same of a local file that was looked at again. */
void object_list_file_etag(uint64_t bytes, int64_t modified_ns, char ret[OBJECT_ETAG_BYTES]);

/* Where it is from, as the state's column `source` says it: "file", "s3", "sqs",
 * "stdin", "cloudtrail", "logs" or "firehose".
 */
Str object_list_source(const ObjectRef *object);

/* Forgets all objects. */
void object_list_clear(ObjectList *list);

/* The day in a key: "/2026/11/24/" before the file's name, else "_20261124T" in it ("CloudTrail
 * event record", section 1.1). OBJECT_DAY_NONE when there is neither. */
int32_t object_list_day(Str path);

/* Whether the time in an object's name ("_20261124T0005Z", ibid.) is within the first quarter of an
 * hour of a day; CloudTrail delivers an event within about that time. False without a time. */
bool object_list_is_early(Str path);

#endif
