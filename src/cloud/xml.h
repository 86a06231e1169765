/* xml.h - elements of an XML text found one after the other, as the answers of AWS are read.
 *
 * No tree and no copies: a cursor is the text that is left, and an element is the text between its
 * tags. Attributes are passed over, a namespace's prefix is no part of a name, names have case;
 * comments, declarations and CDATA hold no elements. Entities stay in the text until xml_decode.
 * A document type is not read: its entities are unknown. Any thread.
 *
 * Bytes that come in pieces: ask until false, move what *rest* holds then to the front, put the
 * next piece behind it, ask again.
 */
#ifndef CLOUD_XML_H
#define CLOUD_XML_H

#include "base/buf.h"

/* Finds the next element *name* in *rest*, at any depth. True: *ret_inside* is the text between its
 * tags (empty for <name/>), and *rest* goes on behind it, so that elements inside it are looked for
 * in *ret_inside*. False: there is no whole one; *rest* is what could be part of one: an element
 * or a tag whose end has not come, else it is empty. */
bool xml_next(Str *rest, Str name, Str *ret_inside) __attribute__((warn_unused_result));

/* Appends what *inside* says: entities and CDATA decoded, comments left out. ERROR_INPUT for an
 * element or an unknown entity; then *ret* is as it was. */
bool xml_decode(Str inside, Buf *ret, Error *err) __attribute__((warn_unused_result));

/* Appends the decoded text of the first element *name* in *text*; ERROR_INPUT, with the name, when
 * there is none. */
bool xml_value(Str text, Str name, Buf *ret, Error *err) __attribute__((warn_unused_result));

#endif
