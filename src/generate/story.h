/* story.h - what happened in the made-up organisation: a night's attack and a morning's outage.
 *
 * The attack: a stolen key is used from another country: recon with refusals, a policy attached to
 * itself, a new access key, an IAM change off-hours, logging stopped, buckets read in bulk. The
 * outage: production instances are stopped by a role whose chain leads back to a person. All ids
 * follow from the seed.
 */
#ifndef GENERATE_STORY_H
#define GENERATE_STORY_H

#include "generate/trail.h"

/* One thing that was planted; texts live as long as the Story. */
typedef struct StoryItem {
    int64_t time_us;  /* of the first */
    int64_t until_us; /* of the last */
    const char *account;
    const char *region;
    const char *principal;  /* ARN */
    const char *event_name; /* of the first */
    int name_count;         /* how many different calls, made in turn */
    const char *error_code; /* that all ended with; NULL: they worked */
    char event_id[37];      /* of the first, where there are several */
    int count;
    const char *sentence;
} StoryItem;

typedef struct Story Story;

/* Plants the story in *trail* and adds to *report*. NULL with *err*. The caller frees. */
Story *story_plant(const Trail *trail, const TrailOptions *options, TrailReport *report, Error *err)
    __attribute__((warn_unused_result));
void story_free(Story *story);

/* What was planted, in the order of time. */
size_t story_count(const Story *story);
const StoryItem *story_item(const Story *story, size_t index);

#endif
