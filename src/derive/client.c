#include "derive/client.h"

#include <stdint.h>
#include <string.h>

#include "derive/address.h"

enum { AGENT_BYTES_MAX = 4096, NAME_BYTES_MAX = 64, WORDS_MAX = 256 };

typedef struct Row {
    Str needle;
    ClientFamily family;
    const char *name; /* NULL: the needle */
} Row;

static const Row ROWS[] = {
#define CLIENT(needle, family, name) {{needle, sizeof(needle) - 1}, CLIENT_##family, (name)},
#include "derive/client_table.h"
#undef CLIENT
};

/* Host names of AWS's that stand alone as the user agent, by their beginning. */
static const Row HOSTS[] = {
    {{"console.", 8}, CLIENT_CONSOLE, NULL},
    {{"signin.", 7}, CLIENT_CONSOLE, NULL},
    {{"cloudformation.", 15}, CLIENT_CLOUDFORMATION, NULL},
    {{"", 0}, CLIENT_SERVICE, NULL},
};

/* Operating systems by what stands anywhere in an agent; the first that is there counts. */
static const struct {
    Str needle;
    const char *system;
} SYSTEMS[] = {
    {{"kali", 4}, "kali"},       {{"parrot", 6}, "parrot"}, {{"pentoo", 6}, "pentoo"},
    {{"iphone", 6}, "ios"},      {{"ipad", 4}, "ios"},      {{"android", 7}, "android"},
    {{"macintosh", 9}, "macos"}, {{"macos", 5}, "macos"},   {{"darwin", 6}, "macos"},
    {{"windows", 7}, "windows"}, {{"linux", 5}, "linux"},
};

static const char *const NAMES[] = {
#define CLIENT_FAMILY(name, text) [CLIENT_##name] = (text),
    CLIENT_FAMILIES(CLIENT_FAMILY)
#undef CLIENT_FAMILY
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static bool is_alphanumeric(char c)
{
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9');
}

/* Index of *needle* at or after *from*, whatever its case, or text.len. */
static size_t find(Str text, Str needle, size_t from)
{
    for (size_t at = from; at + needle.len <= text.len; at++)
        if (lower(text.ptr[at]) == lower(needle.ptr[0]) &&
            str_equal_nocase(str_slice(text, at, at + needle.len), needle))
            return at;
    return text.len;
}

/* Where the words of an agent begin, and their first letters: a table of a hundred needles is then
 * a matter of few comparisons. Words behind the last are not looked at. */
typedef struct Words {
    Str text;
    uint16_t at[WORDS_MAX];
    char first[WORDS_MAX];
    unsigned count;
} Words;

static void split_words(Str text, Words *ret)
{
    ret->text = text;
    ret->count = 0;
    for (size_t at = 0; at < text.len && ret->count < WORDS_MAX; at++) {
        if (at && (is_alphanumeric(text.ptr[at - 1]) || !is_alphanumeric(text.ptr[at])))
            continue;
        ret->at[ret->count] = (uint16_t)at;
        ret->first[ret->count++] = lower(text.ptr[at]);
    }
}

/* Index of *needle*, whatever its case, where words begin and end with it, or text.len. */
static size_t find_word(const Words *words, Str needle)
{
    char first = lower(needle.ptr[0]);
    for (unsigned i = 0; i < words->count; i++) {
        size_t end = words->at[i] + needle.len;
        if (words->first[i] != first || end > words->text.len ||
            !str_equal_nocase(str_slice(words->text, words->at[i], end), needle))
            continue;
        if (end == words->text.len || !is_alphanumeric(words->text.ptr[end]))
            return words->at[i];
    }
    return words->text.len;
}

static size_t word_end(Str text, size_t from)
{
    while (from < text.len && !memchr(" ;,()[]", text.ptr[from], 7))
        from++;
    return from;
}

static Str or_none(Str text)
{
    return text.len ? text : (Str){NULL, 0};
}

/* What stands behind the first sign of a version in a word. */
static Str version_of(Str word)
{
    for (size_t i = 0; i < word.len; i++)
        if (memchr("/#_", word.ptr[i], 3))
            return or_none(str_slice(word, i + 1, word.len));
    return (Str){NULL, 0};
}

/* "NAME/VERSION" as both; a name is cut at NAME_BYTES_MAX. */
static void split_product(Str product, Client *client)
{
    size_t slash = str_find_byte(product, '/', 0);
    Str name = str_slice(product, 0, slash);
    client->name = or_none(str_slice(name, 0, str_utf8_prefix(name, NAME_BYTES_MAX)));
    client->version = or_none(str_slice(product, slash + 1, product.len));
}

/* Agents that stand for AWS itself: a host name, or "AWS Internal". */
static bool read_host(Str text, Client *client)
{
    size_t row = 0;
    if (address_kind(text, NULL) == ADDRESS_INTERNAL)
        row = sizeof HOSTS / sizeof *HOSTS - 1;
    else if (!address_is_service(text))
        return false;
    while (!str_starts(text, HOSTS[row].needle))
        row++;
    client->family = HOSTS[row].family;
    client->name = text;
    return true;
}

/* "NAME, aws-internal/3 aws-sdk-java/..": servers of AWS's; consoles say so in their names. */
static bool read_internal(const Words *words, Client *client)
{
    Str text = words->text;
    size_t at = find_word(words, STR("aws-internal"));
    if (at == text.len)
        return false;
    Str product = str_trim(str_slice(text, 0, str_find_byte(text, ',', 0)));
    if (at == 0)
        product = str_slice(text, 0, word_end(text, 0));
    split_product(product, client);
    client->family =
        find(product, STR("console"), 0) < product.len ? CLIENT_CONSOLE : CLIENT_SERVICE;
    return true;
}

static bool read_table(const Words *words, Client *client)
{
    Str text = words->text;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        size_t at = find_word(words, ROWS[i].needle);
        if (at == text.len)
            continue;
        size_t behind = at + ROWS[i].needle.len;
        client->family = ROWS[i].family;
        client->name = ROWS[i].name ? str_of(ROWS[i].name) : ROWS[i].needle;
        client->version = version_of(str_slice(text, behind, word_end(text, behind)));
        return true;
    }
    return false;
}

static void read_system(Str text, Client *client)
{
    static const Str ENVIRONMENT = {"exec-env/", 9};
    for (size_t i = 0; i < sizeof SYSTEMS / sizeof *SYSTEMS && !client->system.ptr; i++)
        if (find(text, SYSTEMS[i].needle, 0) < text.len)
            client->system = str_of(SYSTEMS[i].system);
    size_t at = find(text, ENVIRONMENT, 0);
    if (at < text.len)
        client->runs_in =
            or_none(str_slice(text, at + ENVIRONMENT.len, word_end(text, at + ENVIRONMENT.len)));
}

Client client_read(Str user_agent)
{
    Client client = {.family = CLIENT_NONE};
    if (!user_agent.ptr)
        return client;
    Str text = str_trim(str_slice(user_agent, 0, AGENT_BYTES_MAX));
    if (str_starts(text, STR("[")) && str_ends(text, STR("]")))
        text = str_trim(str_slice(text, 1, text.len - 1));
    if (!text.len)
        return client;
    if (read_host(text, &client))
        return client;
    Words words;
    split_words(text, &words);
    read_system(text, &client);
    if (read_internal(&words, &client) || read_table(&words, &client))
        return client;
    client.family = CLIENT_OTHER;
    split_product(str_slice(text, 0, word_end(text, 0)), &client);
    return client;
}

const char *client_family_name(ClientFamily family)
{
    return NAMES[family];
}
