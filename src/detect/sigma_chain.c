/* Which modifiers may stand where ("sigma", sections 6.1 and 6.2). */
#include <string.h>

#include "detect/sigma_modifier.h"

static const Modifier MODIFIERS[] = {
    {"contains", MODIFIER_CONTAINS, 0},
    {"startswith", MODIFIER_STARTSWITH, 0},
    {"endswith", MODIFIER_ENDSWITH, 0},
    {"all", MODIFIER_ALL, 0},
    {"neq", MODIFIER_NEQ, 0},
    {"exists", MODIFIER_EXISTS, 0},
    {"cased", MODIFIER_CASED, 0},
    {"windash", MODIFIER_WINDASH, 0},
    {"re", MODIFIER_RE, 0},
    {"i", MODIFIER_FLAG, REGEX_IGNORE_CASE},
    {"ignorecase", MODIFIER_FLAG, REGEX_IGNORE_CASE},
    {"m", MODIFIER_FLAG, REGEX_LINES},
    {"multiline", MODIFIER_FLAG, REGEX_LINES},
    {"s", MODIFIER_FLAG, REGEX_DOT_ALL},
    {"dotall", MODIFIER_FLAG, REGEX_DOT_ALL},
    {"cidr", MODIFIER_CIDR, 0},
    {"base64", MODIFIER_BASE64, 0},
    {"base64offset", MODIFIER_BASE64OFFSET, 0},
    {"utf16le", MODIFIER_UTF16LE, 0},
    {"wide", MODIFIER_UTF16LE, 0},
    {"utf16be", MODIFIER_UTF16BE, 0},
    {"utf16", MODIFIER_UTF16, 0},
    {"fieldref", MODIFIER_FIELDREF, 0},
    {"expand", MODIFIER_EXPAND, 0},
    {"lt", MODIFIER_ORDER, TEST_LESS},
    {"lte", MODIFIER_ORDER, TEST_LESS_EQUAL},
    {"gt", MODIFIER_ORDER, TEST_GREATER},
    {"gte", MODIFIER_ORDER, TEST_GREATER_EQUAL},
    {"minute", MODIFIER_PART, PART_MINUTE},
    {"hour", MODIFIER_PART, PART_HOUR},
    {"day", MODIFIER_PART, PART_DAY},
    {"week", MODIFIER_PART, PART_WEEK},
    {"month", MODIFIER_PART, PART_MONTH},
    {"year", MODIFIER_PART, PART_YEAR},
};

#define BIT(kind) (1u << MODIFIER_##kind)

/* Modifiers that go with any other. */
static const unsigned ANYWHERE = BIT(ALL) | BIT(NEQ);

/* What else may stand in a chain that holds the modifier, beside ANYWHERE; 0 for the texts', which
 * go together. *first*: it opens the chain. */
static const struct {
    ModifierKind kind;
    unsigned beside;
    bool first, field;
} RULES[] = {
    {MODIFIER_EXISTS, BIT(EXISTS), true, true},
    {MODIFIER_RE,
     BIT(RE) | BIT(FLAG) | BIT(CONTAINS) | BIT(STARTSWITH) | BIT(ENDSWITH) | BIT(EXPAND), true,
     false},
    {MODIFIER_CIDR, BIT(CIDR), true, true},
    {MODIFIER_FIELDREF,
     BIT(FIELDREF) | BIT(CONTAINS) | BIT(STARTSWITH) | BIT(ENDSWITH) | BIT(CASED), true, true},
    {MODIFIER_ORDER, BIT(ORDER) | BIT(PART), false, true},
    {MODIFIER_PART, BIT(ORDER) | BIT(PART), false, true},
};

static const Modifier *find(Str name)
{
    for (size_t i = 0; i < sizeof MODIFIERS / sizeof *MODIFIERS; i++)
        if (str_equal(name, str_of(MODIFIERS[i].name)))
            return &MODIFIERS[i];
    return NULL;
}

/* Whether something that is not ANYWHERE stands before the modifier at *index*. */
static bool has_before(const SigmaChain *chain, uint32_t index)
{
    for (uint32_t i = 0; i < index; i++)
        if (!(ANYWHERE >> chain->modifiers[i]->kind & 1))
            return true;
    return false;
}

static bool check_rule(RuleReading *reading, const Yaml *node, const SigmaChain *chain, size_t rule)
{
    ModifierKind kind = RULES[rule].kind;
    uint32_t index = 0;
    while (index < chain->count && chain->modifiers[index]->kind != kind)
        index++;
    if (index == chain->count)
        return true;
    const char *name = chain->modifiers[index]->name;
    if (RULES[rule].field && !chain->field.len)
        return ruleset_reject(reading, node, "R29", "'%s' needs a field", name);
    if (RULES[rule].first && has_before(chain, index))
        return ruleset_reject(reading, node, "R14", "'%s' must be the first modifier", name);
    for (uint32_t i = 0; i < chain->count; i++)
        if (!((RULES[rule].beside | ANYWHERE) >> chain->modifiers[i]->kind & 1))
            return ruleset_reject(reading, node, "R13", "'%s' does not go with '%s'",
                                  chain->modifiers[i]->name, name);
    return true;
}

/* Comparisons and parts of dates: at most one of each, the part first. */
static bool check_numbers(RuleReading *reading, const Yaml *node, SigmaChain *chain)
{
    unsigned orders = 0, parts = 0;
    for (uint32_t i = 0; i < chain->count; i++) {
        const Modifier *modifier = chain->modifiers[i];
        if (modifier->kind == MODIFIER_ORDER) {
            orders++;
            chain->order = (TestOrder)modifier->detail;
        } else if (modifier->kind == MODIFIER_PART) {
            if (orders)
                return ruleset_reject(reading, node, "R30", "'%s' must stand before a comparison",
                                      modifier->name);
            parts++;
            chain->part = (TestPart)modifier->detail;
        }
    }
    return (orders < 2 && parts < 2) ||
           ruleset_reject(reading, node, "R30",
                          "a chain has one comparison and one part of a date");
}

static bool check_flags(RuleReading *reading, const Yaml *node, SigmaChain *chain)
{
    bool seen = false;
    for (uint32_t i = 0; i < chain->count; i++) {
        const Modifier *modifier = chain->modifiers[i];
        seen |= modifier->kind == MODIFIER_RE;
        if (modifier->kind != MODIFIER_FLAG)
            continue;
        if (!seen)
            return ruleset_reject(reading, node, "R15", "'%s' stands behind 're' only",
                                  modifier->name);
        chain->flags |= (unsigned)modifier->detail;
    }
    return true;
}

/* Whether one value can pass several different tests of the chain. */
static bool can_pass_all(const SigmaChain *chain)
{
    static const unsigned WIDE = BIT(CONTAINS) | BIT(STARTSWITH) | BIT(ENDSWITH) | BIT(RE) |
                                 BIT(CIDR) | BIT(FIELDREF) | BIT(ORDER);
    bool wide = !chain->field.len;
    for (uint32_t i = 0; i < chain->count; i++)
        wide |= WIDE >> chain->modifiers[i]->kind & 1;
    return wide;
}

static void advise(RuleReading *reading, const Yaml *node, const SigmaChain *chain)
{
    for (uint32_t i = 1; i < chain->count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (chain->modifiers[i] == chain->modifiers[j] &&
                chain->modifiers[i]->kind != MODIFIER_BASE64)
                ruleset_warn(reading, node, "'%s' stands twice", chain->modifiers[i]->name);
    if (chain->has[MODIFIER_BASE64OFFSET] && !chain->has[MODIFIER_CONTAINS])
        ruleset_warn(reading, node, "'base64offset' without 'contains' looks at whole values");
    if (chain->has[MODIFIER_ALL] && !can_pass_all(chain))
        ruleset_warn(reading, node,
                     "no single value can equal 'all' of them; 'contains' is missing");
    if (chain->has[MODIFIER_ALL] && chain->has[MODIFIER_WINDASH])
        ruleset_warn(reading, node, "'all' with 'windash': each dash may be another one");
}

static bool add_modifier(RuleReading *reading, const Yaml *node, Str name, SigmaChain *chain)
{
    const Modifier *modifier = find(name);
    if (!modifier)
        return ruleset_reject(reading, node, "R12", "there is no modifier '%.*s'",
                              STR_ARG(str_slice(name, 0, 40)));
    if (chain->count == SIGMA_CHAIN_MAX)
        return ruleset_reject(reading, node, "R12", "more than %d modifiers", SIGMA_CHAIN_MAX);
    chain->modifiers[chain->count++] = modifier;
    chain->has[modifier->kind] = true;
    return true;
}

bool sigma_chain_read(RuleReading *reading, Str key, const Yaml *node, SigmaChain *ret)
{
    size_t at = str_find_byte(key, '|', 0);
    bool ok = true;
    *ret = (SigmaChain){.field = str_slice(key, 0, at), .order = TEST_EQUAL};
    while (ok && at < key.len) {
        size_t end = str_find_byte(key, '|', at + 1);
        ok = add_modifier(reading, node, str_slice(key, at + 1, end), ret);
        at = end;
    }
    for (size_t rule = 0; ok && rule < sizeof RULES / sizeof *RULES; rule++)
        ok = check_rule(reading, node, ret, rule);
    ok = ok && check_numbers(reading, node, ret) && check_flags(reading, node, ret);
    if (ok)
        advise(reading, node, ret);
    return ok;
}
