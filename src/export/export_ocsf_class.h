/* export_ocsf_class.h - which class and activity of OCSF a call is.
 *
 * By name and service ("opensearch", sections 9.2 and 9.4): a call of another service that happens
 * to have such a name is API Activity. Constant.
 */
#ifndef EXPORT_EXPORT_OCSF_CLASS_H
#define EXPORT_EXPORT_OCSF_CLASS_H

#include "base/str.h"

typedef enum {
    OCSF_ACCOUNT_CHANGE = 3001,
    OCSF_AUTHENTICATION = 3002,
    OCSF_API_ACTIVITY = 6003,
} OcsfClassId;

typedef struct OcsfClass {
    OcsfClassId id;
    const char *name, *folder;
    int category;
    const char *category_name;
} OcsfClass;

typedef struct OcsfActivity {
    int id;
    const char *name;
} OcsfActivity;

/* The class of the call *name* of *service* ("iam.amazonaws.com"). */
const OcsfClass *export_ocsf_class_of(Str service, Str name);

/* The activity of the call *name* in its class. */
OcsfActivity export_ocsf_class_activity(const OcsfClass *class, Str name);

#endif
