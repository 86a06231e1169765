#include "profile_answer.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "profile/profile_many.h"
#include "profile/profile_screen.h"
#include "profile/profile_statement.h"
#include "sql_run.h"
#include "sql_sink.h"

enum { MAX = 10, MAX_MAX = 1000, LIMIT = 20, LINES_BYTES_MAX = 64 << 20 };

/* ---- what was asked ---- */

static bool read_entity(const CommandLine *line, int number, ProfileEntity *ret, Error *err)
{
    bool one = number < command_argument_count(line);
    Str value = one ? str_of(command_argument(line, number)) : STR("");
    if (one && !value.len)
        return error_set(err, ERROR_USAGE, "an empty text is nothing to sum up");
    return profile_entity_read(str_of(command_text(line, "by", "")), value, ret, err);
}

static bool is_screen(const CommandLine *line)
{
    return strcmp(command_text(line, "format", "table"), "table") == 0;
}

bool profile_answer_check(const CommandLine *line, Error *err)
{
    static const char *const OF_MANY[] = {"sort", "limit"};
    int count = command_argument_count(line);
    int64_t max = command_number(line, "max", MAX);
    ProfileEntity entity;
    if (max < 1 || max > MAX_MAX)
        return error_set(err, ERROR_USAGE, "--max is 1 to %d", MAX_MAX);
    if (command_number(line, "limit", LIMIT) < 0)
        return error_set(err, ERROR_USAGE, "--limit is 0 or more");
    for (size_t i = 0; count && i < sizeof OF_MANY / sizeof *OF_MANY; i++)
        if (command_has(line, OF_MANY[i]))
            return error_set(err, ERROR_USAGE,
                             "--%s is of the table of many: no VALUE goes with it", OF_MANY[i]);
    if (!count && command_has(line, "max"))
        return error_set(err, ERROR_USAGE, "--max bounds the lists of a VALUE; --limit the table");
    if (count > 1 && (!is_screen(line) || command_has(line, "output")))
        return error_set(err, ERROR_USAGE, "--format and --output take one VALUE");
    bool ok = true;
    for (int i = 0; ok && (i < count || !i); i++)
        ok = read_entity(line, i, &entity, err);
    return ok;
}

static bool write_one(const CommandLine *line, const ProfileEntity *entity, Buf *sql, Error *err)
{
    ProfileAsk ask = {.entity = entity, .max = (unsigned)command_number(line, "max", MAX)};
    return command_range(line, &ask.since_us, &ask.until_us, err) &&
           profile_statement_write(&ask, sql, err);
}

static bool write_many(const CommandLine *line, const ProfileEntity *by, Buf *sql, Error *err)
{
    ProfileMany many = {.by = by,
                        .sort = command_text(line, "sort", "calls"),
                        .limit = (uint64_t)command_number(line, "limit", LIMIT)};
    return command_range(line, &many.since_us, &many.until_us, err) &&
           profile_many_write(&many, sql, err);
}

/* ---- answers ---- */

static bool take_lines(void *context, Str bytes, Error *err)
{
    return buf_append_str(context, bytes, err);
}

/* A screen goes where a table of `spoor sql` goes: to a file, or through a pager. */
static bool print_screen(const CommandLine *line, Str screen, Error *err)
{
    SqlSink sink = sql_sink_new(command_text(line, "output", NULL));
    bool ok = sql_sink_put(&sink, screen, err);
    return sql_sink_end(&sink, ok, err);
}

static bool nothing(const ProfileEntity *entity, Error *err)
{
    return error_set(err, ERROR_INPUT, "no event of this lake and time is of %.*s '%.*s'",
                     STR_ARG(profile_entity_word(entity)),
                     STR_ARG(str_slice(entity->value, 0, 200)));
}

static bool answer_screen(const CommandLine *line, const ProfileEntity *entity, SqlRun *run,
                          Str sql, WorkerAnswer *given, Error *err)
{
    BUF_AUTO Buf lines = buf_init(LINES_BYTES_MAX);
    BUF_AUTO Buf screen = buf_init(PROFILE_SCREEN_BYTES);
    const WorkerSink sink = {take_lines, &lines, NULL};
    return sql_run_lines(run, sql, &sink, given, err) && (lines.len || nothing(entity, err)) &&
           profile_screen_write(entity, buf_str(&lines), command_has(line, "wide"), &screen, err) &&
           print_screen(line, buf_str(&screen), err);
}

static bool answer_one(const CommandLine *line, const ProfileEntity *entity, SqlRun *run,
                       WorkerAnswer *given, Error *err)
{
    BUF_AUTO Buf sql = buf_init(PROFILE_STATEMENT_BYTES);
    if (!write_one(line, entity, &sql, err))
        return false;
    if (is_screen(line))
        return answer_screen(line, entity, run, buf_str(&sql), given, err);
    return sql_run_answer(run, buf_str(&sql), given, err) && (given->rows || nothing(entity, err));
}

static bool answer_many(const CommandLine *line, const ProfileEntity *by, SqlRun *run,
                        WorkerAnswer *given, Error *err)
{
    BUF_AUTO Buf sql = buf_init(PROFILE_STATEMENT_BYTES);
    return write_many(line, by, &sql, err) && sql_run_answer(run, buf_str(&sql), given, err);
}

/* Entity *number* of the line, or the table of many. */
static bool answer(const CommandLine *line, int number, SqlRun *run, Error *err)
{
    int64_t started_us = clock_monotonic_us();
    WorkerAnswer given = {0};
    ProfileEntity entity = {.kind = PROFILE_PRINCIPAL};
    if (!read_entity(line, number, &entity, err) ||
        !(entity.value.len ? answer_one(line, &entity, run, &given, err)
                           : answer_many(line, &entity, run, &given, err)))
        return false;
    sql_run_say(run, &given, started_us);
    return true;
}

bool profile_answer_run(const CommandLine *line, const char *folder, Error *err)
{
    SqlRun *run = sql_run_begin(line, folder, err);
    bool ok = run != NULL;
    for (int i = 0; ok && (i < command_argument_count(line) || !i); i++) {
        if (i)
            fputc('\n', stdout);
        fflush(stdout);
        ok = answer(line, i, run, err);
    }
    sql_run_end(run);
    return ok;
}

bool profile_answer_show(const CommandLine *line, Error *err)
{
    bool ok = true;
    for (int i = 0; ok && (i < command_argument_count(line) || !i); i++) {
        ProfileEntity entity = {.kind = PROFILE_PRINCIPAL};
        BUF_AUTO Buf sql = buf_init(PROFILE_STATEMENT_BYTES);
        ok = read_entity(line, i, &entity, err) &&
             (entity.value.len ? write_one(line, &entity, &sql, err)
                               : write_many(line, &entity, &sql, err));
        if (ok)
            printf("%.*s;\n", STR_ARG(buf_str(&sql)));
    }
    return ok;
}
