#include "setup.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/log.h"
#include "findings/automation.h"
#include "lake/ledger_head.h"
#include "sources_aws.h"

enum { WAIT_US = 600 * 1000 * 1000 };

static void say_waiting(const char *holder)
{
    log_tell(LOG_INFO, NULL, "waiting for another writer: %s", holder);
}

bool setup_lake_aws(Lake *lake, const Config *config, Error *err)
{
    if (lake->aws)
        return true;
    Aws *aws = sources_aws_configured(config, NULL, NULL, false, err);
    lake_use_aws(lake, aws);
    return aws != NULL;
}

static void tell_untold(const char *why)
{
    log_tell(LOG_WARN, NULL, "the ledger's head is not told outside yet: %s", why);
}

static bool open_heads(Lake *lake, const Config *config, Error *err)
{
    const LedgerHeadOptions options = {.place = config_text(config, CONFIG_LEDGER_HEAD),
                                       .lock_days = config_number(config, CONFIG_LEDGER_LOCK),
                                       .ca_file = config_text(config, CONFIG_AWS_CA),
                                       .untold = tell_untold};
    return (!depot_is_remote(options.place) || setup_lake_aws(lake, config, err)) &&
           ledger_head_open(lake, &options, err);
}

static void tell_automation(const char *why)
{
    log_tell(LOG_WARN, NULL, "rules for findings: %s; those from before stay in force", why);
}

static bool open_automation(Lake *lake, const Config *config, Error *err)
{
    const char *path = config_text(config, CONFIG_FINDINGS_RULES);
    lake->automation = automation_open(path, tell_automation, err);
    return lake->automation != NULL;
}

/* What the configuration says of places outside of the lake; heads are a writer's. */
static bool set_up(Lake *lake, const Config *config, Error *err)
{
    const char *originals = config_text(config, CONFIG_KEEP_ORIGINALS);
    return (!depot_is_remote(originals) || setup_lake_aws(lake, config, err)) &&
           lake_keep_originals(lake, originals, config_number(config, CONFIG_KEEP_LOCK), err) &&
           (!lake->ledger || (open_heads(lake, config, err) && open_automation(lake, config, err)));
}

Lake *setup_lake(const CommandLine *line, LakeMode mode, Error *err)
{
    const Config *config = command_config(line);
    const char *folder = config_text(config, CONFIG_LAKE_FOLDER);
    Lake *lake = mode == LAKE_READ ? lake_open(folder, mode, err)
                                   : lake_open_waiting(folder, mode, WAIT_US, say_waiting, err);
    if (!lake)
        error_context(err, "lake '%s' (set by %s)", folder,
                      config_source(config, CONFIG_LAKE_FOLDER));
    if (!lake || set_up(lake, config, err))
        return lake;
    lake_close(lake);
    return NULL;
}

PublishPolicy setup_policy(const CommandLine *line)
{
    const Config *config = command_config(line);
    PublishPolicy policy = PUBLISH_POLICY_DEFAULT;
    policy.age_max_ms = config_number(config, CONFIG_LAKE_KEEP) / 1000;
    policy.count_max = (size_t)config_number(config, CONFIG_LAKE_SNAPSHOTS);
    return policy;
}

bool setup_publish(const CommandLine *line, Lake *lake, Error *err)
{
    PublishPolicy policy = setup_policy(line);
    return publish_now(lake, &policy, false, err);
}

bool setup_writes_derived(const Config *config)
{
    return str_equal(str_of(config_text(config, CONFIG_LAKE_DERIVED)), STR("true"));
}

void setup_bytes_text(uint64_t bytes, char ret[SETUP_TEXT_BYTES])
{
    static const char *const UNITS[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = (double)bytes;
    size_t unit = 0;
    for (; value >= 1024 && unit + 1 < sizeof UNITS / sizeof *UNITS; unit++)
        value /= 1024;
    snprintf(ret, SETUP_TEXT_BYTES, unit ? "%.1f %s" : "%.0f %s", value, UNITS[unit]);
}

void setup_count_text(uint64_t count, char ret[SETUP_TEXT_BYTES])
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%" PRIu64, count);
    int used = 0;
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            ret[used++] = ',';
        ret[used++] = digits[i];
    }
    ret[used] = '\0';
}

size_t setup_columns(size_t fallback)
{
    struct winsize size;
    bool terminal = isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    return terminal && size.ws_col ? size.ws_col : fallback;
}
