#include "base/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/buf.h"
#include "base/config_list.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/timestamp.h"

enum { FILE_BYTES_MAX = 1 << 20, DEPTH_MAX = 8, KEY_BYTES_MAX = 256 };

const ConfigEntry CONFIG_TABLE[CONFIG_COUNT] = {
#define CONFIG(name, key, type, env, value, choices, help)                                         \
    [CONFIG_##name] = {key, VALUE_##type, env, value, choices, help},
#include "base/config_table.h"
#undef CONFIG
};

typedef struct Value {
    char *text;
    int64_t number;
    const char *source;
} Value;

struct Config {
    Value values[CONFIG_COUNT];
    char *file; /* path of the file that was read, a source */
};

/* A mapping being read: the dotted key so far and where each level began. */
typedef struct YamlPlace {
    char key[KEY_BYTES_MAX];
    size_t starts[DEPTH_MAX + 1];
    int depth;
    bool expects_key;
    Str text;           /* of the file */
    ConfigKey list_key; /* of the list being read, or CONFIG_NONE */
    ConfigList list;
} YamlPlace;

static bool parse_scaled(Str text, const char *const *units, const int64_t *factors, size_t count,
                         int64_t *ret)
{
    uint64_t number;
    for (size_t i = 0; i < count; i++) {
        Str unit = str_of(units[i]);
        if (!str_ends(text, unit) || !str_to_u64(str_slice(text, 0, text.len - unit.len), &number))
            continue;
        if (number > (uint64_t)(INT64_MAX / factors[i]))
            return false;
        *ret = (int64_t)number * factors[i];
        return true;
    }
    return false;
}

static bool parse_number(Str text, int64_t *ret)
{
    static const char *const UNITS[] = {"", "k", "M", "G"};
    static const int64_t FACTORS[] = {1, 1000, 1000000, 1000000000};
    return parse_scaled(text, UNITS, FACTORS, 4, ret);
}

static bool parse_size(Str text, int64_t *ret)
{
    static const char *const UNITS[] = {"", "KiB", "MiB", "GiB", "TiB"};
    static const int64_t FACTORS[] = {1, 1 << 10, 1 << 20, 1 << 30, INT64_C(1) << 40};
    return parse_scaled(text, UNITS, FACTORS, 5, ret);
}

static bool is_choice(Str text, const char *choices)
{
    Str rest = str_of(choices);
    while (rest.len) {
        size_t bar = str_find_byte(rest, '|', 0);
        if (str_equal(str_slice(rest, 0, bar), text))
            return true;
        rest = str_slice(rest, bar + 1, rest.len);
    }
    return false;
}

bool config_check_value(ValueType type, const char *choices, const char *name, Str text,
                        int64_t *ret_number, Error *err)
{
    Str shown = str_slice(text, 0, 64);
    *ret_number = 0;
    switch (type) {
    case VALUE_NUMBER:
        return parse_number(text, ret_number) ||
               error_set(err, ERROR_USAGE, "%s takes a whole number such as 20 or 300k, not '%.*s'",
                         name, STR_ARG(shown));
    case VALUE_SIZE:
        return parse_size(text, ret_number) ||
               error_set(err, ERROR_USAGE, "%s takes a size such as 64MiB or 2GiB, not '%.*s'",
                         name, STR_ARG(shown));
    case VALUE_DURATION:
        return timestamp_parse_duration(text, ret_number, err) || error_context(err, "%s", name);
    case VALUE_TIME:
        return timestamp_parse_operator(text, ret_number, err) || error_context(err, "%s", name);
    case VALUE_CHOICE:
        return is_choice(text, choices) ||
               error_set(err, ERROR_USAGE, "%s takes one of %s, not '%.*s'", name, choices,
                         STR_ARG(shown));
    default: /* texts of any kind */
        break;
    }
    return type != VALUE_TEXT || text.len > 0 ||
           error_set(err, ERROR_USAGE, "%s takes a text that is not empty", name);
}

Config *config_new(Error *err)
{
    Config *config = mem_calloc(1, sizeof *config, err);
    for (int key = 0; config && key < CONFIG_COUNT; key++)
        if (!config_set(config, (ConfigKey)key, str_of(CONFIG_TABLE[key].fallback), "default",
                        err)) {
            config_free(config);
            return NULL;
        }
    return config;
}

void config_free(Config *config)
{
    if (!config)
        return;
    for (int key = 0; key < CONFIG_COUNT; key++)
        mem_free(config->values[key].text);
    mem_free(config->file);
    mem_free(config);
}

static bool put_value(Config *config, ConfigKey key, Str value, const char *source, Error *err)
{
    const ConfigEntry *entry = &CONFIG_TABLE[key];
    int64_t number;
    if (!config_check_value(entry->type, entry->choices, entry->key, value, &number, err))
        return false;
    char *copy = mem_text(value.ptr, value.len, err);
    if (!copy)
        return false;
    mem_free(config->values[key].text);
    config->values[key] = (Value){copy, number, source};
    return true;
}

static bool takes_list(ConfigKey key)
{
    ValueType type = CONFIG_TABLE[key].type;
    return type == VALUE_PATHS || type == VALUE_MAPS || type == VALUE_DOCUMENTS;
}

bool config_set(Config *config, ConfigKey key, Str value, const char *source, Error *err)
{
    if (!put_value(config, key, value, source, err))
        return false;
    char *text = config->values[key].text;
    for (; takes_list(key) && *text; text++)
        if (*text == ',')
            *text = '\n'; /* as elements of a list are kept apart */
    return true;
}

bool config_item(const Config *config, ConfigKey key, size_t index, Str *ret)
{
    Str rest = str_of(config->values[key].text);
    while (rest.len) {
        size_t end = str_find_byte(rest, '\n', 0);
        Str item = str_trim(str_slice(rest, 0, end));
        rest = str_slice(rest, end + 1, rest.len);
        if (!item.len || index-- > 0)
            continue;
        *ret = item;
        return true;
    }
    return false;
}

Str config_item_member(Str item, Str member)
{
    size_t tab = str_find_byte(item, '\t', 0);
    if (!member.len)
        return str_slice(item, 0, tab);
    while (tab < item.len) {
        Str rest = str_slice(item, tab + 1, item.len);
        size_t end = str_find_byte(rest, '\t', 0);
        Str text = str_slice(rest, 0, end);
        if (str_starts(text, member) && text.len > member.len && text.ptr[member.len] == '=')
            return str_slice(text, member.len + 1, text.len);
        item = rest;
        tab = end;
    }
    return STR("");
}

bool config_read_environment(Config *config, Error *err)
{
    for (int key = 0; key < CONFIG_COUNT; key++) {
        const char *name = CONFIG_TABLE[key].environment;
        const char *value = getenv(name);
        if (value && value[0] && !config_set(config, (ConfigKey)key, str_of(value), name, err))
            return error_context(err, "environment variable %s", name);
    }
    return true;
}

static ConfigKey find_key(Str key)
{
    for (int i = 0; i < CONFIG_COUNT; i++)
        if (str_equal(key, str_of(CONFIG_TABLE[i].key)))
            return (ConfigKey)i;
    return CONFIG_NONE;
}

static bool refuse_key(Str key, const char *name, size_t line, Error *err)
{
    ConfigKey nearest = 0;
    size_t best = SIZE_MAX;
    for (int i = 0; i < CONFIG_COUNT; i++) {
        size_t distance = str_distance(key, str_of(CONFIG_TABLE[i].key));
        if (distance < best) {
            best = distance;
            nearest = (ConfigKey)i;
        }
    }
    return error_set(err, ERROR_USAGE, "%s:%zu: '%.*s' is no key; did you mean '%s'?", name, line,
                     STR_ARG(str_slice(key, 0, 64)), CONFIG_TABLE[nearest].key);
}

static bool push_key(YamlPlace *place, Str part, const char *name, size_t line, Error *err)
{
    size_t used = place->starts[place->depth];
    if (used + part.len + 2 > sizeof place->key)
        return error_set(err, ERROR_USAGE, "%s:%zu: the key is too long", name, line);
    if (used)
        place->key[used++] = '.';
    memcpy(place->key + used, part.ptr, part.len);
    place->key[used + part.len] = '\0';
    place->expects_key = false;
    return true;
}

/* The key at this place is complete: finds it and is ready for the next one. */
static bool end_key(YamlPlace *place, const char *name, size_t line, ConfigKey *ret, Error *err)
{
    *ret = find_key(str_of(place->key));
    if (*ret == CONFIG_NONE)
        return refuse_key(str_of(place->key), name, line, err);
    place->key[place->starts[place->depth]] = '\0';
    place->expects_key = true;
    return true;
}

static const char *source_of(const Config *config)
{
    return config->file ? config->file : "spoor.yml";
}

/* A list begins: only some keys take one. */
static bool begin_list(YamlPlace *place, const char *name, size_t line, Error *err)
{
    ConfigKey key = find_key(str_of(place->key));
    if (key == CONFIG_NONE || !takes_list(key) || place->expects_key)
        return error_set(err, ERROR_USAGE, "%s:%zu: '%s' takes one value, not a list or an alias",
                         name, line, place->key);
    Str source = CONFIG_TABLE[key].type == VALUE_DOCUMENTS ? place->text : (Str){NULL, 0};
    config_list_begin(&place->list, CONFIG_TABLE[key].key, CONFIG_TABLE[key].choices, source, name);
    return end_key(place, name, line, &place->list_key, err);
}

/* An event inside a list: one more element, or its end. */
static bool take_element(Config *config, const yaml_event_t *event, YamlPlace *place, Error *err)
{
    ConfigKey key = place->list_key;
    bool end;
    if (!config_list_take(&place->list, event, &end, err))
        return false;
    if (!end)
        return true;
    place->list_key = CONFIG_NONE;
    return put_value(config, key, buf_str(&place->list.lines), source_of(config), err);
}

/* What one YAML event means at this place; the document's frame events mean nothing. */
static bool take_event(Config *config, const yaml_event_t *event, YamlPlace *place,
                       const char *name, Error *err)
{
    size_t line = event->start_mark.line + 1;
    if (place->list_key != CONFIG_NONE)
        return take_element(config, event, place, err);
    if (event->type == YAML_MAPPING_START_EVENT) {
        if (place->depth >= DEPTH_MAX)
            return error_set(err, ERROR_USAGE, "%s:%zu: nested too deep", name, line);
        if (place->depth++ > 0 || place->key[0])
            place->starts[place->depth] = strlen(place->key);
        place->expects_key = true;
    } else if (event->type == YAML_MAPPING_END_EVENT) {
        place->key[place->starts[place->depth--]] = '\0';
        place->expects_key = true;
    } else if (event->type == YAML_SCALAR_EVENT) {
        Str text = {(const char *)event->data.scalar.value, event->data.scalar.length};
        if (place->depth == 0)
            return text.len == 0 ||
                   error_set(err, ERROR_USAGE, "%s:%zu: expected keys, found '%.*s'", name, line,
                             STR_ARG(str_slice(text, 0, 64)));
        if (place->expects_key)
            return push_key(place, text, name, line, err);
        ConfigKey key;
        return end_key(place, name, line, &key, err) &&
               (config_set(config, key, text, source_of(config), err) ||
                error_context(err, "%s:%zu", name, line));
    } else if (event->type == YAML_SEQUENCE_START_EVENT || event->type == YAML_ALIAS_EVENT) {
        return begin_list(place, name, line, err);
    }
    return true;
}

bool config_read_text(Config *config, Str text, const char *name, Error *err)
{
    yaml_parser_t parser;
    yaml_event_t event;
    YamlPlace place = {.text = text, .list_key = CONFIG_NONE};
    bool ok = true;
    bool more = true;
    if (!yaml_parser_initialize(&parser))
        return error_set(err, ERROR_LIMIT, "out of memory: no YAML parser");
    yaml_parser_set_input_string(&parser, (const unsigned char *)text.ptr, text.len);
    while (ok && more) {
        if (!yaml_parser_parse(&parser, &event)) {
            ok = error_set(err, ERROR_USAGE, "%s:%zu: %s", name, parser.problem_mark.line + 1,
                           parser.problem ? parser.problem : "not valid YAML");
            break;
        }
        more = event.type != YAML_STREAM_END_EVENT;
        ok = take_event(config, &event, &place, name, err);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    config_list_free(&place.list);
    return ok;
}

bool config_read_file(Config *config, const char *path, Error *err)
{
    BUF_AUTO Buf text = buf_init(FILE_BYTES_MAX);
    mem_free(config->file);
    config->file = mem_text(path, strlen(path), err);
    return config->file && file_read(path, &text, NULL, err) &&
           config_read_text(config, buf_str(&text), path, err);
}

const char *config_text(const Config *config, ConfigKey key)
{
    return config->values[key].text;
}

int64_t config_number(const Config *config, ConfigKey key)
{
    return config->values[key].number;
}

bool config_equal(const Config *a, const Config *b)
{
    for (int key = 0; key < CONFIG_COUNT; key++)
        if (strcmp(a->values[key].text, b->values[key].text) != 0)
            return false;
    return true;
}

const char *config_source(const Config *config, ConfigKey key)
{
    return config->values[key].source;
}
