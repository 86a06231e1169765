/* config_list.h - a list in spoor.yml as it is read: texts, mappings of texts, or any mappings.
 *
 * yaml -> [config_list] -> config. An element is kept as one line: its text, or what the first
 * member says, and then the others, each as TAB NAME=TEXT; or what config_document.h says. To YAML,
 * the text "cloudtrail:" is a mapping from that word to nothing; here it is the text. */
#ifndef BASE_CONFIG_LIST_H
#define BASE_CONFIG_LIST_H

#include <yaml.h>

#include "base/config_document.h"

typedef struct ConfigList {
    const char *members; /* first|second|... of mappings of texts; NULL: there are none */
    Str source;          /* the file's text, of which mappings are kept; else NULL */
    const char *file;    /* what messages call it */
    const char *key;     /* the same */
    Buf lines;           /* what was read */
    Buf first, others;   /* of the mapping under way */
    char member[32];     /* whose text comes next; empty: a name comes next */
    bool in_mapping;
    bool bare; /* the mapping begins with a word that is no member: a text, if nothing follows */
    int depth; /* of the mapping under way that is kept as it stands; 0: there is none */
    ConfigDocumentPlace place;
} ConfigList;

/* Begins a list; what it held is forgotten. *source* is borrowed until its end. */
void config_list_begin(ConfigList *list, const char *key, const char *members, Str source,
                       const char *file);
void config_list_free(ConfigList *list);

/* What one YAML event inside the list means; *ret_end*: it was the list's end. ERROR_USAGE names
 * file, line, key and what was expected. */
bool config_list_take(ConfigList *list, const yaml_event_t *event, bool *ret_end, Error *err)
    __attribute__((warn_unused_result));

#endif
