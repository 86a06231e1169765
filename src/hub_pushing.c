#include "hub_pushing.h"

#include <string.h>

#include "base/mem.h"
#include "findings/severity.h"
#include "lake/layout.h"
#include "sources_aws.h"

enum { ACCOUNT_DIGITS = 12 };

struct HubPushing {
    Aws *aws;
    HubPush *push; /* NULL: it is not on */
    char state[LAYOUT_PATH_BYTES];
};

bool hub_pushing_is_on(const Config *config)
{
    return strcmp(config_text(config, CONFIG_HUB_PUSH), "true") == 0;
}

static bool check_account(Str account, Error *err)
{
    bool digits = true;
    for (size_t i = 0; i < account.len; i++)
        digits = digits && account.ptr[i] >= '0' && account.ptr[i] <= '9';
    return !account.len || (digits && account.len == ACCOUNT_DIGITS) ||
           error_set(err, ERROR_USAGE, "securityhub.account is 12 digits, not '%.*s'",
                     STR_ARG(str_slice(account, 0, 40)));
}

static bool open_push(HubPushing *pushing, const Config *config, Error *err)
{
    const SourcesAwsOptions own = {.profile = config_text(config, CONFIG_HUB_PROFILE)};
    HubPushOptions options = {
        .state = pushing->state,
        .region = str_of(config_text(config, CONFIG_HUB_REGION)),
        .account = str_of(config_text(config, CONFIG_HUB_ACCOUNT)),
        .severity_min = severity_of_label(str_of(config_text(config, CONFIG_HUB_SEVERITY)))};
    if (!check_account(options.account, err))
        return false;
    pushing->aws = sources_aws_configured(config, "securityhub", &own, false, err);
    options.aws = pushing->aws;
    pushing->push = pushing->aws ? hub_push_open(&options, err) : NULL;
    return pushing->push != NULL;
}

HubPushing *hub_pushing_open(const Config *config, const char *folder, Error *err)
{
    HubPushing *pushing = mem_calloc(1, sizeof *pushing, err);
    if (!pushing)
        return NULL;
    if (layout_path(pushing->state, err, folder, "state.db") &&
        (!hub_pushing_is_on(config) || open_push(pushing, config, err)))
        return pushing;
    hub_pushing_free(pushing);
    return NULL;
}

void hub_pushing_free(HubPushing *pushing)
{
    if (!pushing)
        return;
    hub_push_free(pushing->push);
    aws_free(pushing->aws);
    mem_free(pushing);
}

bool hub_pushing_step(void *context, bool *ret_more, Error *err)
{
    HubPushing *pushing = context;
    *ret_more = false;
    return !pushing->push || hub_push_step(pushing->push, ret_more, err);
}

HubPush *hub_pushing_push(HubPushing *pushing)
{
    return pushing->push;
}
