#include "lineage/lineage_event.h"

#include <stdio.h>

#include "base/json.h"

enum { ARN_BYTES = 2048, INSTANCE_SHORT = 8, INSTANCE_LONG = 17 };

const char *const LINEAGE_EVENT_SQL[LINEAGE_TEXTS] = {
#define LINEAGE(name, sql, json) [LINEAGE_##name] = (sql),
#include "lineage/lineage_event_table.h"
#undef LINEAGE
};

const char *const LINEAGE_EVENT_JSON[LINEAGE_TEXTS] = {
#define LINEAGE(name, sql, json) [LINEAGE_##name] = (json),
#include "lineage/lineage_event_table.h"
#undef LINEAGE
};

Str lineage_event_member(const LineageEvent *event, LineageText of, const char *path, Arena *arena)
{
    static const JsonLimits LIMITS = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};
    ERROR_UNREAD(unread);
    if (!event->text[of].len)
        return STR("");
    return json_text(json_path(json_read(event->text[of], &LIMITS, arena, &unread), str_of(path)),
                     STR(""));
}

/* Sign-ins answer {"ConsoleLogin":"Failure"}; their texts are short. */
static bool answers_failure(const LineageEvent *event)
{
    Str answer = event->text[LINEAGE_RESPONSE];
    return str_starts(event->text[LINEAGE_SOURCE], STR("signin.")) &&
           str_matches(STR("*\"Failure\"*"), str_slice(answer, 0, ARN_BYTES));
}

bool lineage_event_worked(const LineageEvent *event)
{
    return event->text[LINEAGE_ERROR].len == 0 && !answers_failure(event);
}

Str lineage_event_session_name(const LineageEvent *event)
{
    Str arn = event->text[LINEAGE_ARN], id = event->text[LINEAGE_PRINCIPAL];
    if (str_matches(STR("arn:*:assumed-role/*/*"), arn))
        return str_base_name(arn);
    if (str_equal(event->text[LINEAGE_TYPE], STR("AssumedRole")))
        return str_slice(id, str_find_byte(id, ':', 0) + 1, id.len);
    return STR("");
}

bool lineage_event_key_is_temporary(Str key)
{
    return str_starts(key, STR("ASIA"));
}

/* arn:P:iam::ACCOUNT:role/PATH/NAME and a session's name, as the ARN of the session. */
static Str session_arn(Str role, Str session, Arena *arena)
{
    char text[ARN_BYTES];
    ERROR_UNREAD(unread);
    size_t iam = str_find_byte(role, ':', 4), account = iam + 6;
    Str name = str_base_name(role);
    if (!str_matches(STR("arn:*:iam::*:role/*"), role) || !session.len || account > role.len)
        return STR("");
    size_t account_end = str_find_byte(role, ':', account);
    int used =
        snprintf(text, sizeof text, "%.*s:sts::%.*s:assumed-role/%.*s/%.*s", (int)iam, role.ptr,
                 STR_ARG(str_slice(role, account, account_end)), STR_ARG(name), STR_ARG(session));
    if (used < 0 || (size_t)used >= sizeof text)
        return STR("");
    return str_of(arena_text(arena, str_of(text), &unread));
}

Str lineage_event_opened(const LineageEvent *event, Arena *arena)
{
    static const char *const PLACES[] = {"assumedRoleUser.arn", "federatedUser.arn"};
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
        Str arn = lineage_event_member(event, LINEAGE_RESPONSE, PLACES[i], arena);
        if (arn.len)
            return arn;
    }
    return session_arn(lineage_event_member(event, LINEAGE_REQUEST, "roleArn", arena),
                       lineage_event_member(event, LINEAGE_REQUEST, "roleSessionName", arena),
                       arena);
}

bool lineage_event_is_instance(Str text)
{
    size_t digits = 0;
    if (!str_starts(text, STR("i-")))
        return false;
    for (size_t i = 2; i < text.len; i++, digits++)
        if (!((text.ptr[i] >= '0' && text.ptr[i] <= '9') ||
              (text.ptr[i] >= 'a' && text.ptr[i] <= 'f')))
            return false;
    return digits >= INSTANCE_SHORT && digits <= INSTANCE_LONG;
}

LineageText lineage_event_difference(const LineageEvent *a, const LineageEvent *b)
{
    int text = 0;
    while (text < LINEAGE_TEXTS && str_equal(a->text[text], b->text[text]))
        text++;
    return (LineageText)text;
}
