#include "derive/aws_ranges.h"

#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/mem.h"
#include "derive/prefix_table.h"

enum {
    KINDS_MAX = 4096, /* pairs of a service and a region; about 700 in 2026 */
    TREE_BYTES_MAX = 128 << 20,
    KEPT_BYTES_MAX = 2 << 20,
    SHOWN_MAX = 64,
};

/* A pair of a service and a region, and how many prefixes it and the whole service have. */
typedef struct Kind {
    AwsRange range;
    size_t prefixes, of_service;
} Kind;

struct AwsRanges {
    Arena *arena; /* the texts and kinds */
    Kind *kinds;
    uint32_t kinds_count;
    Str created;
    PrefixTable *table; /* its values are indexes of kinds */
};

/* The two lists of the file. */
static const struct {
    Str list, member;
} LISTS[] = {
    {{"prefixes", 8}, {"ip_prefix", 9}},
    {{"ipv6_prefixes", 13}, {"ipv6_prefix", 11}},
};

static const Str CATCH_ALL = {"AMAZON", 6};

void aws_ranges_free(AwsRanges *ranges)
{
    if (!ranges)
        return;
    prefix_table_free(ranges->table);
    arena_free(ranges->arena);
    mem_free(ranges);
}

static bool keep(AwsRanges *ranges, Str text, Str *ret, Error *err)
{
    const char *copy = arena_text(ranges->arena, text, err);
    if (copy)
        *ret = (Str){copy, text.len};
    return copy != NULL;
}

/* The index of the pair, made when it is new. */
static bool find_kind(AwsRanges *ranges, Str service, Str region, uint32_t *ret, Error *err)
{
    for (uint32_t i = ranges->kinds_count; i-- > 0;)
        if (str_equal(ranges->kinds[i].range.service, service) &&
            str_equal(ranges->kinds[i].range.region, region)) {
            *ret = i;
            return true;
        }
    if (ranges->kinds_count == KINDS_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d pairs of a service and a region",
                         (int)KINDS_MAX);
    *ret = ranges->kinds_count;
    Kind *kind = &ranges->kinds[ranges->kinds_count];
    if (!keep(ranges, service, &kind->range.service, err) ||
        !keep(ranges, region, &kind->range.region, err))
        return false;
    ranges->kinds_count++;
    return true;
}

static bool add_entry(AwsRanges *ranges, PrefixTableBuilder *builder, const Json *entry, Str member,
                      Error *err)
{
    static const Str NONE = {"", 0};
    AddressPrefix prefix;
    uint32_t kind = 0;
    Str text = json_text(json_member(entry, member), NONE);
    Str service = json_text(json_member(entry, STR("service")), NONE);
    Str region = json_text(json_member(entry, STR("region")), NONE);
    if (!address_parse_prefix(text, &prefix))
        return error_set(err, ERROR_INPUT, "expected a network in '%.*s', found '%.*s'",
                         STR_ARG(member), STR_ARG(str_slice(text, 0, SHOWN_MAX)));
    if (!service.len || !region.len || service.len > SHOWN_MAX || region.len > SHOWN_MAX)
        return error_set(err, ERROR_INPUT, "the network '%.*s' has no readable service and region",
                         STR_ARG(text));
    if (!find_kind(ranges, service, region, &kind, err) ||
        !prefix_table_add(builder, prefix, kind, err))
        return false;
    ranges->kinds[kind].prefixes++;
    return true;
}

static void count_services(AwsRanges *ranges)
{
    for (uint32_t i = 0; i < ranges->kinds_count; i++)
        for (uint32_t j = 0; j < ranges->kinds_count; j++)
            if (str_equal(ranges->kinds[j].range.service, ranges->kinds[i].range.service))
                ranges->kinds[i].of_service += ranges->kinds[j].prefixes;
}

static bool read_lists(AwsRanges *ranges, const Json *root, PrefixTableBuilder *builder, Error *err)
{
    bool found = false;
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++) {
        const Json *list = json_member(root, LISTS[i].list);
        if (!list || list->type != JSON_ARRAY)
            continue;
        found = true;
        for (const Json *entry = list->first; entry; entry = entry->next)
            if (!add_entry(ranges, builder, entry, LISTS[i].member, err))
                return false;
    }
    return found ||
           error_set(err, ERROR_INPUT, "expected AWS's ip-ranges.json: no list 'prefixes' in it");
}

static bool fill(AwsRanges *ranges, Str text, Arena *tree, PrefixTableBuilder *builder, Error *err)
{
    const Json *root = json_read(text, &JSON_LIMITS_DEFAULT, tree, err);
    if (!root || !read_lists(ranges, root, builder, err))
        return false;
    Str created = json_text(json_member(root, STR("createDate")), STR(""));
    count_services(ranges);
    return keep(ranges, str_slice(created, 0, SHOWN_MAX), &ranges->created, err) &&
           (ranges->table = prefix_table_build(builder, err)) != NULL;
}

static bool read_ranges(AwsRanges *ranges, Str text, Error *err)
{
    ranges->arena = arena_new(KEPT_BYTES_MAX, err);
    ranges->kinds =
        ranges->arena ? arena_calloc(ranges->arena, KINDS_MAX, sizeof(Kind), err) : NULL;
    Arena *tree = ranges->kinds ? arena_new(TREE_BYTES_MAX, err) : NULL;
    PrefixTableBuilder *builder = tree ? prefix_table_builder_new(err) : NULL;
    bool ok = builder && fill(ranges, text, tree, builder, err);
    prefix_table_builder_free(builder);
    arena_free(tree);
    return ok;
}

AwsRanges *aws_ranges_read(Str text, Error *err)
{
    if (text.len > AWS_RANGES_BYTES_MAX) {
        error_set(err, ERROR_LIMIT, "AWS's ranges take more than %d MiB",
                  (int)AWS_RANGES_BYTES_MAX >> 20);
        return NULL;
    }
    AwsRanges *ranges = mem_calloc(1, sizeof *ranges, err);
    if (ranges && read_ranges(ranges, text, err))
        return ranges;
    aws_ranges_free(ranges);
    return NULL;
}

/* Whether *a* of *a_bits* says more of an address than *b* of *b_bits*. */
static bool says_more(const Kind *a, unsigned a_bits, const Kind *b, unsigned b_bits)
{
    bool a_any = str_equal(a->range.service, CATCH_ALL);
    bool b_any = str_equal(b->range.service, CATCH_ALL);
    if (a_any != b_any)
        return b_any;
    if (a_bits != b_bits)
        return a_bits > b_bits;
    if (a->of_service != b->of_service)
        return a->of_service < b->of_service;
    int order = str_compare(a->range.service, b->range.service);
    return order ? order < 0 : str_compare(a->range.region, b->range.region) < 0;
}

bool aws_ranges_find(const AwsRanges *ranges, AddressKey key, AwsRange *ret)
{
    PrefixMatch match;
    const Kind *best = NULL;
    unsigned best_bits = 0;
    for (bool more = prefix_table_first(ranges->table, key, &match); more;
         more = prefix_table_next(ranges->table, &match)) {
        const Kind *kind = &ranges->kinds[match.value];
        if (best && !says_more(kind, match.bits, best, best_bits))
            continue;
        best = kind;
        best_bits = match.bits;
    }
    if (best)
        *ret = best->range;
    return best != NULL;
}

Str aws_ranges_created(const AwsRanges *ranges)
{
    return ranges->created;
}

size_t aws_ranges_count(const AwsRanges *ranges)
{
    return prefix_table_rows(ranges->table);
}
