/* case_lineage.h - drawings of who was behind the access keys of a case.
 *
 * callers -> lineage -> [case_lineage] -> lineage/KEY.svg, lineage/KEY.json
 */
#ifndef CASE_LINEAGE_H
#define CASE_LINEAGE_H

#include "exporting.h"

enum { CASE_DRAWINGS_MAX = 50, CASE_NAME_BYTES = 160 };

typedef struct CaseDrawings {
    Str names[CASE_DRAWINGS_MAX]; /* of the SVG files, in `texts` */
    char texts[CASE_DRAWINGS_MAX][CASE_NAME_BYTES];
    size_t count;
} CaseDrawings;

/* Draws the first CASE_DRAWINGS_MAX keys of *callers*, JSON lines with a member access_key; keys
 * that are no letters and digits are left out. */
bool case_lineage_draw(Exporting *exporting, Str callers, CaseDrawings *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
