/* hub_document.h - a stored finding as Security Hub is to have it. Internal to hub_push. */
#ifndef NOTIFY_HUB_DOCUMENT_H
#define NOTIFY_HUB_DOCUMENT_H

#include "notify/hub_push.h"

typedef struct HubDocument {
    Str text;        /* ASFF */
    Str id, region;  /* its Id, and where it goes */
    int64_t said_us; /* its UpdatedAt */
    bool gone;       /* nothing is to be told: it is no more, or not wanted */
} HubDocument;

/* Makes it of the finding of *row*, in *arena*. ERROR_INPUT: the schema forbids it. */
bool hub_document_make(Db *db, const HubRow *row, const HubPushOptions *options, Arena *arena,
                       HubDocument *ret, Error *err) __attribute__((warn_unused_result));

#endif
