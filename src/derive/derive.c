#include "derive/derive.h"

#include <stdatomic.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "derive/prefix_table.h"

enum { KEPT_BYTES_MAX = 8 << 20, PATH_BYTES_MAX = 4096 };

struct Derive {
    atomic_uint references;
    Arena *arena; /* paths, names, reports */
    Geo *geo[2];  /* by GeoKind */
    AwsRanges *ranges;
    Accounts *accounts;
    Calendars *calendars;
    PrefixTable *threats; /* its values are numbers of lists */
    Str list_names[DERIVE_LISTS_MAX];
    ThreatListReport *reports; /* DERIVE_LISTS_MAX of them */
    size_t lists;
};

static Derive *new_derive(Error *err)
{
    Derive *derive = mem_calloc(1, sizeof *derive, err);
    if (!derive)
        return NULL;
    atomic_init(&derive->references, 1);
    derive->arena = arena_new(KEPT_BYTES_MAX, err);
    if (derive->arena)
        return derive;
    derive_release(derive);
    return NULL;
}

Derive *derive_keep(Derive *derive)
{
    atomic_fetch_add_explicit(&derive->references, 1, memory_order_relaxed);
    return derive;
}

void derive_release(Derive *derive)
{
    if (!derive || atomic_fetch_sub_explicit(&derive->references, 1, memory_order_acq_rel) > 1)
        return;
    geo_close(derive->geo[GEO_PLACE]);
    geo_close(derive->geo[GEO_NETWORK]);
    aws_ranges_free(derive->ranges);
    accounts_free(derive->accounts);
    calendars_free(derive->calendars);
    prefix_table_free(derive->threats);
    arena_free(derive->arena);
    mem_free(derive);
}

/* The path as a text of the arena. */
static const char *keep_path(Derive *derive, Str path, Error *err)
{
    return arena_text(derive->arena, path, err);
}

static bool open_geo(Derive *derive, Str file, GeoKind kind, Error *err)
{
    const char *path = keep_path(derive, file, err);
    return path && (derive->geo[kind] = geo_open(path, kind, err)) != NULL;
}

static bool open_place(Derive *derive, Str file, Error *err)
{
    return open_geo(derive, file, GEO_PLACE, err);
}

static bool open_network(Derive *derive, Str file, Error *err)
{
    return open_geo(derive, file, GEO_NETWORK, err);
}

static bool open_ranges(Derive *derive, Str file, Error *err)
{
    BUF_AUTO Buf text = buf_init(AWS_RANGES_BYTES_MAX);
    const char *path = keep_path(derive, file, err);
    if (!path || !file_read(path, &text, NULL, err))
        return false;
    derive->ranges = aws_ranges_read(buf_str(&text), err);
    return derive->ranges || error_context(err, "%s", path);
}

static bool open_accounts(Derive *derive, Str file, Error *err)
{
    BUF_AUTO Buf text = buf_init(ACCOUNTS_BYTES_MAX);
    const char *path = keep_path(derive, file, err);
    return path && file_read(path, &text, NULL, err) &&
           (derive->accounts = accounts_read(buf_str(&text), path, err)) != NULL;
}

static bool open_calendars(Derive *derive, Str file, Error *err)
{
    BUF_AUTO Buf text = buf_init(CALENDARS_BYTES_MAX);
    const char *path = keep_path(derive, file, err);
    return path && file_read(path, &text, NULL, err) &&
           (derive->calendars = calendars_read(buf_str(&text), path, err)) != NULL;
}

/* "NAME=FILE", or a file whose name without its last ending is the list's. */
static void split_list(Str item, Str *ret_name, Str *ret_file)
{
    size_t equals = str_find_byte(item, '=', 0);
    Str before = str_trim(str_slice(item, 0, equals));
    if (equals < item.len && before.len && str_find_byte(before, '/', 0) == before.len) {
        *ret_name = before;
        *ret_file = str_trim(str_slice(item, equals + 1, item.len));
        return;
    }
    Str base = str_base_name(item);
    size_t end = base.len;
    while (end > 1 && base.ptr[end - 1] != '.')
        end--;
    *ret_name = end > 1 ? str_slice(base, 0, end - 1) : base;
    *ret_file = item;
}

static bool name_list(Derive *derive, Str name, Error *err)
{
    if (derive->lists == DERIVE_LISTS_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d lists", (int)DERIVE_LISTS_MAX);
    for (size_t i = 0; i < derive->lists; i++)
        if (str_equal(name, derive->list_names[i]))
            return error_set(err, ERROR_USAGE, "two lists are called '%.*s'; name one NAME=FILE",
                             STR_ARG(name));
    const char *copy = arena_text(derive->arena, name, err);
    if (copy)
        derive->list_names[derive->lists] = (Str){copy, name.len};
    return copy != NULL;
}

static bool read_list(Derive *derive, Str item, PrefixTableBuilder *builder, Error *err)
{
    BUF_AUTO Buf text = buf_init(THREAT_LIST_BYTES_MAX);
    Str name, file;
    split_list(item, &name, &file);
    if (!name_list(derive, name, err))
        return false;
    const char *path = keep_path(derive, file, err);
    if (!path || !file_read(path, &text, NULL, err))
        return false;
    ThreatList list = {.name = path,
                       .now_us = clock_now_us(),
                       .value = (uint32_t)derive->lists,
                       .builder = builder};
    bool ok = threat_list_read(&list, buf_str(&text), err);
    derive->reports[derive->lists++] = list.report;
    return ok;
}

static bool read_lists(Derive *derive, const Config *config, PrefixTableBuilder *builder,
                       Error *err)
{
    Str item;
    for (size_t i = 0; config_item(config, CONFIG_DERIVE_LISTS, i, &item); i++)
        if (!read_list(derive, item, builder, err))
            return false;
    derive->threats = prefix_table_build(builder, err);
    return derive->threats != NULL;
}

static bool open_lists(Derive *derive, const Config *config, Error *err)
{
    derive->reports = arena_calloc(derive->arena, DERIVE_LISTS_MAX, sizeof *derive->reports, err);
    PrefixTableBuilder *builder = derive->reports ? prefix_table_builder_new(err) : NULL;
    bool ok = builder && read_lists(derive, config, builder, err);
    prefix_table_builder_free(builder);
    return ok;
}

/* The lookups of one file each. */
static const struct {
    ConfigKey key;
    bool (*open)(Derive *derive, Str file, Error *err);
} LOOKUPS[] = {
    {CONFIG_DERIVE_GEO_CITY, open_place},      {CONFIG_DERIVE_GEO_ASN, open_network},
    {CONFIG_DERIVE_RANGES, open_ranges},       {CONFIG_DERIVE_ACCOUNTS, open_accounts},
    {CONFIG_DERIVE_CALENDARS, open_calendars},
};

/* Adds where a failing key was set, for people who did not know that it was. */
static bool tell_key(const Config *config, ConfigKey key, Error *err)
{
    return error_context(err, "%s (set by %s)", CONFIG_TABLE[key].key, config_source(config, key));
}

static bool open_lookup(Derive *derive, const Config *config, ConfigKey key, Error *err)
{
    Str file = str_of(config_text(config, key));
    if (!file.len)
        return true;
    if (key == CONFIG_DERIVE_LISTS)
        return open_lists(derive, config, err) || tell_key(config, key, err);
    for (size_t i = 0; i < sizeof LOOKUPS / sizeof *LOOKUPS; i++)
        if (LOOKUPS[i].key == key)
            return LOOKUPS[i].open(derive, file, err) || tell_key(config, key, err);
    return true;
}

Derive *derive_open_one(const Config *config, ConfigKey key, Error *err)
{
    Derive *derive = new_derive(err);
    if (!derive || open_lookup(derive, config, key, err))
        return derive;
    derive_release(derive);
    return NULL;
}

Derive *derive_open(const Config *config, Error *err)
{
    Derive *derive = new_derive(err);
    bool ok = derive && open_lookup(derive, config, CONFIG_DERIVE_LISTS, err);
    for (size_t i = 0; ok && i < sizeof LOOKUPS / sizeof *LOOKUPS; i++)
        ok = open_lookup(derive, config, LOOKUPS[i].key, err);
    if (ok)
        return derive;
    derive_release(derive);
    return NULL;
}

static void stamp_file(Str file, FileStamp *stamp)
{
    char path[PATH_BYTES_MAX];
    if (file.len && snprintf(path, sizeof path, "%.*s", STR_ARG(file)) < (int)sizeof path)
        file_stamp_add(stamp, path, NULL);
}

void derive_stamp(const Config *config, FileStamp *stamp)
{
    Str item, name, file;
    for (size_t i = 0; i < sizeof LOOKUPS / sizeof *LOOKUPS; i++)
        stamp_file(str_of(config_text(config, LOOKUPS[i].key)), stamp);
    for (size_t i = 0; config_item(config, CONFIG_DERIVE_LISTS, i, &item); i++) {
        split_list(item, &name, &file);
        stamp_file(file, stamp);
    }
}

static void find_threats(const Derive *derive, AddressKey key, DerivedAddress *ret)
{
    PrefixMatch match;
    ret->threat_lists.names = derive->list_names;
    if (!derive->threats)
        return;
    for (bool more = prefix_table_first(derive->threats, key, &match); more;
         more = prefix_table_next(derive->threats, &match))
        ret->threat_lists.bits |= UINT64_C(1) << match.value;
}

void derive_address(const Derive *derive, Str source_ip, DerivedAddress *ret)
{
    AddressKey key;
    *ret = (DerivedAddress){.kind = address_kind(source_ip, &key)};
    if (ret->kind != ADDRESS_PUBLIC && ret->kind != ADDRESS_PRIVATE)
        return;
    find_threats(derive, key, ret);
    if (derive->ranges)
        (void)aws_ranges_find(derive->ranges, key, &ret->aws);
    if (derive->geo[GEO_PLACE])
        geo_place(derive->geo[GEO_PLACE], key, &ret->place);
    if (derive->geo[GEO_NETWORK])
        geo_network(derive->geo[GEO_NETWORK], key, &ret->network);
}

void derive_account(const Derive *derive, Str account_id, Account *ret)
{
    *ret = (Account){0};
    if (derive->accounts && account_id.ptr)
        (void)accounts_find(derive->accounts, account_id, ret);
}

void derive_decide(DerivedMembers *members, const PrincipalInput *identity, Str event_type,
                   Str from_console)
{
    members->is_console = principal_is_console(event_type, from_console, &members->client);
    members->is_human =
        principal_is_human(identity, &members->principal, &members->client, members->is_console);
}

int derive_calendar(const Derive *derive, const Principal *principal, Str account_id,
                    const Account *account)
{
    return derive->calendars
               ? calendars_find(derive->calendars, principal, account_id, account->owner)
               : CALENDAR_NONE;
}

void derive_hours(const Derive *derive, int calendar, int64_t us, DerivedMembers *members)
{
    members->calendar = (Str){NULL, 0};
    if (calendar == CALENDAR_NONE)
        return;
    members->calendar = calendars_name(derive->calendars, calendar);
    members->off_hours = calendars_is_off(derive->calendars, calendar, us);
}

bool derive_members(const Derive *derive, const DeriveInput *input, Arena *arena,
                    DerivedMembers *ret, Error *err)
{
    Str recipient = input->recipient_account_id;
    Str account = recipient.ptr ? recipient : input->identity.account_id;
    int64_t us = 0;
    derive_address(derive, input->source_ip, &ret->address);
    derive_account(derive, account, &ret->account);
    ret->client = client_read(input->user_agent);
    ret->action = action_class(input->event_source, input->event_name, input->read_only);
    if (!principal_read(&input->identity, arena, &ret->principal, err))
        return false;
    derive_decide(ret, &input->identity, input->event_type, input->from_console);
    int calendar = timestamp_parse(input->event_time, &us)
                       ? derive_calendar(derive, &ret->principal, account, &ret->account)
                       : CALENDAR_NONE;
    derive_hours(derive, calendar, us, ret);
    return true;
}

bool derive_write(const DerivedMembers *members, Buf *buf, Error *err)
{
    return member_write(members, buf, err);
}

size_t derive_list_count(const Derive *derive)
{
    return derive->lists;
}

Str derive_list_name(const Derive *derive, size_t index)
{
    return derive->list_names[index];
}

const ThreatListReport *derive_list_report(const Derive *derive, size_t index)
{
    return &derive->reports[index];
}

const Geo *derive_geo(const Derive *derive, GeoKind kind)
{
    return derive->geo[kind];
}

const AwsRanges *derive_aws_ranges(const Derive *derive)
{
    return derive->ranges;
}

const Accounts *derive_accounts(const Derive *derive)
{
    return derive->accounts;
}

const Calendars *derive_calendars(const Derive *derive)
{
    return derive->calendars;
}
