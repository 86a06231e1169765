/* export_ocsf.h - records as OCSF events, as Security Lake writes them.
 *
 * export_event -> [export_ocsf] -> one JSON object
 *
 * Version 1.1.0 (Security Lake's source version 2) with the profiles cloud and datetime; classes
 * and members as "opensearch", sections 9.2 to 9.4, have them. What has no member of its own is in
 * `unmapped`, by its dotted path. What a class requires is always there: where the record does not
 * say who or from where, the service that made it stands in its place.
 */
#ifndef EXPORT_EXPORT_OCSF_H
#define EXPORT_EXPORT_OCSF_H

#include "export/export_event.h"

/* The folder of the event's class: "authentication", "account_change", "api_activity". */
const char *export_ocsf_class(const ExportEvent *event);

/* Appends the event. */
bool export_ocsf_put(const ExportEvent *event, Buf *out, Error *err)
    __attribute__((warn_unused_result));

#endif
