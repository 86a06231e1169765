#include "setup.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/gunzip.h"
#include "base/log.h"
#include "base/stream.h"
#include "findings/automation.h"
#include "hub_pushing.h"
#include "lake/ledger_head.h"
#include "sources_aws.h"

enum { WAIT_US = 600 * 1000 * 1000, VERBS_BYTES_MAX = 1000, PART_BYTES = 1 << 20 };

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
           (!lake->ledger || (open_heads(lake, config, err) && open_automation(lake, config, err) &&
                              hub_outbox_want(lake->db, hub_pushing_is_on(config), err)));
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

static bool refuse_verb(const char *asked, const SetupVerb *verbs, Error *err)
{
    BUF_AUTO Buf names = buf_init(VERBS_BYTES_MAX);
    for (size_t i = 0; verbs[i].name; i++)
        if (!buf_printf(&names, err, "%s%s", i ? ", " : "", verbs[i].name))
            return false;
    return error_set(err, ERROR_USAGE, "'%.64s' is none of %.*s", asked, STR_ARG(buf_str(&names)));
}

static bool run_verb(const CommandLine *line, const SetupVerb *verbs, Error *err)
{
    const char *asked = command_argument(line, 0);
    while (verbs->name && strcmp(asked, verbs->name) != 0)
        verbs++;
    LAKE_AUTO Lake *lake = verbs->needs_none ? NULL : setup_lake(line, LAKE_READ, err);
    return (lake || verbs->needs_none) && verbs->run(line, lake, err) &&
           (fflush(stdout) == 0 || error_errno(err, "cannot write to standard output"));
}

int setup_run_verb(const CommandLine *line, const SetupVerb *verbs, Error *err)
{
    bool known = false;
    for (size_t i = 0; !known && verbs[i].name; i++)
        known = strcmp(command_argument(line, 0), verbs[i].name) == 0;
    if (known ? run_verb(line, verbs, err) : refuse_verb(command_argument(line, 0), verbs, err))
        return EXIT_STATUS_OK;
    return err->kind == ERROR_USAGE ? EXIT_STATUS_USAGE : EXIT_STATUS_FAILURE;
}

/* All of standard input, a part at a time. */
static bool read_standard_input(Buf *ret, Error *err)
{
    bool ended = false, ok = true;
    while (ok && !ended)
        ok = stream_read(STDIN_FILENO, ret, ret->len + PART_BYTES, NULL, &ended, err);
    return ok || error_context(err, "standard input");
}

bool setup_read_input(const char *path, Buf *ret, Error *err)
{
    BUF_AUTO Buf bytes = buf_init(SETUP_INPUT_BYTES_MAX);
    bool is_input = strcmp(path, "-") == 0;
    if (!(is_input ? read_standard_input(&bytes, err) : file_read(path, &bytes, NULL, err)))
        return false;
    ret->len = 0;
    if (!gunzip_is_packed(buf_str(&bytes)))
        return buf_append_str(ret, buf_str(&bytes), err);
    return gunzip(buf_str(&bytes), ret, err) ||
           error_context(err, "%s", is_input ? "standard input" : path);
}

bool setup_write_new(const char *path, Str text, Error *err)
{
    FileWriter writer;
    if (file_exists(path))
        return error_set(err, ERROR_ACCESS, "'%s' exists, and is not replaced", path);
    if (!file_create(&writer, path, err))
        return false;
    if (file_write(&writer, text.ptr, text.len, err) && file_finish(&writer, err))
        return true;
    file_abandon(&writer);
    return false;
}

bool setup_writes_derived(const Config *config)
{
    return str_equal(str_of(config_text(config, CONFIG_LAKE_DERIVED)), STR("true"));
}

size_t setup_columns(size_t fallback)
{
    struct winsize size;
    bool terminal = isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    return terminal && size.ws_col ? size.ws_col : fallback;
}
