#include "detect/coverage.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"

enum { ROWS_BYTES_MAX = 1 << 24, COMMENT_BYTES_MAX = 1 << 16 };

static const Str PREFIX = {"attack.", 7};

/* attack.t1098.001 is a technique, attack.g0016 a group, attack.persistence a tactic. */
static bool is_technique(Str tag)
{
    return str_starts(tag, PREFIX) && tag.len > 8 && (tag.ptr[7] == 't' || tag.ptr[7] == 'T') &&
           tag.ptr[8] >= '0' && tag.ptr[8] <= '9';
}

static bool is_tactic(Str tag)
{
    return str_starts(tag, PREFIX) && tag.len > 8 && !(tag.ptr[8] >= '0' && tag.ptr[8] <= '9');
}

static Str name_of(Str tag)
{
    return str_slice(tag, PREFIX.len, tag.len);
}

static bool add_row(const Rule *rule, Str tactic, Str technique, Buf *rows, Error *err)
{
    CoverageRow row = {tactic, technique, 1, rule->level};
    return buf_append(rows, &row, sizeof row, err);
}

/* Each technique of a rule under each of its tactics. */
static bool add_rule(const Rule *rule, Buf *rows, Error *err)
{
    bool ok = true;
    for (uint32_t i = 0; ok && i < rule->tags.count; i++) {
        bool some = false;
        if (!is_tactic(rule->tags.list[i]))
            continue;
        for (uint32_t j = 0; ok && j < rule->tags.count; j++) {
            if (!is_technique(rule->tags.list[j]))
                continue;
            some = true;
            ok = add_row(rule, name_of(rule->tags.list[i]), name_of(rule->tags.list[j]), rows, err);
        }
        ok = ok && (some || add_row(rule, name_of(rule->tags.list[i]), STR(""), rows, err));
    }
    return ok;
}

static int compare(const void *a, const void *b)
{
    const CoverageRow *left = a, *right = b;
    int order = str_compare(left->tactic, right->tactic);
    return order ? order : str_compare(left->technique, right->technique);
}

bool coverage_rows(const RuleSet *set, Buf *ret_rows, Error *err)
{
    bool ok = true;
    size_t kept = 0;
    for (size_t i = 0; ok && i < ruleset_count(set); i++)
        if (ruleset_rule(set, i)->applies && ruleset_rule(set, i)->kind != RULE_FILTER)
            ok = add_rule(ruleset_rule(set, i), ret_rows, err);
    CoverageRow *rows = (CoverageRow *)(void *)ret_rows->ptr;
    size_t count = ret_rows->len / sizeof *rows;
    if (ok && count)
        qsort(rows, count, sizeof *rows, compare);
    for (size_t i = 0; ok && i < count; i++) {
        if (!kept || compare(&rows[kept - 1], &rows[i]) != 0) {
            rows[kept++] = rows[i];
            continue;
        }
        rows[kept - 1].rules++;
        if (rows[i].level > rows[kept - 1].level)
            rows[kept - 1].level = rows[i].level;
    }
    ret_rows->len = kept * sizeof *rows;
    return ok;
}

bool coverage_write_table(const RuleSet *set, Buf *out, Error *err)
{
    BUF_AUTO Buf list = buf_init(ROWS_BYTES_MAX);
    bool ok =
        coverage_rows(set, &list, err) && buf_printf(out, err, "%-24s  %-10s  %5s  %s\n", "tactic",
                                                     "technique", "rules", "highest level");
    const CoverageRow *rows = (const CoverageRow *)(void *)list.ptr;
    for (size_t i = 0; ok && i < list.len / sizeof *rows; i++)
        ok = buf_printf(out, err, "%-24.*s  %-10.*s  %5zu  %s\n", STR_ARG(rows[i].tactic),
                        STR_ARG(rows[i].technique), rows[i].rules, rule_level_name(rows[i].level));
    return ok;
}

/* The titles of the rules with that technique, and how many there are. */
static bool put_titles(const RuleSet *set, Str technique, Buf *titles, size_t *ret_count,
                       Error *err)
{
    bool ok = true;
    *ret_count = 0;
    for (size_t i = 0; ok && i < ruleset_count(set); i++) {
        const Rule *rule = ruleset_rule(set, i);
        bool has = false;
        for (uint32_t t = 0; rule->applies && t < rule->tags.count; t++)
            has |= is_technique(rule->tags.list[t]) &&
                   str_equal(name_of(rule->tags.list[t]), technique);
        if (has && titles->len + rule->title.len + 2 < COMMENT_BYTES_MAX)
            ok = buf_printf(titles, err, "%s%.*s", *ret_count ? "; " : "", STR_ARG(rule->title));
        *ret_count += has;
    }
    return ok;
}

static bool put_technique(const RuleSet *set, Str technique, bool first, Buf *out, Error *err)
{
    BUF_AUTO Buf titles = buf_init(COMMENT_BYTES_MAX);
    size_t count;
    return put_titles(set, technique, &titles, &count, err) &&
           buf_printf(out, err,
                      "%s{\"techniqueID\":\"T%.*s\",\"score\":%zu,\"comment\":", first ? "" : ",\n",
                      STR_ARG(str_slice(technique, 1, technique.len)), count) &&
           json_append_string(out, buf_str(&titles), err) && buf_append_byte(out, '}', err);
}

static int by_technique(const void *a, const void *b)
{
    const CoverageRow *left = a, *right = b;
    return str_compare(left->technique, right->technique);
}

bool coverage_write_layer(const RuleSet *set, Buf *out, Error *err)
{
    BUF_AUTO Buf list = buf_init(ROWS_BYTES_MAX);
    bool ok = coverage_rows(set, &list, err) &&
              buf_printf(out, err,
                         "{\"name\":\"Spoor's rules\",\"versions\":{\"layer\":\"4.5\"},\"domain\":"
                         "\"enterprise-attack\",\"description\":\"How many rules speak of each "
                         "technique\",\"techniques\":[\n");
    CoverageRow *rows = (CoverageRow *)(void *)list.ptr;
    size_t count = list.len / sizeof *rows;
    bool first = true;
    if (ok && count)
        qsort(rows, count, sizeof *rows, by_technique);
    for (size_t i = 0; ok && i < count; i++) {
        bool again = i > 0 && str_equal(rows[i - 1].technique, rows[i].technique);
        if (!rows[i].technique.len || again)
            continue;
        ok = put_technique(set, rows[i].technique, first, out, err);
        first = false;
    }
    return ok && buf_printf(out, err,
                            "\n],\"gradient\":{\"colors\":[\"#fff4ce\",\"#e07b39\"],\"minValue\":0,"
                            "\"maxValue\":20}}\n");
}
