/* shown.h - what of its event a match shows. */
#ifndef HUNT_SHOWN_H
#define HUNT_SHOWN_H

#include "detect/document.h"
#include "hunt/hunt.h"

/* Fills the texts of *match* but object, group and value from the event in *document*; copies are
 * in *texts*. False with *err*: its memory is full. */
bool shown_fill(HuntMatch *match, Document *document, Arena *texts, Error *err)
    __attribute__((warn_unused_result));

#endif
