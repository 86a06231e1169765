#include "hunt/shown.h"

#include <stddef.h>

/* Where it stands in the event; of several places for one text the first that is there counts. */
static const struct {
    size_t offset;
    const char *path;
} SHOWN[] = {
    {offsetof(HuntMatch, event_id), "eventID"},
    {offsetof(HuntMatch, event_source), "eventSource"},
    {offsetof(HuntMatch, event_name), "eventName"},
    {offsetof(HuntMatch, region), "awsRegion"},
    {offsetof(HuntMatch, account), "recipientAccountId"},
    {offsetof(HuntMatch, principal), "userIdentity.arn"},
    {offsetof(HuntMatch, principal), "userIdentity.invokedBy"},
    {offsetof(HuntMatch, principal), "userIdentity.principalId"},
    {offsetof(HuntMatch, principal), "userIdentity.userName"},
    {offsetof(HuntMatch, principal), "userIdentity.accountId"},
    {offsetof(HuntMatch, address), "sourceIPAddress"},
    {offsetof(HuntMatch, error_code), "errorCode"},
};

static bool keep_text(Arena *texts, Str text, Str *ret, Error *err)
{
    const char *copy = text.len ? arena_text(texts, text, err) : "";
    *ret = (Str){copy, text.len};
    return copy != NULL;
}

bool shown_fill(HuntMatch *match, Document *document, Arena *texts, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof SHOWN / sizeof *SHOWN; i++) {
        Str *to = (Str *)(void *)((char *)match + SHOWN[i].offset);
        if (!to->len)
            ok = keep_text(texts, document_text(document, str_of(SHOWN[i].path)), to, err);
    }
    return ok;
}
