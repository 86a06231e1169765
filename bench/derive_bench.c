/* derive_bench: how large a table of two million networks is and how long a look into it takes, of
 * IPv4, of IPv6 and of both, with half of the addresses on no network. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "derive/prefix_table.h"

enum { PREFIXES = 2000000, LOOKUPS = 4000000 };

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

/* Half addresses, half networks of /17 to /32, or /33 to /64. */
static AddressPrefix random_prefix(uint64_t *seed, bool v6)
{
    uint64_t random = next_random(seed);
    AddressKey key = random_key(seed, v6);
    unsigned bits = random & 1 ? ADDRESS_BITS
                    : v6       ? 33 + (unsigned)(random >> 8) % 32
                               : ADDRESS_V4_ABOVE + 17 + (unsigned)(random >> 8) % 16;
    return (AddressPrefix){address_first(key, bits), bits};
}

static void measure(const PrefixTable *table, const AddressKey *keys, const char *name,
                    double build_s)
{
    PrefixMatch match;
    uint64_t found = 0, sum = 0;
    int64_t start = clock_monotonic_us();
    for (size_t i = 0; i < LOOKUPS; i++) {
        if (!prefix_table_first(table, keys[i], &match))
            continue;
        found++;
        sum += match.value;
    }
    double ns = (double)(clock_monotonic_us() - start) * 1000 / LOOKUPS;
    start = clock_monotonic_us();
    uint64_t all = 0;
    for (size_t i = 0; i < LOOKUPS; i++)
        for (bool more = prefix_table_first(table, keys[i], &match); more;
             more = prefix_table_next(table, &match))
            all++;
    double all_ns = (double)(clock_monotonic_us() - start) * 1000 / LOOKUPS;
    printf("%-13s %zu networks in %.1f MiB (built in %.2f s): %.0f ns a lookup, %.0f ns for all "
           "%.1f matches, %.0f %% found (check %u)\n",
           name, prefix_table_rows(table), (double)prefix_table_bytes(table) / (1 << 20), build_s,
           ns, all_ns, (double)all / LOOKUPS, 100.0 * (double)found / LOOKUPS,
           (unsigned)(sum & 0xffff));
}

static bool run(Mix mix, const char *name, Error *err)
{
    uint64_t seed = UINT64_C(88172645463325252);
    PrefixTableBuilder *builder = prefix_table_builder_new(err);
    AddressKey *keys = mem_calloc(LOOKUPS, sizeof *keys, err);
    PrefixTable *table = NULL;
    bool ok = builder && keys;
    for (uint32_t i = 0; ok && i < PREFIXES; i++) {
        bool v6 = mix == MIX_V6 || (mix == MIX_BOTH && i % 4 == 0);
        AddressPrefix prefix = random_prefix(&seed, v6);
        ok = prefix_table_add(builder, prefix, i % 16, err);
        if (ok && i % 2)
            keys[i] = address_last(prefix.key, prefix.bits);
        else
            keys[i] = random_key(&seed, v6);
    }
    for (size_t i = PREFIXES; ok && i < LOOKUPS; i++)
        keys[i] = keys[next_random(&seed) % PREFIXES];
    for (size_t i = 0; ok && i < LOOKUPS; i++) { /* no order of the table's */
        size_t other = next_random(&seed) % LOOKUPS;
        AddressKey key = keys[i];
        keys[i] = keys[other];
        keys[other] = key;
    }
    int64_t start = clock_monotonic_us();
    ok = ok && (table = prefix_table_build(builder, err)) != NULL;
    if (ok)
        measure(table, keys, name, (double)(clock_monotonic_us() - start) / 1e6);
    prefix_table_free(table);
    prefix_table_builder_free(builder);
    mem_free(keys);
    return ok;
}

int main(void)
{
    Error err = {0};
    if (run(MIX_V4, "IPv4", &err) && run(MIX_V6, "IPv6", &err) &&
        run(MIX_BOTH, "3 of 4 IPv4", &err))
        return EXIT_SUCCESS;
    fprintf(stderr, "derive_bench: %s\n", err.text);
    return EXIT_FAILURE;
}
