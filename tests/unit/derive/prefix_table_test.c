#include "derive/prefix_table.h"

#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "support/support.h"

typedef struct Given {
    AddressPrefix prefix;
    uint32_t value;
} Given;

static PrefixTable *build(const Given *given, size_t count)
{
    Error err = {0};
    PrefixTableBuilder *builder = prefix_table_builder_new(&err);
    support_ok(builder != NULL, &err);
    for (size_t i = 0; i < count; i++)
        support_ok(prefix_table_add(builder, given[i].prefix, given[i].value, &err), &err);
    PrefixTable *table = prefix_table_build(builder, &err);
    support_ok(table != NULL, &err);
    prefix_table_builder_free(builder);
    return table;
}

/* The values of all that hold *text*, longest first, as "3 1 ". */
static void look_up(const PrefixTable *table, const char *text, char *ret, size_t size)
{
    AddressKey key;
    PrefixMatch match;
    size_t used = 0;
    ret[0] = '\0';
    assert_true(address_parse(str_of(text), &key));
    for (bool more = prefix_table_first(table, key, &match); more;
         more = prefix_table_next(table, &match))
        used += (size_t)snprintf(ret + used, size - used, "%u ", match.value);
}

static void all_networks_of_an_address_are_found_longest_first(void **state)
{
    static const char *const PREFIXES[] = {
        "10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24",   "10.1.2.3",         "10.1.2.3",
        "1.2.3.4",    "0.0.0.0/0",   "2001:db8::/32", "2001:db8:1::/48",  "2001:db8::1",
        "::/0",       "10.1.2.2/31", "10.200.0.0/16", "2001:db8:0:1::/64"};
    static const struct {
        const char *sentence, *text, *values;
    } CASES[] = {
        {"all that nest, equal ones too", "10.1.2.3", "3 4 11 2 1 0 6 "},
        {"a neighbour", "10.1.2.2", "11 2 1 0 6 "},
        {"between two networks of one", "10.2.0.0", "0 6 "},
        {"the last address of a network", "10.200.255.255", "12 0 6 "},
        {"an address alone", "1.2.3.4", "5 6 "},
        {"below all others", "0.0.0.0", "6 "},
        {"above all others", "255.255.255.255", "6 "},
        {"IPv4 written as IPv6", "::ffff:1.2.3.4", "5 6 "},
        {"IPv6", "2001:db8::1", "9 7 10 "},
        {"IPv6, the lower half", "2001:db8:0:1::5", "13 7 10 "},
        {"IPv6, a longer network", "2001:db8:1:2::", "8 7 10 "},
        {"IPv6 above all", "ffff::", "10 "},
        {"IPv6 below all", "::", "10 "},
    };
    Given given[sizeof PREFIXES / sizeof *PREFIXES];
    char values[128];
    (void)state;
    for (uint32_t i = 0; i < sizeof PREFIXES / sizeof *PREFIXES; i++) {
        assert_true(address_parse_prefix(str_of(PREFIXES[i]), &given[i].prefix));
        given[i].value = i;
    }
    PrefixTable *table = build(given, sizeof given / sizeof *given);
    assert_int_equal(prefix_table_rows(table), sizeof given / sizeof *given);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        look_up(table, CASES[i].text, values, sizeof values);
        if (i == 0 && strncmp(values, "4 3 ", 4) == 0)
            memcpy(values, "3 4 ", 4); /* equal ones come in any order */
        if (strcmp(values, CASES[i].values) != 0)
            fail_msg("%s: %s gives %s", CASES[i].sentence, CASES[i].text, values);
    }
    prefix_table_free(table);
}

static void an_empty_table_finds_nothing(void **state)
{
    char values[16];
    (void)state;
    PrefixTable *table = build(NULL, 0);
    look_up(table, "1.2.3.4", values, sizeof values);
    assert_string_equal(values, "");
    look_up(table, "::1", values, sizeof values);
    assert_string_equal(values, "");
    prefix_table_free(table);
    prefix_table_free(NULL);
    prefix_table_builder_free(NULL);
}

static void a_repeated_prefix_is_held_once(void **state)
{
    Given given[3] = {{.value = 7}, {.value = 7}, {.value = 8}};
    char values[16];
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_true(address_parse_prefix(STR("1.2.3.0/24"), &given[i].prefix));
    PrefixTable *table = build(given, 3);
    assert_int_equal(prefix_table_rows(table), 2);
    look_up(table, "1.2.3.9", values, sizeof values);
    assert_int_equal(strlen(values), 4);
    prefix_table_free(table);
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* How random prefixes lie: which bits of a key vary, and how often it is IPv6. */
typedef struct Shape {
    const char *sentence;
    uint32_t v4;
    uint64_t high, low;
    unsigned v6_of_8;
    unsigned bits_min; /* of the family */
} Shape;

static AddressPrefix random_prefix(const Shape *shape, uint64_t *seed)
{
    uint64_t random = next_random(seed);
    unsigned span = 33 - shape->bits_min;
    AddressKey key = {0, UINT64_C(0xffff00000000) | (random & shape->v4)};
    unsigned bits = ADDRESS_V4_ABOVE + shape->bits_min + (unsigned)(random >> 40) % span;
    if (random >> 61 < shape->v6_of_8) {
        key = (AddressKey){UINT64_C(0x2001000000000000) | (next_random(seed) & shape->high),
                           next_random(seed) & shape->low};
        bits = 4 * shape->bits_min + (unsigned)(random >> 40) % (4 * span - 3);
    }
    return (AddressPrefix){address_first(key, bits), bits};
}

static void compare_with_all(const PrefixTable *table, const Given *given, size_t count,
                             AddressKey key, const char *sentence)
{
    PrefixMatch match;
    unsigned expected = 0, found = 0, bits = ADDRESS_BITS;
    for (size_t i = 0; i < count; i++)
        expected += address_holds(&given[i].prefix, key) &&
                    (!address_is_v4(key) || given[i].prefix.bits >= ADDRESS_V4_ABOVE);
    for (bool more = prefix_table_first(table, key, &match); more;
         more = prefix_table_next(table, &match)) {
        assert_true(address_holds(&given[match.value].prefix, key));
        assert_true(match.bits <= bits && match.bits == given[match.value].prefix.bits);
        bits = match.bits;
        found++;
    }
    if (found != expected)
        fail_msg("%s: found %u of %u", sentence, found, expected);
}

static void it_finds_what_a_look_at_every_prefix_finds(void **state)
{
    enum { PREFIXES = 1500, LOOKUPS = 3000 };
    static const Shape SHAPES[] = {
        {"prefixes that nest and meet", 0xf00ff0ff, 0xf0f000000000, 0xff, 4, 0},
        {"spread over everything", UINT32_MAX, UINT64_C(0x1fffffffffffffff), UINT64_MAX, 4, 8},
        {"crowded into two networks", 0x0001ffff, 0x1ffff, 0, 4, 16},
        {"one network of IPv6", 0x3, 0, UINT64_MAX, 7, 12},
        {"the last bits of a half", 0x7, 0x7, UINT64_C(0xf000000000000000), 6, 14},
        {"single addresses", UINT32_MAX, UINT64_MAX >> 4, UINT64_MAX, 4, 32},
    };
    static Given given[PREFIXES];
    (void)state;
    for (size_t s = 0; s < sizeof SHAPES / sizeof *SHAPES; s++) {
        uint64_t seed = UINT64_C(0x9e3779b97f4a7c15) + s;
        for (unsigned i = 0; i < PREFIXES; i++)
            given[i] = (Given){random_prefix(&SHAPES[s], &seed), i};
        PrefixTable *table = build(given, PREFIXES);
        for (unsigned i = 0; i < LOOKUPS; i++) {
            AddressPrefix held = given[i % PREFIXES].prefix;
            AddressKey key = random_prefix(&SHAPES[s], &seed).key;
            AddressKey last = address_last(held.key, held.bits);
            compare_with_all(table, given, PREFIXES, key, SHAPES[s].sentence);
            compare_with_all(table, given, PREFIXES, last, SHAPES[s].sentence);
            last.low++; /* the neighbour behind a network */
            compare_with_all(table, given, PREFIXES, last, SHAPES[s].sentence);
        }
        prefix_table_free(table);
    }
}

static void a_failed_allocation_is_an_error(void **state)
{
    (void)state;
    for (uint64_t nth = 1; nth < 30; nth++) {
        Error err = {0};
        PrefixTable *table = NULL;
        AddressPrefix v4, v6;
        assert_true(address_parse_prefix(STR("1.2.3.0/24"), &v4));
        assert_true(address_parse_prefix(STR("2001:db8::/32"), &v6));
        fault_arm(FAULT_ALLOC, nth);
        PrefixTableBuilder *builder = prefix_table_builder_new(&err);
        bool ok = builder && prefix_table_add(builder, v4, 1, &err) &&
                  prefix_table_add(builder, v6, 2, &err) &&
                  (table = prefix_table_build(builder, &err)) != NULL;
        fault_arm(FAULT_ALLOC, 0);
        assert_true(ok || err.kind == ERROR_LIMIT);
        prefix_table_free(table);
        prefix_table_builder_free(builder);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_networks_of_an_address_are_found_longest_first),
        cmocka_unit_test(an_empty_table_finds_nothing),
        cmocka_unit_test(a_repeated_prefix_is_held_once),
        cmocka_unit_test(it_finds_what_a_look_at_every_prefix_finds),
        cmocka_unit_test(a_failed_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
