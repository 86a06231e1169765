#include "search_pattern.h"

#include <inttypes.h>

#include "base/pool.h"
#include "base/timestamp.h"
#include "detect/ruleset_pattern.h"
#include "query/lake_hunt.h"
#include "query/records.h"

enum { MATCH_BYTES_MAX = 256 << 20, PLACE_BITS = 28 };

static const int64_t SECOND_US = 1000 * 1000;

static RuleSet *read_pattern(const char *pattern, Error *err)
{
    const RuleTexts none = {NULL, 0};
    Error why = {0};
    RuleSet *set = ruleset_new(NULL, err);
    if (!set)
        return NULL;
    if (ruleset_pattern_add(set, STR("pattern"), str_of(pattern), &none, &why))
        return ruleset_finish(set, err) ? set : (ruleset_free(set), NULL);
    error_set(err, why.kind == ERROR_INPUT ? ERROR_USAGE : why.kind, "--pattern: %s", why.text);
    error_clear(&why);
    ruleset_free(set);
    return NULL;
}

static Hunt *run(const CommandLine *line, const char *folder, const RuleSet *set, Error *err)
{
    const Config *config = command_config(line);
    int64_t threads = config_number(config, CONFIG_QUERY_THREADS);
    ScanCount scanned;
    LakeHunt wanted = {.config = config,
                       .options = {.rules = set,
                                   .jobs = threads > 0 ? (int)threads : pool_processors(),
                                   .bytes_max = MATCH_BYTES_MAX}};
    Hunt *hunt = NULL;
    folder = folder ? folder : config_text(config, CONFIG_LAKE_FOLDER);
    LAKE_AUTO Lake *lake = lake_open(folder, LAKE_READ, err);
    wanted.lake = lake;
    wanted.options.derive = lake ? derive_open(config, err) : NULL;
    if (wanted.options.derive &&
        command_range(line, &wanted.options.since_us, &wanted.options.until_us, err))
        hunt = lake_hunt_run(&wanted, &scanned, err);
    derive_release(wanted.options.derive);
    return hunt;
}

/* Which of the matches are named: all that are counted, else no more than are shown. */
static bool choose(const Hunt *hunt, const SearchQuestion *question, bool counts, size_t *ret_first,
                   Error *err)
{
    size_t count = hunt_count(hunt);
    bool all = counts || !question->limit || question->limit > count;
    size_t wanted = all ? count : (size_t)question->limit;
    *ret_first = count - wanted;
    if (hunt_report(hunt)->dropped == 0 && wanted <= SEARCH_PATTERN_EVENTS_MAX)
        return true;
    return error_set(err, ERROR_LIMIT,
                     "the pattern describes %" PRIu64 " events, and at most %d are counted or "
                     "shown: choose fewer by --since, --until or --limit",
                     hunt_report(hunt)->matches, SEARCH_PATTERN_EVENTS_MAX);
}

/* Events by their numbers, within the times of the first and the last. */
static bool write_condition(const Hunt *hunt, size_t first, Buf *sql, Error *err)
{
    size_t count = hunt_count(hunt);
    if (first == count)
        return buf_append_str(sql, STR("FALSE"), err);
    bool ok = buf_append_byte(sql, '(', err) &&
              records_put_time(sql, ">=", hunt_match(hunt, first)->time_us, err) &&
              buf_append_str(sql, STR(" AND "), err) &&
              records_put_time(sql, "<", hunt_match(hunt, count - 1)->time_us + SECOND_US, err) &&
              buf_printf(sql, err, " AND object_id * %d + record_index IN (", 1 << PLACE_BITS);
    for (size_t i = first; ok && i < count; i++)
        ok = buf_printf(sql, err, "%s%" PRId64, i > first ? ", " : "", hunt_match(hunt, i)->event);
    return ok && buf_append_str(sql, STR("))"), err);
}

bool search_pattern_find(const CommandLine *line, const char *folder, SearchQuestion *question,
                         Error *err)
{
    bool counts = question->facet_count || question->times;
    size_t first = 0;
    RuleSet *set = read_pattern(question->pattern, err);
    Hunt *hunt = set ? run(line, folder, set, err) : NULL;
    question->plain.len = 0;
    question->untouched = true;
    bool ok = hunt && choose(hunt, question, counts, &first, err) &&
              write_condition(hunt, first, &question->plain, err);
    hunt_free(hunt);
    ruleset_free(set);
    return ok;
}
