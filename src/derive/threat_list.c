#include "derive/threat_list.h"

#include <stdio.h>
#include <string.h>

#include "derive/csv.h"
#include "derive/threat_stix.h"

enum { COLUMNS_MAX = 8, TEXT_SHOWN_MAX = 48 };

/* Names of columns that hold addresses, the more telling first. */
static const char *const ADDRESS_COLUMNS[] = {
    "cidr",    "ip",      "ip_address", "ipaddress", "ip address",
    "address", "network", "prefix",     "indicator", "src_ip",
    "dst_ip",  "ipv4",    "ipv6",       "ioc",       "ioc_value",
};

enum { ADDRESS_COLUMNS_COUNT = sizeof ADDRESS_COLUMNS / sizeof *ADDRESS_COLUMNS };

/* Pairs of columns that hold the first and the last address of a network. */
static const char *const RANGE_COLUMNS[][2] = {
    {"start", "end"},        {"start_ip", "end_ip"},       {"ip_start", "ip_end"},
    {"first_ip", "last_ip"}, {"range_start", "range_end"}, {"start_address", "end_address"},
};

enum { RANGE_COLUMNS_COUNT = sizeof RANGE_COLUMNS / sizeof *RANGE_COLUMNS };

/* Words before an address on lines of Tor's list; NULL address: the line holds none. */
static const struct {
    const char *word;
    bool has_address;
} TOR_WORDS[] = {
    {"ExitAddress", true},
    {"ExitNode", false},
    {"Published", false},
    {"LastStatus", false},
};

/* How the rows of a text are read: the columns that its header names, if it has one. */
typedef struct Rows {
    unsigned columns[COLUMNS_MAX];
    unsigned columns_count;
    bool ranged; /* the header names a pair of RANGE_COLUMNS */
    unsigned range[2];
    bool begun;
} Rows;

void threat_list_refuse(ThreatList *list, size_t line, Str text)
{
    ThreatListReport *report = &list->report;
    if (line && report->bad < THREAT_LIST_SHOWN) {
        Str shown = str_slice(text, 0, str_utf8_prefix(text, TEXT_SHOWN_MAX));
        char *out = report->shown[report->bad];
        snprintf(out, THREAT_LIST_SHOWN_BYTES, "%.60s:%zu: '%.*s'", list->name, line,
                 STR_ARG(shown));
        for (; *out; out++)
            if ((unsigned char)*out < ' ' || *out == 0x7f)
                *out = '?';
    }
    report->bad++;
}

static bool add(ThreatList *list, AddressPrefix prefix, Error *err)
{
    if (list->report.taken >= THREAT_LIST_NETWORKS_MAX)
        return error_set(err, ERROR_LIMIT, "%s: more than %d networks", list->name,
                         (int)THREAT_LIST_NETWORKS_MAX);
    list->report.taken++;
    return prefix_table_add(list->builder, prefix, list->value, err);
}

/* Too wide to mean anything, counted in the bits of its family. */
static bool is_too_wide(const AddressPrefix *prefix)
{
    bool v4 = address_is_v4(prefix->key) && prefix->bits >= ADDRESS_V4_ABOVE;
    return prefix->bits - (v4 ? ADDRESS_V4_ABOVE : 0u) < THREAT_LIST_BITS_MIN;
}

/* The widest network that begins at *key* and does not go beyond *last*. */
static unsigned widest(AddressKey key, AddressKey last)
{
    unsigned bits = ADDRESS_BITS;
    while (bits > 0 && address_compare(address_first(key, bits - 1), key) == 0 &&
           address_compare(address_last(key, bits - 1), last) <= 0)
        bits--;
    return bits;
}

bool threat_list_take_range(ThreatList *list, Str first_text, Str last_text, bool *ret_is_one,
                            Error *err)
{
    AddressKey key, last;
    *ret_is_one = address_parse(first_text, &key) && address_parse(last_text, &last) &&
                  address_is_v4(key) == address_is_v4(last) && address_compare(key, last) <= 0;
    if (!*ret_is_one)
        return true;
    AddressPrefix prefix = {key, widest(key, last)};
    while (!is_too_wide(&prefix)) {
        if (!add(list, prefix, err))
            return false;
        AddressKey end = address_last(prefix.key, prefix.bits);
        if (address_compare(end, last) >= 0)
            return true;
        key = (AddressKey){end.high + (end.low == UINT64_MAX), end.low + 1};
        prefix = (AddressPrefix){key, widest(key, last)};
    }
    *ret_is_one = false;
    return true;
}

bool threat_list_take(ThreatList *list, Str text, bool *ret_is_one, Error *err)
{
    AddressPrefix prefix;
    size_t dash = str_find_byte(text, '-', 0);
    if (dash < text.len)
        return threat_list_take_range(list, str_trim(str_slice(text, 0, dash)),
                                      str_trim(str_slice(text, dash + 1, text.len)), ret_is_one,
                                      err);
    *ret_is_one = address_parse_prefix(text, &prefix) && !is_too_wide(&prefix);
    return !*ret_is_one || add(list, prefix, err);
}

static size_t token_end(Str field, size_t from)
{
    while (from < field.len && !memchr("#;| \t", field.ptr[from], 5))
        from++;
    return from;
}

/* The part of a field before white space or what separates in other formats. A range with white
 * space around its dash is kept together. */
static Str first_token(Str field)
{
    size_t end = token_end(field, 0), at = end;
    while (at < field.len && (field.ptr[at] == ' ' || field.ptr[at] == '\t'))
        at++;
    if (at == field.len || field.ptr[at] != '-')
        return str_slice(field, 0, end);
    at++;
    while (at < field.len && (field.ptr[at] == ' ' || field.ptr[at] == '\t'))
        at++;
    return str_slice(field, 0, token_end(field, at));
}

/* Has letters and a dot and nothing that host names have not. */
static bool is_host_name(Str text)
{
    bool letter = false, dot = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool alphabetic = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!alphabetic && !(c >= '0' && c <= '9') && !memchr("-._*", c, 4))
            return false;
        letter = letter || alphabetic;
        dot = dot || c == '.';
    }
    return letter && dot;
}

static bool take_tor_line(ThreatList *list, Str line, bool *ret_done, Error *err)
{
    bool is_one = false;
    *ret_done = false;
    Str word = first_token(line);
    for (size_t i = 0; i < sizeof TOR_WORDS / sizeof *TOR_WORDS; i++) {
        if (!str_equal(word, str_of(TOR_WORDS[i].word)))
            continue;
        list->report.format = "tor";
        *ret_done = !TOR_WORDS[i].has_address;
        if (*ret_done)
            return true;
        Str rest = str_trim(str_slice(line, word.len, line.len));
        bool ok = threat_list_take(list, first_token(rest), &is_one, err);
        *ret_done = is_one;
        return ok;
    }
    return true;
}

/* The fields between tabs from *line* on; returns how many, at most *count_max*. */
static unsigned split_tabs(Str line, Str *fields, unsigned count_max)
{
    unsigned count = 0;
    for (size_t from = 0; from <= line.len && count < count_max;) {
        size_t tab = str_find_byte(line, '\t', from);
        size_t end = tab < line.len ? tab : line.len;
        fields[count++] = str_trim(str_slice(line, from, end));
        from = end + 1;
    }
    return count;
}

/* A line of DShield's block list: first and last address and the bits of the network, between tabs;
 * or its header. */
static bool take_block_line(ThreatList *list, Str line, bool *ret_done, Error *err)
{
    enum { FIRST, LAST, BITS, FIELDS };
    Str fields[FIELDS];
    uint64_t bits;
    *ret_done = false;
    if (split_tabs(line, fields, FIELDS) < FIELDS)
        return true;
    *ret_done =
        str_equal_nocase(fields[FIRST], STR("Start")) && str_equal_nocase(fields[LAST], STR("End"));
    if (*ret_done || !str_to_u64(fields[BITS], &bits) || bits > ADDRESS_BITS)
        return true;
    if (!threat_list_take_range(list, fields[FIRST], fields[LAST], ret_done, err))
        return false;
    if (*ret_done)
        list->report.format = "dshield";
    return true;
}

/* The column that the header calls *name*; its count when none is. */
static unsigned column_called(const CsvRow *row, const char *name)
{
    unsigned i = 0;
    while (i < row->count && !str_equal_nocase(row->fields[i], str_of(name)))
        i++;
    return i;
}

static void read_range_header(Rows *rows, const CsvRow *row)
{
    for (unsigned i = 0; i < RANGE_COLUMNS_COUNT && !rows->ranged; i++) {
        rows->range[0] = column_called(row, RANGE_COLUMNS[i][0]);
        rows->range[1] = column_called(row, RANGE_COLUMNS[i][1]);
        rows->ranged = rows->range[0] < row->count && rows->range[1] < row->count;
    }
}

/* Remembers which columns of a header hold addresses, in the order of ADDRESS_COLUMNS; else which
 * hold the ends of networks. */
static bool read_header(Rows *rows, const CsvRow *row)
{
    for (unsigned name = 0; name < ADDRESS_COLUMNS_COUNT; name++)
        for (unsigned i = 0; i < row->count && rows->columns_count < COLUMNS_MAX; i++)
            if (str_equal_nocase(row->fields[i], str_of(ADDRESS_COLUMNS[name])))
                rows->columns[rows->columns_count++] = i;
    if (!rows->columns_count)
        read_range_header(rows, row);
    return rows->columns_count > 0 || row->count > 1;
}

/* Takes the first address of the row, in the columns that the header named or in any. */
static bool take_fields(ThreatList *list, const Rows *rows, const CsvRow *row, bool *ret_taken,
                        Error *err)
{
    unsigned count = rows->columns_count ? rows->columns_count : row->count;
    *ret_taken = false;
    if (rows->ranged)
        return rows->range[0] >= row->count || rows->range[1] >= row->count ||
               threat_list_take_range(list, row->fields[rows->range[0]],
                                      row->fields[rows->range[1]], ret_taken, err);
    for (unsigned i = 0; i < count && !*ret_taken; i++) {
        unsigned column = rows->columns_count ? rows->columns[i] : i;
        if (column < row->count &&
            !threat_list_take(list, first_token(row->fields[column]), ret_taken, err))
            return false;
    }
    return true;
}

/* A row without an address may name hosts instead; then it is no bad one. */
static bool names_host(const Rows *rows, const CsvRow *row)
{
    unsigned count = rows->columns_count ? rows->columns_count : row->count;
    bool empty = rows->columns_count > 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned column = rows->columns_count ? rows->columns[i] : i;
        Str field = column < row->count ? row->fields[column] : STR("");
        if (is_host_name(first_token(field)))
            return true;
        empty = empty && !field.len;
    }
    return empty;
}

/* Says what the rows are as soon as one shows it. */
static void note_format(ThreatList *list, const CsvRow *row)
{
    Str field = row->fields[0];
    size_t end = token_end(field, 0);
    if (strcmp(list->report.format, "plain") != 0)
        return;
    if (end + 1 < field.len && field.ptr[end] == '#' && field.ptr[end + 1] != ' ')
        list->report.format = "alienvault";
    else if (row->count > 1)
        list->report.format = "csv";
}

static bool take_row(ThreatList *list, Rows *rows, const CsvRow *row, Error *err)
{
    bool done = false;
    bool may_be_header = !rows->begun;
    rows->begun = true;
    if (row->broken) {
        threat_list_refuse(list, row->line, row->text);
        return true;
    }
    note_format(list, row);
    if (row->count == 1 && !row->quoted && !take_tor_line(list, row->text, &done, err))
        return false;
    if (!done && row->count == 1 && !row->quoted && !take_block_line(list, row->text, &done, err))
        return false;
    if (!done && !take_fields(list, rows, row, &done, err))
        return false;
    if (done || (may_be_header && read_header(rows, row)))
        return true;
    if (names_host(rows, row))
        list->report.ignored++;
    else
        threat_list_refuse(list, row->line, row->text);
    return true;
}

static bool read_rows(ThreatList *list, Str text, Error *err)
{
    Rows rows = {.begun = false};
    CsvRow row;
    Csv csv = csv_start(text, "#;");
    list->report.format = "plain";
    while (csv_next(&csv, &row))
        if (!take_row(list, &rows, &row, err))
            return false;
    return true;
}

bool threat_list_read(ThreatList *list, Str text, Error *err)
{
    list->report = (ThreatListReport){.format = ""};
    if (text.len > THREAT_LIST_BYTES_MAX)
        return error_set(err, ERROR_LIMIT, "%s: more than %d MiB", list->name,
                         (int)THREAT_LIST_BYTES_MAX >> 20);
    Str start = str_trim(csv_start(text, "").rest);
    char first = start.len ? start.ptr[0] : '\0';
    bool ok = first == '{' || first == '[' ? threat_stix_read_json(list, start, err)
              : first == '<'               ? threat_stix_read_xml(list, start, err)
                                           : read_rows(list, text, err);
    if (!ok || list->report.taken || !list->report.bad)
        return ok;
    return error_set(err, ERROR_INPUT, "%s: no address in it; expected one a line, CSV or STIX",
                     list->report.shown[0][0] ? list->report.shown[0] : list->name);
}
