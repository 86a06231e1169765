#include "hunt/summary.h"

#include <stdlib.h>
#include <string.h>

#include "base/cell.h"
#include "base/mem.h"
#include "hunt/listed.h"

enum { CELL_BYTES_MAX = 1 << 18, NAME_COLUMNS = 70 };

/* A value and how many matches have it. */
typedef struct Tally {
    Str value;
    RuleLevel level;
    size_t count;
} Tally;

/* Appends what *match* counts for. */
typedef bool (*Take)(const HuntMatch *match, Buf *values, Error *err);

static bool add(Buf *values, Str value, RuleLevel level, Error *err)
{
    Tally one = {value, level, 1};
    return !value.len || buf_append(values, &one, sizeof one, err);
}

static bool take_rule(const HuntMatch *match, Buf *values, Error *err)
{
    return add(values, match->rule->title, match->rule->level, err);
}

static bool take_level(const HuntMatch *match, Buf *values, Error *err)
{
    return add(values, str_of(rule_level_name(match->rule->level)), match->rule->level, err);
}

static bool take_principal(const HuntMatch *match, Buf *values, Error *err)
{
    return add(values, match->principal, LEVEL_NONE, err);
}

static bool take_address(const HuntMatch *match, Buf *values, Error *err)
{
    return add(values, match->address, LEVEL_NONE, err);
}

static bool take_lists(const HuntMatch *match, Buf *values, Error *err)
{
    bool ok = true;
    for (size_t at = 0; ok && at < match->threat_lists.len;)
        ok = add(values, story_next_name(match->threat_lists, &at), LEVEL_NONE, err);
    return ok;
}

/* attack.t1098.001 is a technique; what has no number is a tactic. */
static bool is_tactic(Str tag)
{
    Str name = str_slice(tag, 7, tag.len);
    bool number = name.len > 1 && name.ptr[1] >= '0' && name.ptr[1] <= '9';
    return str_starts(tag, STR("attack.")) && name.len && !number;
}

static bool take_tactics(const HuntMatch *match, Buf *values, Error *err)
{
    bool ok = true;
    for (uint32_t i = 0; ok && i < match->rule->tags.count; i++) {
        Str tag = match->rule->tags.list[i];
        ok = !is_tactic(tag) || add(values, str_slice(tag, 7, tag.len), LEVEL_NONE, err);
    }
    return ok;
}

static const struct {
    const char *title;
    Take take;
    bool levels;
} GROUPS[] = {
    {"rule", take_rule, true},
    {"level", take_level, false},
    {"principal", take_principal, false},
    {"address", take_address, false},
    {"threat list", take_lists, false},
    {"ATT&CK tactic", take_tactics, false},
};

static int by_value(const void *a, const void *b)
{
    const Tally *left = a, *right = b;
    return str_compare(left->value, right->value);
}

static int by_count(const void *a, const void *b)
{
    const Tally *left = a, *right = b;
    if (left->level != right->level)
        return left->level > right->level ? -1 : 1;
    if (left->count != right->count)
        return left->count > right->count ? -1 : 1;
    return str_compare(left->value, right->value);
}

/* Equal values become one with their sum. */
static size_t join(Tally *list, size_t count)
{
    size_t kept = 0;
    if (count)
        qsort(list, count, sizeof *list, by_value);
    for (size_t i = 0; i < count; i++) {
        if (kept && str_equal(list[kept - 1].value, list[i].value))
            list[kept - 1].count += list[i].count;
        else
            list[kept++] = list[i];
    }
    if (kept)
        qsort(list, kept, sizeof *list, by_count);
    return kept;
}

static bool put_line(const Tally *tally, bool levels, FILE *out, Error *err)
{
    BUF_AUTO Buf seen = buf_init(CELL_BYTES_MAX);
    if (!cell_visible(tally->value, &seen, err))
        return false;
    Str shown = cell_cut(buf_str(&seen), NAME_COLUMNS);
    fprintf(out, "%10zu  ", tally->count);
    if (levels)
        fprintf(out, "%-13s  ", rule_level_name(tally->level));
    fprintf(out, "%.*s\n", STR_ARG(shown));
    return true;
}

static bool write_group(const Hunt *hunt, size_t group, size_t rows_max, FILE *out, Error *err)
{
    BUF_AUTO Buf values = buf_init(SIZE_MAX / 2);
    bool ok = true;
    for (size_t i = 0; ok && i < hunt_count(hunt); i++)
        ok = GROUPS[group].take(hunt_match(hunt, i), &values, err);
    Tally *list = (Tally *)(void *)values.ptr;
    size_t count = ok ? join(list, values.len / sizeof *list) : 0;
    if (count)
        fprintf(out, "\nby %s\n", GROUPS[group].title);
    for (size_t i = 0; ok && i < count && i < rows_max; i++)
        ok = put_line(&list[i], GROUPS[group].levels, out, err);
    if (ok && count > rows_max)
        fprintf(out, "            ... and %zu more\n", count - rows_max);
    return ok;
}

bool summary_write(const Hunt *hunt, size_t rows_max, FILE *out, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof GROUPS / sizeof *GROUPS; i++)
        ok = write_group(hunt, i, rows_max, out, err);
    return ok;
}
