/* derive_bench: what members cost, which are computed once for a distinct value; how large a table
 * of two million networks is and how long a look into it takes, of IPv4, of IPv6 and of both:
 * addresses of which one in a hundred is on a network that was put in, as in a log, and half of
 * which are. The best of several rounds. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "derive/derive.h"
#include "derive/prefix_table.h"

enum { PREFIXES = 2000000, LOOKUPS = 1000000, ROUNDS = 9 };

typedef enum { MIX_V4, MIX_V6, MIX_BOTH } Mix;

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* An address as lists have them: IPv4 anywhere, IPv6 below the sixteen blocks in which most is. */
static AddressKey random_key(uint64_t *seed, bool v6)
{
    static const uint16_t BLOCKS[] = {0x2001, 0x2400, 0x2401, 0x2402, 0x2404, 0x2405,
                                      0x2407, 0x2600, 0x2602, 0x2604, 0x2605, 0x2607,
                                      0x2800, 0x2a00, 0x2a01, 0x2a02};
    uint64_t random = next_random(seed);
    if (!v6)
        return (AddressKey){0, UINT64_C(0xffff00000000) | (random & UINT32_MAX)};
    return (AddressKey){(uint64_t)BLOCKS[random >> 60] << 48 | (random & UINT64_C(0xffffffffffff)),
                        next_random(seed)};
}

/* As in lists: three of four single addresses, else networks of /22 to /29, or /40 to /63. */
static AddressPrefix random_prefix(uint64_t *seed, bool v6)
{
    uint64_t random = next_random(seed);
    AddressKey key = random_key(seed, v6);
    unsigned bits = random & 3 ? ADDRESS_BITS
                    : v6       ? 40 + (unsigned)(random >> 8) % 24
                               : ADDRESS_V4_ABOVE + 22 + (unsigned)(random >> 8) % 8;
    return (AddressPrefix){address_first(key, bits), bits};
}

/* Looks all keys up, the longest match or all; gives nanoseconds a key. */
static double look_up(const PrefixTable *table, const AddressKey *keys, bool all, uint64_t *found)
{
    PrefixMatch match;
    *found = 0;
    int64_t start = clock_monotonic_us();
    for (size_t i = 0; i < LOOKUPS; i++) {
        bool more = prefix_table_first(table, keys[i], &match);
        while (more) {
            ++*found;
            more = all && prefix_table_next(table, &match);
        }
    }
    return (double)(clock_monotonic_us() - start) * 1000 / LOOKUPS;
}

static void measure(const PrefixTable *table, const AddressKey *keys, const char *name)
{
    uint64_t found, all;
    double first_ns = look_up(table, keys, false, &found);
    double all_ns = look_up(table, keys, true, &all);
    for (int i = 1; i < ROUNDS; i++) {
        first_ns = fmin(first_ns, look_up(table, keys, false, &found));
        all_ns = fmin(all_ns, look_up(table, keys, true, &all));
    }
    printf("  %s: %.0f ns a lookup, %.0f ns with all matches (%.0f %% found, %.2f matches each)\n",
           name, first_ns, all_ns, 100.0 * (double)found / LOOKUPS, (double)all / LOOKUPS);
}

/* Fills keys of which one in *every* is on a network that was put in, in no order of the table's.
 */
static void fill_keys(AddressKey *keys, const AddressPrefix *prefixes, unsigned every, Mix mix)
{
    uint64_t seed = UINT64_C(6364136223846793005);
    for (size_t i = 0; i < LOOKUPS; i++) {
        const AddressPrefix *prefix = &prefixes[next_random(&seed) % PREFIXES];
        bool v6 = mix == MIX_V6 || (mix == MIX_BOTH && i % 4 == 0);
        keys[i] = next_random(&seed) % every ? random_key(&seed, v6)
                                             : address_last(prefix->key, prefix->bits);
    }
}

static bool build(PrefixTableBuilder *builder, AddressPrefix *prefixes, Mix mix, PrefixTable **ret,
                  Error *err)
{
    uint64_t seed = UINT64_C(88172645463325252);
    bool ok = true;
    for (uint32_t i = 0; ok && i < PREFIXES; i++) {
        prefixes[i] = random_prefix(&seed, mix == MIX_V6 || (mix == MIX_BOTH && i % 4 == 0));
        ok = prefix_table_add(builder, prefixes[i], i % 16, err);
    }
    return ok && (*ret = prefix_table_build(builder, err)) != NULL;
}

static bool run(Mix mix, const char *name, Error *err)
{
    PrefixTable *table = NULL;
    PrefixTableBuilder *builder = prefix_table_builder_new(err);
    MEM_AUTO AddressKey *keys = mem_calloc(LOOKUPS, sizeof *keys, err);
    MEM_AUTO AddressPrefix *prefixes = mem_calloc(PREFIXES, sizeof *prefixes, err);
    int64_t start = clock_monotonic_us();
    bool ok = builder && keys && prefixes && build(builder, prefixes, mix, &table, err);
    if (ok) {
        printf("%s: %zu networks in %.1f MiB, built in %.2f s\n", name, prefix_table_rows(table),
               (double)prefix_table_bytes(table) / (1 << 20),
               (double)(clock_monotonic_us() - start) / 1e6);
        fill_keys(keys, prefixes, 100, mix);
        measure(table, keys, "one in a hundred listed");
        fill_keys(keys, prefixes, 2, mix);
        measure(table, keys, "every other one listed ");
    }
    prefix_table_free(table);
    prefix_table_builder_free(builder);
    return ok;
}

/* Members of one value each, in nanoseconds; and all of a record with the JSON that is written. */
static bool run_values(Error *err)
{
    enum { TIMES = 200000 };
    static const DeriveInput INPUT = {
        .source_ip = {"203.0.113.77", 12},
        .user_agent = {"APN/1.0 HashiCorp/1.0 Terraform/1.1.2 (+https://www.terraform.io) "
                       "terraform-provider-aws/3.76.1 aws-sdk-go/1.44.157 (go1.19.3; linux)",
                       133},
        .event_source = {"workspaces.amazonaws.com", 24},
        .event_name = {"TerminateWorkspaces", 19},
        .read_only = {"false", 5},
        .identity = {.type = {"AssumedRole", 11},
                     .principal_id = {"AROAX:release-77", 16},
                     .arn = {"arn:aws:sts::111122223333:assumed-role/deployer/release-77", 58}},
    };
    Config *config = config_new(err);
    Derive *derive = config ? derive_open(config, err) : NULL;
    Arena *arena = derive ? arena_new(1 << 16, err) : NULL;
    Buf json = buf_init(1 << 16);
    DerivedMembers members;
    bool ok = arena != NULL;
    unsigned sum = 0;
    int64_t marks[6] = {clock_monotonic_us()};
    for (int i = 0; ok && i < TIMES; i++)
        sum += client_read(INPUT.user_agent).family;
    marks[1] = clock_monotonic_us();
    for (int i = 0; ok && i < TIMES; i++)
        sum += action_class(INPUT.event_source, INPUT.event_name, INPUT.read_only);
    marks[2] = clock_monotonic_us();
    for (int i = 0; ok && i < TIMES; i++, arena_reset(arena))
        ok = principal_read(&INPUT.identity, arena, &members.principal, err);
    marks[3] = clock_monotonic_us();
    for (int i = 0; ok && i < TIMES; i++, arena_reset(arena))
        ok = derive_members(derive, &INPUT, arena, &members, err);
    marks[4] = clock_monotonic_us();
    for (int i = 0; ok && i < TIMES; i++, json.len = 0)
        ok = derive_write(&members, &json, err);
    marks[5] = clock_monotonic_us();
    static const char *const WORDS[] = {"client", "action", "principal", "all members", "JSON"};
    for (int i = 0; ok && i < 5; i++)
        printf("%s %.0f ns%s", WORDS[i], (double)(marks[i + 1] - marks[i]) * 1000 / TIMES,
               i < 4 ? ", " : "\n");
    buf_free(&json);
    arena_free(arena);
    derive_release(derive);
    config_free(config);
    return ok && sum > 0;
}

int main(void)
{
    Error err = {0};
    if (!run_values(&err)) {
        fprintf(stderr, "derive_bench: %s\n", err.text);
        return EXIT_FAILURE;
    }
    if (run(MIX_V4, "IPv4", &err) && run(MIX_V6, "IPv6", &err) &&
        run(MIX_BOTH, "three of four IPv4", &err))
        return EXIT_SUCCESS;
    fprintf(stderr, "derive_bench: %s\n", err.text);
    return EXIT_FAILURE;
}
