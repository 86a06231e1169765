/* trail_question.h - what AWS is asked about a trail, one call each.
 *
 * A question is a row: which service, by which protocol, with which words, and how its answer
 * becomes the JSON that AWS's CLI prints of it. trail_ask.c asks them all; a TrailAnswer is one
 * that is under way or answered. All of one thread.
 */
#ifndef CLOUD_TRAIL_QUESTION_H
#define CLOUD_TRAIL_QUESTION_H

#include "base/json.h"
#include "base/json_write.h"
#include "cloud/aws.h"
#include "cloud/xml_json.h"

enum { TRAIL_QUESTIONS_MAX = 11 };

typedef enum {
    TRAIL_JSON,   /* POST of JSON 1.1: *what* is the target */
    TRAIL_FORM,   /* POST of the query protocol: *what* is the form */
    TRAIL_REST,   /* GET: *what* is the path */
    TRAIL_SETTING /* of the bucket: *what* is its name */
} TrailProtocol;

/* What of an answer's body is written. */
typedef enum {
    TRAIL_AS_IT_IS, /* JSON */
    TRAIL_AS_TEXT,  /* anything, as the string *member* */
    TRAIL_AS_XML,   /* the elements of *member*, wherever it is, as members */
    TRAIL_WRAPPED,  /* the same, within *member* */
    TRAIL_CAPITALS  /* a JSON object whose names get a capital letter */
} TrailForm;

typedef struct TrailQuestion {
    const char *name; /* of the answer's member */
    const char *service;
    TrailProtocol protocol;
    const char *what;
    const char *subject; /* the member of the body that names the trail; NULL: none does */
    const char *permission;
    TrailForm form;
    const char *member;
    const XmlJsonName *names;
    bool of_bucket;
} TrailQuestion;

extern const TrailQuestion TRAIL_QUESTION_CALLER, TRAIL_QUESTION_REGIONS, TRAIL_QUESTION_TRAILS;

/* Of a trail, of a region; the last one's name is NULL. */
extern const TrailQuestion TRAIL_QUESTIONS[], TRAIL_QUESTIONS_REGION[];

/* Whom a question is about; texts that do not matter are empty. */
typedef struct TrailSubject {
    Str region, arn, bucket;
} TrailSubject;

typedef struct TrailAsker {
    Aws *aws;
    RequestLine *line;
} TrailAsker;

/* One call. *trouble* is why it could not be made. */
typedef struct TrailAnswer {
    const TrailQuestion *question;
    Endpoint endpoint;
    Buf body;
    RequestCall *call;
    Error trouble;
} TrailAnswer;

/* Starts to ask; the caller frees the answer. What keeps it from being asked is its *trouble*. */
void trail_question_start(TrailAsker *asker, const TrailQuestion *question, TrailSubject subject,
                          TrailAnswer *ret);

/* Waits for the answer and writes it as the member of its question, or {"refused": TEXT}. */
void trail_question_write(TrailAsker *asker, TrailAnswer *answer, JsonWriter *to);

/* Waits for the answer; what would be written, in *arena*. NULL with *err* when it was refused. */
const Json *trail_question_json(TrailAsker *asker, TrailAnswer *answer, Arena *arena, Error *err)
    __attribute__((warn_unused_result));

/* Frees what it holds; one that was never started is fine. */
void trail_question_free(TrailAnswer *answer);

#endif
