/* hub_pushing.h - Security Hub as the configuration says: securityhub.*. */
#ifndef HUB_PUSHING_H
#define HUB_PUSHING_H

#include "base/config.h"
#include "notify/hub_push.h"

typedef struct HubPushing HubPushing;

/* Whether findings are to be given to it. */
bool hub_pushing_is_on(const Config *config);

/* For the lake whose folder is *folder*; when it is not on, one whose steps do nothing. NULL with
 * *err*: ERROR_USAGE for an account that is none. The caller frees. */
HubPushing *hub_pushing_open(const Config *config, const char *folder, Error *err)
    __attribute__((warn_unused_result));
void hub_pushing_free(HubPushing *pushing);

/* A ScheduleJob's run: hub_push_step. */
bool hub_pushing_step(void *pushing, bool *ret_more, Error *err)
    __attribute__((warn_unused_result));

/* Who sends; NULL when it is not on. */
HubPush *hub_pushing_push(HubPushing *pushing);

#endif
