/* cmd_serve - one process that goes on: what the sources bring comes in, rules are tried on it, and
 * who watches it is answered. */
#include <inttypes.h>
#include <stdatomic.h>
#include <unistd.h>

#include "alarming.h"
#include "asking.h"
#include "audit_store.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/service_notify.h"
#include "cmd.h"
#include "finding_beside.h"
#include "finding_polling.h"
#include "hub_pushing.h"
#include "ingest.h"
#include "interrupt.h"
#include "reading.h"
#include "serve_config.h"
#include "serve_state.h"
#include "setup.h"
#include "telling.h"
#include "watch/schedule.h"
#include "web/web.h"

enum { WHY_BYTES_MAX = 200, STATUS_BYTES = 300 };

static const int64_t AGAIN_FIRST_US = INT64_C(1000000);
static const int64_t AGAIN_LAST_US = INT64_C(300000000);
static const int64_t TELL_US = INT64_C(500000);
static const int64_t HUB_US = INT64_C(2000000);
static const int64_t FINDINGS_US = INT64_C(2000000);
static const int64_t ROLL_UP_US = INT64_C(3600000000);
static const int64_t ALARMS_US = INT64_C(1000000);
static const int64_t REPORT_US = INT64_C(600000000);
static const int64_t ASK_US = INT64_C(1000000);

static const Option OPTIONS[] = {
    RULES_OPTIONS,
    SOURCES_OPTIONS,
    {"no-detect", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, "try no rules on the records"},
    {"jobs", 'j', VALUE_NUMBER, "N", NULL, CONFIG_INGEST_JOBS, "part workers, 0 for all cores"},
    {"listen", 0, VALUE_WORD, "URL", NULL, CONFIG_SERVE_LISTEN,
     "where it answers, such as http://127.0.0.1:8126; empty: nowhere"},
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor serve",
    "the sources that spoor.yml lists, into its lake, for as long as it runs",
    "spoor serve sqs://eu-west-1/111122223333/trail-events s3://my-trail-bucket --lake /data/lake",
    "these two",
    "curl http://127.0.0.1:8126/metrics",
    "its figures, for Prometheus; /healthz and /readyz say how it is",
    NULL,
};

/* One run over the sources; they are opened anew after a failure. */
typedef struct Serving {
    Reading *reading;
    ServeState *state;
    ServeConfig *config;
    int64_t beat_us; /* between two signs of life for the service manager; 0: none are wanted */
    int64_t next_beat_us;
    bool told_stopping; /* or that all is opened anew */
    IngestReport report;
} Serving;

static bool next(void *context, ObjectList *list, bool *ret_more, Error *err)
{
    Serving *serving = context;
    const Sources *sources = reading_sources(serving->reading);
    serve_state_ask(serving->state, true, sources_round(sources));
    bool ok = reading_next(serving->reading, list, ret_more, err);
    serve_state_ask(serving->state, false, sources_round(sources));
    return ok;
}

/* A sign of life when one is due and there is life. */
static void beat(Serving *serving)
{
    BUF_AUTO Buf why = buf_init(WHY_BYTES_MAX);
    Error ignored = {0};
    int64_t now = clock_monotonic_us();
    if (!serving->beat_us || now < serving->next_beat_us)
        return;
    serving->next_beat_us = now + serving->beat_us;
    if (serve_state_is_alive(serving->state, &why, &ignored))
        service_notify("WATCHDOG=1");
}

static void tell_stopping(Serving *serving)
{
    bool anew = serve_config_is_due(serving->config);
    service_notify(anew ? "RELOADING=1" : "STOPPING=1");
    log_tell(LOG_INFO, "serve",
             anew ? "the configuration changed: what was read is committed, and all is opened anew"
                  : "stopping: what was read is committed");
    serving->told_stopping = true;
}

static void tick(void *context, const IngestReport *so_far, bool stopping)
{
    Serving *serving = context;
    reading_tick(serving->reading, so_far, stopping);
    serve_state_note(serving->state, so_far);
    if (stopping && !serving->told_stopping)
        tell_stopping(serving);
    beat(serving);
}

static bool anew(void *context)
{
    Serving *serving = context;
    return serve_config_look(serving->config);
}

static bool end(void *context, IngestReport *report, Error *err)
{
    Serving *serving = context;
    bool ok = reading_end(serving->reading, report, err);
    serving->report = *report;
    return ok;
}

/* Reads the sources until it is stopped or fails. */
static int run_once(const CommandLine *line, Serving *serving, Error *err)
{
    const SourcesOptions asked = {.list = {.command = "serve"}, .follow = true, .bear = true};
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_CREATE, err);
    serving->reading = lake ? reading_open(line, lake, &asked, err) : NULL;
    if (!serving->reading)
        return EXIT_STATUS_FAILURE;
    const SourceList *sources = sources_list(reading_sources(serving->reading));
    const IngestInput input = {.list = reading_list(serving->reading),
                               .aws = source_list_aws(sources),
                               .next = next,
                               .tick = tick,
                               .anew = anew,
                               .endless = true,
                               .served = true,
                               .end = end,
                               .context = serving};
    log_tell(LOG_INFO, "serve", "%d source%s, into %s", source_list_count(sources),
             source_list_count(sources) == 1 ? "" : "s", lake->folder);
    service_notify("READY=1");
    int status = ingest_run(line, lake, &input, err);
    reading_free(serving->reading);
    serving->reading = NULL;
    return status;
}

/* Whether a failure may be over later: what an operator wrote wrongly is not. */
static bool may_pass(const Error *err)
{
    return err->kind == ERROR_BUSY || err->kind == ERROR_LIMIT || err->kind == ERROR_ACCESS ||
           err->kind == ERROR_SYSTEM;
}

/* Runs, and again after a failure, with longer and longer pauses unless something came in. */
static int run_on(const CommandLine *line, Serving *serving, Error *err)
{
    int64_t pause_us = AGAIN_FIRST_US;
    for (;;) {
        int status = run_once(line, serving, err);
        if (status != EXIT_STATUS_FAILURE || serving->told_stopping || !may_pass(err) ||
            serve_config_is_due(serving->config))
            return status;
        if (serving->report.parts)
            pause_us = AGAIN_FIRST_US;
        log_tell(LOG_ERROR, "serve", "%s; tried again in %" PRId64 " s", err->text,
                 pause_us / 1000000);
        error_clear(err);
        serving->report = (IngestReport){0};
        clock_sleep_us(pause_us);
        pause_us = pause_us * 2 < AGAIN_LAST_US ? pause_us * 2 : AGAIN_LAST_US;
    }
}

/* ---- who watches it ---- */

/* What the pages are made from; the lake is opened for reading by the first that asks for it. */
static bool page(void *context, WebPage page, Buf *ret, bool *ret_good, Error *err)
{
    ServeState *state = context;
    if (page == WEB_METRICS)
        return serve_state_metrics(state, ret, err);
    if (page == WEB_HEALTH) {
        *ret_good = serve_state_is_alive(state, ret, err);
        return err->kind == ERROR_NONE;
    }
    *ret_good = serve_state_is_ready(state);
    return buf_append_str(ret, *ret_good ? STR("ok\n") : STR("the sources are listed first\n"),
                          err);
}

static const char *path_of(const Config *config, ConfigKey key)
{
    const char *path = config_text(config, key);
    return *path ? path : NULL;
}

/* Listens; *ret* stays NULL when nothing is to listen at. */
static bool open_web(const CommandLine *line, ServeState *state, Web **ret, Error *err)
{
    const Config *config = command_config(line);
    const WebOptions options = {.url = config_text(config, CONFIG_SERVE_LISTEN),
                                .certificate_file = path_of(config, CONFIG_SERVE_CERTIFICATE),
                                .key_file = path_of(config, CONFIG_SERVE_KEY),
                                .page = page,
                                .context = state};
    if (!*options.url)
        return true;
    *ret = web_open(&options, err);
    if (!*ret)
        return error_context(err, "serve.listen");
    log_tell(LOG_INFO, "serve", "listening at port %u for %s", web_port(*ret), options.url);
    return true;
}

/* The lake as it is read; made before, so that there is one. */
static Lake *open_reader(const CommandLine *line, Error *err)
{
    Lake *made = setup_lake(line, LAKE_CREATE, err);
    lake_close(made);
    return made ? setup_lake(line, LAKE_READ, err) : NULL;
}

/* ---- beside the ingest ---- */

static bool tell(void *context, bool *ret_more, Error *err)
{
    return courier_step(telling_courier(context), ret_more, err);
}

static bool watch_alarms(void *context, bool *ret_more, Error *err)
{
    return alarming_step(context, ret_more, err);
}

static bool roll_up_metrics(void *context, bool *ret_more, Error *err)
{
    return alarming_roll_up(context, ret_more, err);
}

/* What stands beside the ingest: pages, alarms, questions, and who tells of them and of findings.
 */
typedef struct ServeBeside {
    Web *web;
    Telling *telling;
    FindingBeside *findings;
    Alarming *alarming;
    AuditStore *reports;
    HubPushing *hub;
    Asking *asking;
    Schedule *schedule;
    Schedule *questions; /* on a thread of their own: one may take a while */
    FindingPolling *polling;
    Schedule *polls; /* the same; NULL when nobody is to be asked for findings */
    atomic_bool stopping;
} ServeBeside;

/* Asks for findings of others, when somebody is to be asked. */
static bool open_polls(const CommandLine *line, const Lake *reader, ServeBeside *ret, Error *err)
{
    ret->polling = finding_polling_open(command_config(line), reader->folder, &ret->stopping, err);
    if (!ret->polling || !finding_polling_is_on(ret->polling))
        return ret->polling != NULL;
    const ScheduleJob job = {"findings", finding_polling_every_us(ret->polling),
                             finding_polling_step, ret->polling};
    ret->polls = schedule_start(&job, 1, &ret->stopping, err);
    return ret->polls != NULL;
}

static bool open_beside(const CommandLine *line, Lake *reader, ServeState *state, ServeBeside *ret,
                        Error *err)
{
    ret->telling = telling_open(line, reader, &ret->stopping, err);
    ret->findings = ret->telling ? finding_beside_open(line, reader->folder, err) : NULL;
    ret->alarming = ret->findings ? alarming_open(command_config(line), reader, err) : NULL;
    ret->reports = ret->alarming ? audit_store_open(line, err) : NULL;
    ret->hub = ret->reports ? hub_pushing_open(command_config(line), reader->folder, err) : NULL;
    const ScheduleJob jobs[] = {{"alarms", ALARMS_US, watch_alarms, ret->alarming},
                                {"metrics", ROLL_UP_US, roll_up_metrics, ret->alarming},
                                {"findings", FINDINGS_US, finding_beside_step, ret->findings},
                                {"securityhub", HUB_US, hub_pushing_step, ret->hub},
                                {"notify", TELL_US, tell, ret->telling}};
    if (!ret->hub || !open_polls(line, reader, ret, err) ||
        !open_web(line, state, &ret->web, err) ||
        !(ret->asking = asking_open(line, reader->folder, &ret->stopping, false, err)))
        return false;
    const ScheduleJob questions[] = {{"rules", ASK_US, asking_step, ret->asking},
                                     {"report", REPORT_US, audit_store_step, ret->reports}};
    ret->questions =
        schedule_start(questions, sizeof questions / sizeof *questions, &ret->stopping, err);
    ret->schedule = ret->questions
                        ? schedule_start(jobs, sizeof jobs / sizeof *jobs, &ret->stopping, err)
                        : NULL;
    return ret->schedule != NULL;
}

/* What is not told by then waits for the next start. */
static void close_beside(ServeBeside *beside)
{
    schedule_end(beside->schedule);
    schedule_end(beside->questions);
    schedule_end(beside->polls);
    finding_polling_free(beside->polling);
    asking_free(beside->asking);
    alarming_free(beside->alarming);
    audit_store_free(beside->reports);
    hub_pushing_free(beside->hub);
    telling_free(beside->telling);
    finding_beside_free(beside->findings);
    web_free(beside->web);
}

/* How a run ended. */
typedef struct Ending {
    int status;   /* an EXIT_STATUS */
    bool stopped; /* somebody wanted it */
    bool anew;    /* the next configuration is to be taken up */
} Ending;

static int status_of(Serving *serving, int status, Error *err)
{
    const IngestReport *report = &serving->report;
    if (status == EXIT_STATUS_FAILURE && serving->told_stopping &&
        (report->unreadable || report->waiting)) {
        log_tell(LOG_WARN, "serve", "%s", err->text); /* they wait for the next start */
        error_clear(err);
        status = EXIT_STATUS_OK;
    }
    if (status == EXIT_STATUS_QUARANTINE)
        status = EXIT_STATUS_OK;
    if (status == EXIT_STATUS_OK)
        log_tell(LOG_INFO, "serve",
                 "stopped: %" PRIu64 " objects came in, %" PRIu64 " records were kept",
                 report->ingested, report->records_kept);
    return status == EXIT_STATUS_FAILURE && err->kind == ERROR_USAGE ? EXIT_STATUS_USAGE : status;
}

static Ending serve(ServeConfig *config, Lake *reader, Error *err)
{
    const CommandLine *line = serve_config_line(config);
    ServeBeside beside = {.web = NULL};
    Serving serving = {.beat_us = service_notify_interval_us(), .config = config};
    serving.state = serve_state_new(reader, err);
    bool ok = serving.state && open_beside(line, reader, serving.state, &beside, err);
    int status = ok ? run_on(line, &serving, err) : EXIT_STATUS_FAILURE;
    close_beside(&beside);
    serve_state_free(serving.state);
    return (Ending){.status = status_of(&serving, status, err),
                    .stopped = serving.report.interrupted,
                    .anew = serve_config_is_due(config)};
}

/* Serves under the configuration in force until it ends, or another one is to be taken up. */
static Ending serve_under(ServeConfig *config, Error *err)
{
    LAKE_AUTO Lake *reader = open_reader(serve_config_line(config), err);
    if (reader)
        return serve(config, reader, err);
    return (Ending){
        .status = err->kind == ERROR_USAGE ? EXIT_STATUS_USAGE : EXIT_STATUS_FAILURE,
    };
}

/* Whether it goes on: under the next configuration, or under the one before when this one cannot be
 * used. */
static bool go_on(ServeConfig *config, Ending ending, Error *err)
{
    if (ending.stopped)
        return false;
    if (ending.anew && ending.status != EXIT_STATUS_OK)
        log_tell(LOG_ERROR, "serve", "%s", err->text); /* it may be over with what comes next */
    if (ending.anew)
        error_clear(err);
    if (ending.anew && serve_config_take(config, err))
        return true;
    bool failed = ending.anew || ending.status != EXIT_STATUS_OK;
    if (!failed || (!ending.anew && !serve_config_go_back(config)))
        return false;
    log_tell(LOG_ERROR, "serve", "%s; the configuration from before goes on", err->text);
    error_clear(err);
    return true;
}

static int run(const CommandLine *line, Error *err)
{
    ServeConfig *config = serve_config_new(line, err);
    Ending ending = {.status = EXIT_STATUS_FAILURE, .stopped = !config};
    log_set_lines(!isatty(STDERR_FILENO));
    interrupt_hold_hangup();
    do {
        if (config)
            ending = serve_under(config, err);
    } while (go_on(config, ending, err));
    serve_config_free(config);
    return ending.status;
}

const Command cmd_serve = {
    .name = "serve",
    .arguments = "[SOURCE...]",
    .arguments_min = 0,
    .arguments_max = -1,
    .summary = "go on with all sources, and answer who watches it",
    .description =
        "Does for as long as it runs what ingest --follow does: queues are asked all the time, "
        "folders watched, buckets and pages listed again, every record is tried with the rules, "
        "and what came is committed at once. Without SOURCE, it reads what spoor.yml lists under "
        "sources. A failure that may pass (a network, a full disk) is told, and the sources are "
        "opened again after a while. SIGHUP looks at rules and lookups at once, and at spoor.yml: "
        "what "
        "it says now is taken up, unless it cannot be used. SIGTERM ends it within seconds, and "
        "another one goes on where it stopped.\n\n"
        "At serve.listen, on this machine unless it has a certificate, /healthz says whether it "
        "does something, /readyz whether its sources were listed once, and /metrics its figures "
        "for Prometheus (docs/serve.md). Under systemd it tells when it is ready and that it "
        "lives. Messages are lines of key=value unless standard error is a terminal.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
