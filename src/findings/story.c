#include "findings/story.h"

#include <string.h>

enum { ACCOUNT_DIGITS = 12, REGION_BYTES_MAX = 32 };

Str story_match_text(const StoryMatch *match, size_t member)
{
    return *(const Str *)(const void *)((const char *)match + member);
}

static bool is_account(Str text)
{
    bool ok = text.len == ACCOUNT_DIGITS;
    for (size_t i = 0; ok && i < text.len; i++)
        ok = text.ptr[i] >= '0' && text.ptr[i] <= '9';
    return ok;
}

Str story_account(Str account, Str principal)
{
    Str of_principal = story_arn_part(principal, 4);
    if (is_account(account))
        return account;
    return is_account(of_principal) ? of_principal : STR("000000000000");
}

Str story_region(Str region)
{
    bool ok = region.len > 0 && region.len <= REGION_BYTES_MAX;
    for (size_t i = 0; ok && i < region.len; i++) {
        char c = region.ptr[i];
        ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    }
    return ok ? region : STR("us-east-1");
}

const char *story_partition(Str region)
{
    if (str_starts(region, STR("cn-")))
        return "aws-cn";
    return str_starts(region, STR("us-gov-")) ? "aws-us-gov" : "aws";
}

Str story_rule_id(const Rule *rule)
{
    if (rule->id.len)
        return rule->id;
    return rule->name.len ? rule->name : rule->title;
}

Str story_resembles(const Rule *rule)
{
    const Yaml *node = rule->tree ? yaml_member(rule->tree, "resembles") : NULL;
    return node && yaml_is_scalar(node) ? node->text : STR("");
}

Str story_arn_part(Str arn, int number)
{
    size_t from = 0;
    if (!str_starts(arn, STR("arn:")))
        return STR("");
    for (int i = 0; i < number && from < arn.len; i++)
        from = str_find_byte(arn, ':', from) + 1;
    return from < arn.len ? str_slice(arn, from, str_find_byte(arn, ':', from)) : STR("");
}

/* Puts *text* behind the others unless it is there. */
static size_t put_text(Str text, Str *ret, size_t count)
{
    bool known = text.len == 0;
    for (size_t i = 0; !known && i < count; i++)
        known = str_equal(ret[i], text);
    if (known)
        return count;
    ret[count] = text;
    return count + 1;
}

size_t story_texts(const Story *story, size_t member, Str *ret, size_t most)
{
    size_t count = 0;
    for (size_t i = 0; count < most && i < story->count; i++)
        count = put_text(story_match_text(story->matches[i], member), ret, count);
    return count;
}

size_t story_lists(const Story *story, Str *ret, size_t most)
{
    size_t count = 0;
    for (size_t i = 0; i < story->count; i++) {
        Str lists = story->matches[i]->threat_lists;
        for (size_t at = 0; count < most && at < lists.len;)
            count = put_text(story_next_name(lists, &at), ret, count);
    }
    return count;
}

Str story_next_name(Str text, size_t *from)
{
    size_t begin = *from, end = begin;
    while (end < text.len && !str_starts(str_slice(text, end, text.len), STR(STORY_BETWEEN)))
        end++;
    *from = end < text.len ? end + strlen(STORY_BETWEEN) : end;
    return str_slice(text, begin < end ? begin : end, end);
}
