/* Several notices as one message. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "notify/notice.h"

enum { TITLE_BYTES_MAX = 400, LEVELS = LEVEL_CRITICAL + 1 };

/* "12 notices: critical 3, high 9", the gravest first. */
static bool put_title(const NoticeGroup *group, NoticeLanguage language, Buf *to, Error *err)
{
    int of[LEVELS] = {0};
    const char *before = ": ";
    for (int i = 0; i < group->count; i++)
        of[group->members[i].level]++;
    bool ok = buf_printf(to, err, "%d%s", group->count, notice_words_text(language, WORD_NOTICES));
    for (int level = LEVELS - 1; ok && level >= 0; level--)
        if (of[level]) {
            ok = buf_printf(to, err, "%s%s %d", before, notice_words_level(language, level),
                            of[level]);
            before = ", ";
        }
    return ok;
}

/* The group is as long as all of it; it is of whom all are. */
static void widen(Notice *group, const Notice *member)
{
    if (member->first_us < group->first_us)
        group->first_us = member->first_us;
    if (member->last_us > group->last_us)
        group->last_us = member->last_us;
    group->count += member->count;
    if (!str_equal(group->account, member->account))
        group->account = STR("");
    if (!str_equal(group->principal, member->principal))
        group->principal = STR("");
}

/* The gravest first, then as they came. */
static int compare(const void *left, const void *right)
{
    const Notice *a = left, *b = right;
    return a->level != b->level ? (a->level < b->level) - (a->level > b->level)
                                : (a->first_us > b->first_us) - (a->first_us < b->first_us);
}

bool notice_of_group(const NoticeGroup *group, NoticeLanguage language, Arena *arena, Notice *ret,
                     Error *err)
{
    BUF_AUTO Buf title = buf_init(TITLE_BYTES_MAX);
    qsort(group->members, (size_t)group->count, sizeof *group->members, compare);
    const Notice *first = &group->members[0];
    *ret = (Notice){.level = first->level,
                    .level_name = first->level_name,
                    .account = first->account,
                    .principal = first->principal,
                    .first_us = first->first_us,
                    .last_us = first->last_us,
                    .members = group->members,
                    .member_count = group->count};
    snprintf(ret->key, sizeof ret->key, "group/%" PRId64, group->number);
    for (int i = 0; i < group->count; i++)
        widen(ret, &group->members[i]);
    if (!put_title(group, language, &title, err))
        return false;
    const char *kept = arena_text(arena, buf_str(&title), err);
    const char *id = arena_text(arena, str_of(ret->key + strlen("group/")), err);
    ret->title = (Str){kept, title.len};
    ret->id = str_of(id ? id : "");
    return kept && id;
}
