/* story.h - a finding with all that is known of it, as formats that know findings take it.
 *
 * hunt (gather), finding_story -> [story] -> asff, ocsf
 *
 * A Story borrows all that it shows; one thread reads it.
 */
#ifndef FINDINGS_STORY_H
#define FINDINGS_STORY_H

#include <stddef.h>
#include <stdint.h>

#include "detect/rule.h"

enum { STORY_ID_BYTES = 33 };

/* One match. What the record lacks is empty. */
typedef struct StoryMatch {
    const Rule *rule;
    int64_t time_us;
    Str event_id, event_source, event_name, region, account, principal, address, error_code;
    Str object;       /* path, or s3://BUCKET/KEY */
    Str threat_lists; /* the names of those that hold the address, ", " between them */
    Str group, value; /* of a correlation: what its hits share, and what was compared */
    int64_t event;    /* its number; of a correlation that of the event that completed it */
} StoryMatch;

/* What stands between two names in StoryMatch.threat_lists. */
#define STORY_BETWEEN ", "

/* A thing that the events of a finding touched. */
typedef struct StoryResource {
    Str type; /* as ASFF names it: AwsS3Bucket */
    Str id;   /* an ARN where there is one */
    Str region;
} StoryResource;

/* Another finding, as ASFF names one. */
typedef struct StoryRelated {
    Str product_arn, id;
} StoryRelated;

/* What a store knows besides; a hunt does not. */
typedef struct StoryState {
    uint64_t count;   /* of signals, kept or not */
    int severity;     /* 0 to 100 */
    int confidence;   /* 0 to 100; -1: not known */
    bool provisional; /* more events of its time may come */
    Str workflow, record_state;
    Str note, note_author; /* the last one; empty: none */
    int64_t note_us;
    Str user_fields; /* a JSON object of texts; empty: none */
    const StoryResource *resources;
    size_t resource_count;
    const StoryRelated *related;
    size_t related_count;
    int64_t created_us, updated_us;
} StoryState;

typedef struct Story {
    const Rule *rule;
    const StoryMatch *const *matches; /* by time; at least one */
    size_t count;
    Str account;           /* 12 digits */
    Str region;            /* lower-case letters, digits and '-' */
    const char *partition; /* aws, aws-cn or aws-us-gov */
    Str subject;           /* may be empty */
    int64_t first_us, last_us;
    char id[STORY_ID_BYTES]; /* 32 hexadecimal digits */
    const StoryState *state; /* NULL: of a hunt */
} Story;

/* The text at offset *member* of a match: offsetof(StoryMatch, event_id). */
Str story_match_text(const StoryMatch *match, size_t member);

/* Fit for ARNs, whatever was recorded: *account*, else that of *principal*, else zeros; *region*,
 * else that in which global services write; the partition of a region. */
Str story_account(Str account, Str principal);
Str story_region(Str region);
const char *story_partition(Str region);

/* The rule's id, else its name, else its title. */
Str story_rule_id(const Rule *rule);

/* The finding type of GuardDuty that the rule says it resembles, or empty. */
Str story_resembles(const Rule *rule);

/* Part *number* of an ARN, from 0: 2 is the service, 4 the account, 5 what follows. Empty when
 * there is none, or *arn* is no ARN. */
Str story_arn_part(Str arn, int number);

/* Puts up to *most* different texts of the matches at *member* (story_match_text) into *ret*, in
 * the order of time, empty ones left out; returns how many. */
size_t story_texts(const Story *story, size_t member, Str *ret, size_t most);

/* The same of the names of threat lists that hold their addresses. */
size_t story_lists(const Story *story, Str *ret, size_t most);

/* The name at *from* of a text of names with STORY_BETWEEN between them, which is moved behind it;
 * empty at the end. */
Str story_next_name(Str text, size_t *from);

#endif
