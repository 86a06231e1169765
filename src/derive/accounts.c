#include "derive/accounts.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/mem.h"
#include "derive/csv.h"

enum {
    TREE_BYTES_MAX = 256 << 20,
    KEPT_BYTES_MAX = 64 << 20,
    ID_DIGITS_MIN = 10,
    MEMBERS = 5, /* of an entry: the id and four texts */
    MEMBER_ID = 0,
    SHOWN_MAX = 40,
    NAMES_MAX = 6, /* of a member */
};

/* What a member is called: as a column or member of JSON, and as the key of a tag. */
static const struct {
    const char *names[NAMES_MAX];
    bool is_tag;
} NAMES[MEMBERS] = {
    {{"account_id", "accountid", "account id", "account", "id"}, false},
    {{"name", "account_name", "accountname", "account name"}, false},
    {{"ou", "organizationalunit", "organizational_unit", "organizational unit", "path"}, false},
    {{"owner"}, true},
    {{"environment", "env"}, true},
};

typedef struct Entry {
    uint64_t id;
    size_t line; /* or the number of the element */
    Str texts[MEMBERS];
} Entry;

struct Accounts {
    Arena *arena; /* the texts */
    Entry *entries;
    size_t count, capacity;
};

/* A text being read, and what messages call it. */
typedef struct Reader {
    Accounts *accounts;
    const char *file;
    const char *place; /* "FILE:" or "FILE: account number ", before a line or a number */
    bool is_json;
} Reader;

void accounts_free(Accounts *accounts)
{
    if (!accounts)
        return;
    arena_free(accounts->arena);
    mem_free(accounts->entries);
    mem_free(accounts);
}

static int find_member(Str name)
{
    for (int member = 0; member < MEMBERS; member++)
        for (int i = 0; i < NAMES_MAX && NAMES[member].names[i]; i++)
            if (str_equal_nocase(name, str_of(NAMES[member].names[i])))
                return member;
    return -1;
}

static bool grow(Accounts *accounts, const char *file, Error *err)
{
    if (accounts->count >= ACCOUNTS_MAX)
        return error_set(err, ERROR_LIMIT, "%s: more than %d accounts", file, (int)ACCOUNTS_MAX);
    size_t capacity = accounts->capacity ? accounts->capacity * 2 : 64;
    Entry *grown = mem_realloc(accounts->entries, capacity * sizeof *grown, err);
    if (!grown)
        return false;
    accounts->entries = grown;
    accounts->capacity = capacity;
    return true;
}

static bool add(const Reader *reader, Entry entry, Error *err)
{
    Accounts *accounts = reader->accounts;
    Str id = entry.texts[MEMBER_ID];
    if (id.len < ID_DIGITS_MIN || id.len > ACCOUNTS_ID_DIGITS || !str_to_u64(id, &entry.id))
        return error_set(err, ERROR_INPUT, "%s%zu: expected an account's 12 digits, found '%.*s'",
                         reader->place, entry.line, STR_ARG(str_slice(id, 0, SHOWN_MAX)));
    if (accounts->count == accounts->capacity && !grow(accounts, reader->file, err))
        return false;
    for (int i = 0; i < MEMBERS; i++)
        if (!entry.texts[i].len)
            entry.texts[i] = (Str){NULL, 0};
    accounts->entries[accounts->count++] = entry;
    return true;
}

static bool read_csv_row(const Reader *reader, const CsvRow *row, const int *members, Error *err)
{
    Entry entry = {.line = row->line};
    if (row->broken)
        return error_set(err, ERROR_INPUT, "%s%zu: a quote is not closed", reader->place,
                         row->line);
    for (unsigned i = 0; i < row->count; i++)
        if (members[i] >= 0 &&
            !csv_copy(row, i, reader->accounts->arena, &entry.texts[members[i]], err))
            return false;
    return add(reader, entry, err);
}

static bool read_csv(const Reader *reader, Str text, Error *err)
{
    CsvRow row;
    int members[CSV_FIELDS_MAX];
    bool found = false;
    Csv csv = csv_start(text, "#");
    if (!csv_next(&csv, &row))
        return error_set(err, ERROR_INPUT, "%s: no accounts in it", reader->file);
    for (unsigned i = 0; i < CSV_FIELDS_MAX; i++) {
        members[i] = i < row.count ? find_member(row.fields[i]) : -1;
        found = found || members[i] == MEMBER_ID;
    }
    if (!found)
        return error_set(err, ERROR_INPUT,
                         "%s%zu: expected a header with account_id, name, ou, owner, environment, "
                         "found '%.*s'",
                         reader->place, row.line, STR_ARG(str_slice(row.text, 0, SHOWN_MAX)));
    while (csv_next(&csv, &row))
        if (!read_csv_row(reader, &row, members, err))
            return false;
    return true;
}

static bool keep(Accounts *accounts, Str text, Str *ret, Error *err)
{
    const char *copy = arena_text(accounts->arena, text, err);
    if (copy)
        *ret = (Str){copy, text.len};
    return copy != NULL;
}

/* Takes a pair when it says a member that is not known yet. */
static bool take_pair(Accounts *accounts, Entry *entry, Str name, const Json *value, bool is_tag,
                      Error *err)
{
    int member = find_member(name);
    if (member < 0 || !value || value->type != JSON_STRING || entry->texts[member].len ||
        (is_tag && !NAMES[member].is_tag))
        return true;
    return keep(accounts, value->text, &entry->texts[member], err);
}

/* Tags as AWS writes them, [{"Key":..,"Value":..}], or as an object. */
static bool take_tags(Accounts *accounts, Entry *entry, const Json *tags, Error *err)
{
    for (const Json *tag = tags ? tags->first : NULL; tag; tag = tag->next) {
        bool is_pair = tag->type == JSON_OBJECT;
        Str name = is_pair ? json_text(json_member(tag, STR("Key")), STR("")) : tag->name;
        const Json *value = is_pair ? json_member(tag, STR("Value")) : tag;
        if (!take_pair(accounts, entry, name, value, true, err))
            return false;
    }
    return true;
}

static bool read_json_account(const Reader *reader, const Json *account, size_t number, Error *err)
{
    Entry entry = {.line = number};
    for (const Json *member = account->first; member; member = member->next)
        if (!take_pair(reader->accounts, &entry, member->name, member, false, err))
            return false;
    return take_tags(reader->accounts, &entry, json_member(account, STR("Tags")), err) &&
           add(reader, entry, err);
}

static bool read_json(const Reader *reader, Str text, Arena *tree, Error *err)
{
    const Json *root = json_read(text, &JSON_LIMITS_DEFAULT, tree, err);
    if (!root)
        return error_context(err, "%s", reader->file);
    const Json *list = root->type == JSON_ARRAY ? root : json_member(root, STR("Accounts"));
    if (!list || list->type != JSON_ARRAY)
        return error_set(err, ERROR_INPUT,
                         "%s: expected what 'aws organizations list-accounts' prints: no list "
                         "'Accounts' in it",
                         reader->file);
    size_t number = 0;
    for (const Json *account = list->first; account; account = account->next)
        if (!read_json_account(reader, account, ++number, err))
            return false;
    return true;
}

static int compare(const void *left, const void *right)
{
    const Entry *a = left, *b = right;
    if (a->id != b->id)
        return a->id < b->id ? -1 : 1;
    return a->line < b->line ? -1 : a->line > b->line;
}

static bool sort(const Reader *reader, Error *err)
{
    Accounts *accounts = reader->accounts;
    if (accounts->count)
        qsort(accounts->entries, accounts->count, sizeof *accounts->entries, compare);
    for (size_t i = 1; i < accounts->count; i++) {
        const Entry *entry = &accounts->entries[i];
        if (entry->id == entry[-1].id)
            return error_set(err, ERROR_INPUT, "%s%zu: account '%.*s' stands at %zu already",
                             reader->place, entry->line, STR_ARG(entry->texts[MEMBER_ID]),
                             entry[-1].line);
    }
    return true;
}

static bool read_text(const Reader *reader, Str text, Error *err)
{
    reader->accounts->arena = arena_new(KEPT_BYTES_MAX, err);
    if (!reader->accounts->arena)
        return false;
    if (!reader->is_json)
        return read_csv(reader, text, err) && sort(reader, err);
    Arena *tree = arena_new(TREE_BYTES_MAX, err);
    bool ok = tree && read_json(reader, text, tree, err) && sort(reader, err);
    arena_free(tree);
    return ok;
}

Accounts *accounts_read(Str text, const char *file, Error *err)
{
    BUF_AUTO Buf place = buf_init(8192);
    if (text.len > ACCOUNTS_BYTES_MAX) {
        error_set(err, ERROR_LIMIT, "%s: more than %d MiB", file, (int)ACCOUNTS_BYTES_MAX >> 20);
        return NULL;
    }
    Str start = str_trim(csv_start(text, "").rest);
    bool is_json = start.len && memchr("{[", start.ptr[0], 2);
    Accounts *accounts = mem_calloc(1, sizeof *accounts, err);
    bool ok = accounts && buf_printf(&place, err, is_json ? "%s: account number " : "%s:", file);
    Reader reader = {accounts, file, ok ? buf_text(&place, err) : NULL, is_json};
    if (reader.place && read_text(&reader, is_json ? start : text, err))
        return accounts;
    accounts_free(accounts);
    return NULL;
}

bool accounts_find(const Accounts *accounts, Str id, Account *ret)
{
    uint64_t number;
    if (id.len != ACCOUNTS_ID_DIGITS || !str_to_u64(id, &number))
        return false;
    size_t from = 0, to = accounts->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        const Entry *entry = &accounts->entries[middle];
        if (entry->id == number) {
            *ret = (Account){entry->texts[1], entry->texts[2], entry->texts[3], entry->texts[4]};
            return true;
        }
        if (entry->id < number)
            from = middle + 1;
        else
            to = middle;
    }
    return false;
}

size_t accounts_count(const Accounts *accounts)
{
    return accounts->count;
}
