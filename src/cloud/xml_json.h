/* xml_json.h - an XML answer of AWS as JSON, with the members that AWS's CLI prints.
 *
 * Elements become members: their texts strings, true and false, or numbers; those that hold
 * elements objects. What XML does not tell, which elements are lists and which texts are numbers,
 * and where the member has another name than the element, a table says. Any thread.
 */
#ifndef CLOUD_XML_JSON_H
#define CLOUD_XML_JSON_H

#include "base/json_write.h"

typedef enum { XML_JSON_ONE, XML_JSON_LIST, XML_JSON_NUMBER } XmlJsonKind;

typedef struct XmlJsonName {
    const char *element, *member;
    XmlJsonKind kind;
} XmlJsonName;

/* Writes the elements of *inside* as members of the object that is open in *to*. *names* says what
 * is no plain member of its own name, and ends with an element NULL. Elements whose names are no
 * words, and what lies deeper than 16 elements, are left out; a text that cannot be decoded fails
 * *to*. */
void xml_json(Str inside, const XmlJsonName *names, JsonWriter *to);

#endif
