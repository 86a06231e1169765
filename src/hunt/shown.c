#include "hunt/shown.h"

#include <stddef.h>
#include <stdio.h>

#include "decode/field.h"

enum { PATH_BYTES = 64 };

/* Where it stands in the event; the principal has several places. */
static const struct {
    size_t offset;
    const char *path;
} SHOWN[] = {
    {offsetof(HuntMatch, event_id), "eventID"},
    {offsetof(HuntMatch, event_source), "eventSource"},
    {offsetof(HuntMatch, event_name), "eventName"},
    {offsetof(HuntMatch, region), "awsRegion"},
    {offsetof(HuntMatch, account), "recipientAccountId"},
    {offsetof(HuntMatch, address), "sourceIPAddress"},
    {offsetof(HuntMatch, error_code), "errorCode"},
};

static bool keep_text(Arena *texts, Str text, Str *ret, Error *err)
{
    const char *copy = text.len ? arena_text(texts, text, err) : "";
    *ret = (Str){copy, text.len};
    return copy != NULL;
}

static bool fill_principal(HuntMatch *match, Document *document, Arena *texts, Error *err)
{
    Str found = STR("");
    char path[PATH_BYTES];
    for (int i = 0; !found.len && i < FIELD_PRINCIPALS; i++) {
        snprintf(path, sizeof path, "userIdentity.%.*s",
                 STR_ARG(FIELDS[FIELD_PRINCIPAL[i]].member));
        found = document_text(document, str_of(path));
    }
    return keep_text(texts, found, &match->principal, err);
}

bool shown_fill(HuntMatch *match, Document *document, Arena *texts, Error *err)
{
    bool ok = fill_principal(match, document, texts, err);
    for (size_t i = 0; ok && i < sizeof SHOWN / sizeof *SHOWN; i++) {
        Str *to = (Str *)(void *)((char *)match + SHOWN[i].offset);
        ok = keep_text(texts, document_text(document, str_of(SHOWN[i].path)), to, err);
    }
    return ok;
}
