/* config.h - configuration from one table of keys: defaults, spoor.yml, environment, flags.
 *
 * Made from config_table.h. A Config is filled once at the start, by one thread, and only read
 * afterwards. Unknown keys are refused with the key that was probably meant.
 */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

typedef enum {
#define CONFIG(name, key, type, env, value, choices, help) CONFIG_##name,
#include "base/config_table.h"
#undef CONFIG
    CONFIG_COUNT,
    CONFIG_NONE = -1,
} ConfigKey;

/* Value types, shared by configuration keys and command-line options. */
typedef enum {
    VALUE_FLAG,      /* no value */
    VALUE_TEXT,      /* any text that is not empty */
    VALUE_NUMBER,    /* unsigned decimal; k, M, G multiply by 1000 */
    VALUE_SIZE,      /* bytes: 512, 64KiB, 48MiB, 2GiB */
    VALUE_DURATION,  /* 90s, 15m, 6h, 7d, 2w */
    VALUE_TIME,      /* see timestamp_parse_operator */
    VALUE_CHOICE,    /* one of a|b|c */
    VALUE_WORD,      /* any text; empty is none */
    VALUE_PATH,      /* a file; empty is none */
    VALUE_PATHS,     /* files: a YAML list, or one text with commas between them; empty is none */
    VALUE_MAPS,      /* texts as VALUE_PATHS, or mappings with the members that choices names */
    VALUE_DOCUMENTS, /* texts as VALUE_PATHS, or mappings for a reader of its own */
} ValueType;

typedef struct ConfigEntry {
    const char *key;
    ValueType type;
    const char *environment;
    const char *fallback;
    const char *choices; /* a|b|c for VALUE_CHOICE and VALUE_MAPS */
    const char *help;
} ConfigEntry;

extern const ConfigEntry CONFIG_TABLE[CONFIG_COUNT];

typedef struct Config Config;

/* All defaults; the caller frees with config_free. */
Config *config_new(Error *err) __attribute__((warn_unused_result));
void config_free(Config *config);

/* Reads a YAML file over the defaults. ERROR_USAGE names file, line and the key that was meant;
 * ERROR_ACCESS when it cannot be read. */
bool config_read_file(Config *config, const char *path, Error *err)
    __attribute__((warn_unused_result));

/* As config_read_file, for a text; *name* stands for the file in messages. */
bool config_read_text(Config *config, Str text, const char *name, Error *err)
    __attribute__((warn_unused_result));

/* Takes the environment variables of the table. */
bool config_read_environment(Config *config, Error *err) __attribute__((warn_unused_result));

/* Sets one key; *source* ("--lake") is kept for config_source and must outlive the Config. */
bool config_set(Config *config, ConfigKey key, Str value, const char *source, Error *err)
    __attribute__((warn_unused_result));

/* The value as text; as a number (bytes for SIZE, microseconds for DURATION); where it is from:
 * "default", the file's path, the variable's name or the flag. */
const char *config_text(const Config *config, ConfigKey key);
int64_t config_number(const Config *config, ConfigKey key);
const char *config_source(const Config *config, ConfigKey key);

/* Whether all keys have the same values, wherever these are from. */
bool config_equal(const Config *a, const Config *b);

/* Element *index* of a VALUE_PATHS, VALUE_MAPS or VALUE_DOCUMENTS, without white space around it,
 * borrowed until the key is set again; false behind the last. Empty elements are passed over. A
 * mapping of VALUE_DOCUMENTS is for config_document.h; config_source names its file. */
bool config_item(const Config *config, ConfigKey key, size_t index, Str *ret);

/* What *member* of an element of VALUE_MAPS says, empty when it is not given; no member: its text,
 * which is the first of choices. */
Str config_item_member(Str item, Str member);

/* Checks *text* against a type and gives its number (0 for texts and choices). ERROR_USAGE with
 * what was expected; *name* is the key or option. */
bool config_check_value(ValueType type, const char *choices, const char *name, Str text,
                        int64_t *ret_number, Error *err) __attribute__((warn_unused_result));

#endif
