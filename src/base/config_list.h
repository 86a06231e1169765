/* config_list.h - a list in spoor.yml as it is read: texts, or mappings of texts.
 *
 * yaml -> [config_list] -> config. An element is kept as one line: its text, or what the first
 * member says, and then the others, each as TAB NAME=TEXT. To YAML, the text "cloudtrail:" is a
 * mapping from that word to nothing; here it is the text. */
#ifndef BASE_CONFIG_LIST_H
#define BASE_CONFIG_LIST_H

#include <yaml.h>

#include "base/buf.h"
#include "base/error.h"

typedef struct ConfigList {
    const char *members; /* first|second|... of mappings; NULL: elements are texts */
    const char *file;    /* what messages call it */
    const char *key;     /* the same */
    Buf lines;           /* what was read */
    Buf first, others;   /* of the mapping under way */
    char member[32];     /* whose text comes next; empty: a name comes next */
    bool in_mapping;
    bool bare; /* the mapping begins with a word that is no member: a text, if nothing follows */
} ConfigList;

/* Begins a list; what it held is forgotten, its memory kept. */
void config_list_begin(ConfigList *list, const char *key, const char *members, const char *file);
void config_list_free(ConfigList *list);

/* What one YAML event inside the list means; *ret_end*: it was the list's end. ERROR_USAGE names
 * file, line, key and what was expected. */
bool config_list_take(ConfigList *list, const yaml_event_t *event, bool *ret_end, Error *err)
    __attribute__((warn_unused_result));

#endif
