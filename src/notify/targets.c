#include "notify/targets.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mail.h"
#include "base/mem.h"
#include "base/timestamp.h"

enum { TEXTS_BYTES_MAX = 1 << 20, SECRET_BYTES_MAX = 4096, DAY_MINUTES = 1440, ELEMENT_SHOWN = 80 };

static const char HTTP_URL_IS[] = "its url begins with https:// or http://";
static const char PAGERDUTY_URL[] = "https://events.pagerduty.com/v2/enqueue";

struct Targets {
    Target list[TARGETS_MAX];
    Route routes[ROUTES_MAX];
    int count, route_count;
    Arena *texts;
};

/* What a kind needs, and may have. */
typedef enum { NEVER, MAYBE, ALWAYS } Need;

static const char *const HTTP_SCHEMES[] = {"https://", "http://", NULL};
static const char *const SMTP_SCHEMES[] = {"smtps://", "smtp://", NULL};
static const char *const SYSLOG_SCHEMES[] = {"tls://", "tcp://", NULL};

/* A kind whose URL is an address has TLS from the first byte with the first of its schemes. */
static const struct {
    const char *word;
    Need url, secret, command, path, mail, topic;
    bool is_address; /* the URL is a scheme, a host and a port */
    bool is_slow;
    bool local_clear;           /* without TLS the host must be this machine */
    const char *url_of_its_own; /* when none is given */
    const char *const *schemes;
    const char *url_is;
} KINDS[TARGET_KINDS] = {
    [TARGET_WEBHOOK] = {.word = "webhook",
                        .url = ALWAYS,
                        .secret = MAYBE,
                        .schemes = HTTP_SCHEMES,
                        .url_is = HTTP_URL_IS},
    [TARGET_SLACK] = {.word = "slack",
                      .url = ALWAYS,
                      .schemes = HTTP_SCHEMES,
                      .url_is = HTTP_URL_IS},
    [TARGET_TEAMS] = {.word = "teams",
                      .url = ALWAYS,
                      .schemes = HTTP_SCHEMES,
                      .url_is = HTTP_URL_IS},
    [TARGET_PAGERDUTY] = {.word = "pagerduty",
                          .url = MAYBE,
                          .secret = ALWAYS,
                          .url_of_its_own = PAGERDUTY_URL,
                          .schemes = HTTP_SCHEMES,
                          .url_is = HTTP_URL_IS},
    [TARGET_EXEC] = {.word = "exec", .command = ALWAYS, .is_slow = true},
    [TARGET_FILE] = {.word = "file", .path = ALWAYS},
    [TARGET_SMTP] = {.word = "smtp",
                     .url = ALWAYS,
                     .secret = MAYBE,
                     .mail = ALWAYS,
                     .is_address = true,
                     .is_slow = true,
                     .schemes = SMTP_SCHEMES,
                     .url_is = "its url is such as smtps://HOST:465 or smtp://HOST:587"},
    [TARGET_SYSLOG] = {.word = "syslog",
                       .url = ALWAYS,
                       .is_address = true,
                       .is_slow = true,
                       .local_clear = true,
                       .schemes = SYSLOG_SCHEMES,
                       .url_is = "its url is such as tls://HOST:6514, or tcp://127.0.0.1:514 on "
                                 "this machine"},
    [TARGET_SNS] = {.word = "sns", .topic = ALWAYS, .is_slow = true},
};

/* An element of a list as it is read: its members, and whom its errors name. */
typedef struct Element {
    Targets *targets;
    const char *key;
    Str item;
    Error *err;
} Element;

/* Returns false; the message is "notify.targets: 'NAME': ...". */
static bool refuse(const Element *element, const char *words)
{
    return error_set(
        element->err, ERROR_USAGE, "%s: '%.*s': %s", element->key,
        STR_ARG(str_slice(config_item_member(element->item, STR("")), 0, ELEMENT_SHOWN)), words);
}

/* A member's text, NULL when it is not given; false with the error. */
static bool keep(const Element *element, Str member, const char **ret)
{
    Str text = config_item_member(element->item, member);
    *ret = text.len ? arena_text(element->targets->texts, text, element->err) : NULL;
    return !text.len || *ret;
}

/* The first line of a file, without white space around it. */
static bool read_secret(const Element *element, const char *path, Str *ret)
{
    BUF_AUTO Buf bytes = buf_init(SECRET_BYTES_MAX);
    if (!file_read(path, &bytes, NULL, element->err))
        return error_context(element->err, "%s", element->key);
    Str text = str_trim(buf_str(&bytes));
    const char *kept = text.len ? arena_text(element->targets->texts, text, element->err) : NULL;
    hash_wipe(bytes.ptr, bytes.len);
    *ret = (Str){kept, text.len};
    return kept || (text.len ? false : refuse(element, "the file of its secret is empty"));
}

/* ---- targets ---- */

static bool read_kind(const Element *element, Target *target)
{
    Str word = config_item_member(element->item, STR("kind"));
    for (int i = 0; i < TARGET_KINDS; i++)
        if (str_equal(word, str_of(KINDS[i].word))) {
            target->kind = (TargetKind)i;
            target->is_slow = KINDS[i].is_slow;
            return true;
        }
    return refuse(element,
                  "kind is one of webhook, slack, teams, pagerduty, exec, file, smtp, syslog, sns");
}

/* Which of its kind's schemes a URL has, or -1; *ret_rest* is what stands behind it. */
static int scheme_of(const Target *target, Str *ret_rest)
{
    const char *const *schemes = KINDS[target->kind].schemes;
    Str url = str_of(target->url);
    for (int i = 0; schemes[i]; i++)
        if (str_starts(url, str_of(schemes[i]))) {
            *ret_rest = str_slice(url, strlen(schemes[i]), url.len);
            return i;
        }
    return -1;
}

/* A URL may be a secret, as those of Slack and Teams are: it may stand in a file. */
static bool keep_url(const Element *element, Target *target)
{
    const char *file;
    Str text = {NULL, 0};
    if (!keep(element, STR("url"), &target->url) || !keep(element, STR("url_file"), &file))
        return false;
    if (target->url && file)
        return refuse(element, "it has url and url_file: one of them");
    if (file && !read_secret(element, file, &text))
        return false;
    if (file)
        target->url = text.ptr;
    return true;
}

/* Whether the URL is one of its kind; an address is taken apart. */
static bool take_url(const Element *element, Target *target)
{
    Str rest;
    int scheme = scheme_of(target, &rest);
    target->tls = scheme == 0;
    bool ok = scheme >= 0;
    if (ok && KINDS[target->kind].is_address)
        ok = address_read(rest, &target->address) &&
             (target->tls || target->address.is_local || !KINDS[target->kind].local_clear);
    return ok || refuse(element, KINDS[target->kind].url_is);
}

static bool read_url(const Element *element, Target *target)
{
    Need need = KINDS[target->kind].url;
    if (!keep_url(element, target))
        return false;
    if (target->url && need == NEVER)
        return refuse(element, "its kind has no url");
    if (!target->url)
        target->url = KINDS[target->kind].url_of_its_own;
    if (!target->url)
        return need != ALWAYS || refuse(element, "it needs url, or url_file");
    return take_url(element, target);
}

static bool read_secret_of(const Element *element, Target *target)
{
    Need need = KINDS[target->kind].secret;
    const char *file;
    if (!keep(element, STR("secret_file"), &file))
        return false;
    if (file && need == NEVER)
        return refuse(element, "its kind has no secret_file");
    if (!file)
        return need != ALWAYS || refuse(element, "it needs secret_file");
    return read_secret(element, file, &target->secret);
}

/* The program and its arguments, cut at blanks. */
static bool read_command(const Element *element, Target *target)
{
    Need need = KINDS[target->kind].command;
    Str rest = config_item_member(element->item, STR("command"));
    size_t count = 0;
    if (rest.len && need == NEVER)
        return refuse(element, "its kind has no command");
    while (rest.len) {
        size_t end = str_find_byte(rest, ' ', 0);
        Str word = str_slice(rest, 0, end);
        rest = str_slice(rest, end + 1, rest.len);
        if (!word.len)
            continue;
        if (count + 1 == TARGET_WORDS_MAX)
            return refuse(element, "its command has too many words");
        target->words[count] = arena_text(element->targets->texts, word, element->err);
        if (!target->words[count++])
            return false;
    }
    return count || need != ALWAYS || refuse(element, "it needs command");
}

static bool read_path(const Element *element, Target *target)
{
    Need need = KINDS[target->kind].path;
    if (!keep(element, STR("path"), &target->path))
        return false;
    if (target->path && need == NEVER)
        return refuse(element, "its kind has no path");
    return target->path || need != ALWAYS || refuse(element, "it needs path");
}

/* The recipients, divided by blanks. */
static bool read_recipients(const Element *element, Target *target)
{
    Str rest = config_item_member(element->item, STR("to"));
    size_t count = 0;
    while (rest.len) {
        size_t end = str_find_byte(rest, ' ', 0);
        Str word = str_slice(rest, 0, end);
        rest = str_slice(rest, end + 1, rest.len);
        if (!word.len)
            continue;
        if (count == TARGET_TO_MAX)
            return refuse(element, "it has more than 16 recipients");
        if (!mail_is_address(word))
            return refuse(element, "to is one or several mail addresses, divided by blanks");
        target->to[count] = arena_text(element->targets->texts, word, element->err);
        if (!target->to[count++])
            return false;
    }
    return count || refuse(element, "it needs to");
}

static bool read_mail(const Element *element, Target *target)
{
    Str to = config_item_member(element->item, STR("to"));
    if (!keep(element, STR("user"), &target->user) || !keep(element, STR("from"), &target->from))
        return false;
    if (KINDS[target->kind].mail == NEVER)
        return !(target->user || target->from || to.len) ||
               refuse(element, "its kind has no user, from or to");
    if (!target->from)
        return refuse(element, "it needs from");
    if (!mail_is_address(str_of(target->from)))
        return refuse(element, "from is a mail address, such as spoor@example.com");
    if (!target->user != !target->secret.len)
        return refuse(element, "it has one of user and secret_file: both of them, or none");
    return read_recipients(element, target);
}

static bool read_topic(const Element *element, Target *target)
{
    Need need = KINDS[target->kind].topic;
    const char *arn;
    if (!keep(element, STR("topic"), &arn))
        return false;
    if (!arn)
        return need != ALWAYS || refuse(element, "it needs topic");
    if (need == NEVER)
        return refuse(element, "its kind has no topic");
    return sns_split(str_of(arn), &target->topic) ||
           refuse(element, "its topic is an ARN such as arn:aws:sns:REGION:ACCOUNT:NAME");
}

static bool read_pace(const Element *element, Target *target)
{
    const char *wrong = pace_read(element->item, &target->pace);
    if (!wrong && target->kind == TARGET_PAGERDUTY && pace_is_set(&target->pace))
        wrong = "its kind groups by itself: it has no group_wait, limit or quiet";
    return !wrong || refuse(element, wrong);
}

static bool add_target(const Element *element)
{
    Targets *targets = element->targets;
    Str name = config_item_member(element->item, STR(""));
    if (targets->count == TARGETS_MAX)
        return refuse(element, "there are more than 64 targets");
    if (targets_find(targets, name))
        return refuse(element, "there is another one of that name");
    Target *target = &targets->list[targets->count];
    return keep(element, STR(""), &target->name) && read_kind(element, target) &&
           read_url(element, target) && read_secret_of(element, target) &&
           read_command(element, target) && read_path(element, target) &&
           read_mail(element, target) && read_topic(element, target) &&
           read_pace(element, target) && ++targets->count;
}

/* ---- routes ---- */

/* "09:00-18:00"; the end may be on the next day. */
static bool read_hours(const Element *element, Route *route)
{
    Str text = config_item_member(element->item, STR("hours"));
    return !text.len || timestamp_parse_hours(text, &route->from_minute, &route->minutes) ||
           refuse(element, "hours are such as 09:00-18:00 or 22:00-06:00");
}

static bool add_route(const Element *element)
{
    Targets *targets = element->targets;
    Str to = config_item_member(element->item, STR(""));
    Str level = config_item_member(element->item, STR("level"));
    const Target *target = targets_find(targets, to);
    if (targets->route_count == ROUTES_MAX)
        return refuse(element, "there are more than 256 routes");
    if (!target)
        return refuse(element, "notify.targets has none of that name");
    Route *route = &targets->routes[targets->route_count];
    route->target = (int)(target - targets->list);
    route->level = LEVEL_MEDIUM;
    if (level.len && !rule_level_read(level, &route->level))
        return refuse(element, "level is one of informational, low, medium, high, critical");
    return keep(element, STR("alarm"), &route->alarm) && keep(element, STR("rule"), &route->rule) &&
           keep(element, STR("account"), &route->account) &&
           keep(element, STR("principal"), &route->principal) &&
           keep(element, STR("tag"), &route->tag) && read_hours(element, route) &&
           ++targets->route_count;
}

static bool read_list(Targets *targets, const Config *config, ConfigKey key,
                      bool (*add)(const Element *element), Error *err)
{
    Element element = {.targets = targets, .key = CONFIG_TABLE[key].key, .err = err};
    for (size_t i = 0; config_item(config, key, i, &element.item); i++)
        if (!add(&element))
            return error_context(err, "%s", config_source(config, key));
    return true;
}

Targets *targets_open(const Config *config, Error *err)
{
    Targets *targets = mem_calloc(1, sizeof *targets, err);
    if (!targets)
        return NULL;
    targets->texts = arena_new(TEXTS_BYTES_MAX, err);
    if (targets->texts && read_list(targets, config, CONFIG_NOTIFY_TARGETS, add_target, err) &&
        read_list(targets, config, CONFIG_NOTIFY_ROUTES, add_route, err))
        return targets;
    targets_free(targets);
    return NULL;
}

void targets_free(Targets *targets)
{
    if (!targets)
        return;
    if (targets->texts)
        arena_wipe(targets->texts);
    arena_free(targets->texts);
    mem_free(targets);
}

int targets_count(const Targets *targets)
{
    return targets->count;
}

const Target *targets_at(const Targets *targets, int index)
{
    return &targets->list[index];
}

const Target *targets_find(const Targets *targets, Str name)
{
    for (int i = 0; i < targets->count; i++)
        if (str_equal(name, str_of(targets->list[i].name)))
            return &targets->list[i];
    return NULL;
}

/* ---- choosing ---- */

static bool fits(const char *pattern, Str text)
{
    return !pattern || str_matches(str_of(pattern), text);
}

static bool has_tag(const Route *route, const TargetAsked *asked)
{
    for (int i = 0; i < asked->tag_count; i++)
        if (fits(route->tag, asked->tags[i]))
            return true;
    return !route->tag;
}

static bool is_time(const Route *route, int minute)
{
    int behind = (minute - route->from_minute + DAY_MINUTES) % DAY_MINUTES;
    return !route->minutes || behind < route->minutes;
}

/* A route that names rules, accounts, principals or tags is for findings, one that names alarms is
 * for those, and one that names nothing for all. */
static bool is_subject(const Route *route, const TargetAsked *asked)
{
    if (asked->alarm.len)
        return fits(route->alarm, asked->alarm) && !route->rule && !route->account &&
               !route->principal && !route->tag;
    return !route->alarm &&
           (fits(route->rule, asked->rule_id) || fits(route->rule, asked->rule_title)) &&
           fits(route->account, asked->account) && fits(route->principal, asked->principal) &&
           has_tag(route, asked);
}

bool targets_take(const Targets *targets, int index, const TargetAsked *asked)
{
    for (int i = 0; i < targets->route_count; i++) {
        const Route *route = &targets->routes[i];
        if (route->target == index && asked->level >= route->level && is_subject(route, asked) &&
            is_time(route, asked->minute))
            return true;
    }
    return false;
}

const char *targets_kind_word(TargetKind kind)
{
    return KINDS[kind].word;
}
