#include "derive/action.h"

#include <stdbool.h>

typedef struct Row {
    const char *service;
    const char *pattern;
    ActionClass action;
} Row;

static const Row ROWS[] = {
#define ACTION(service, pattern, action) {service, pattern, ACTION_##action},
#include "derive/action_table.h"
#undef ACTION
};

/* Names of calls that give credentials: writes, whatever readOnly says. */
static const char *const ASSUMING[] = {"AssumeRole*", "AssumeRoot"};

/* Verbs that read, for records without readOnly. */
static const char *const READING[] = {
    "Get*",        "Describe*", "List*",     "Head*",   "BatchGet*", "Lookup*",   "Search*",
    "Query*",      "Scan*",     "Select*",   "View*",   "Check*",    "Preview*",  "Filter*",
    "Simulate*",   "Estimate*", "Validate*", "Detect*", "Decode*",   "Read*",     "Download*",
    "BatchCheck*", "Discover*", "Count*",    "Verify*", "Is*",       "Retrieve*",
};

static const char *const NAMES[] = {
    [ACTION_READ] = "read",       [ACTION_LIST] = "list",
    [ACTION_WRITE] = "write",     [ACTION_PERMISSIONS] = "permissions",
    [ACTION_TAGGING] = "tagging",
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Without the API's date and version at the end. */
static Str without_date(Str name)
{
    size_t len = name.len;
    while (len && name.ptr[len - 1] >= '0' && name.ptr[len - 1] <= '9')
        len--;
    if (len > 1 && len < name.len && name.ptr[len - 1] == 'v') { /* digits of a version */
        size_t date = len - 1;
        while (date && name.ptr[date - 1] >= '0' && name.ptr[date - 1] <= '9')
            date--;
        return len - 1 - date == 8 ? str_slice(name, 0, date) : name;
    }
    return name.len - len == 8 ? str_slice(name, 0, len) : name;
}

/* Whether *name* fits a pattern with at most one *. */
static bool fits(Str name, const char *text)
{
    Str pattern = str_of(text);
    size_t star = str_find_byte(pattern, '*', 0);
    if (star == pattern.len)
        return str_equal(name, pattern);
    return name.len >= pattern.len - 1 && str_starts(name, str_slice(pattern, 0, star)) &&
           str_ends(name, str_slice(pattern, star + 1, pattern.len));
}

static bool fits_any(Str name, const char *const *patterns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (fits(name, patterns[i]))
            return true;
    return false;
}

static bool is_reading(Str name, Str read_only)
{
    if (fits_any(name, ASSUMING, COUNT(ASSUMING)))
        return false;
    return read_only.ptr ? str_equal_nocase(read_only, STR("true"))
                         : fits_any(name, READING, COUNT(READING));
}

ActionClass action_class(Str source, Str name, Str read_only)
{
    if (!name.ptr || !name.len)
        return ACTION_NONE;
    Str service = str_slice(source, 0, source.ptr ? str_find_byte(source, '.', 0) : 0);
    name = without_date(name);
    bool reading = is_reading(name, read_only);
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        const Row *row = &ROWS[i];
        bool of_reading = row->action == ACTION_READ || row->action == ACTION_LIST;
        if (of_reading == reading &&
            (!row->service[0] || str_equal(service, str_of(row->service))) &&
            fits(name, row->pattern))
            return row->action;
    }
    return reading ? ACTION_READ : ACTION_WRITE;
}

const char *action_name(ActionClass action)
{
    return NAMES[action];
}
