/* fill.h - fills the placeholders of templates: what makes one record differ from the next.
 *
 * Of ids, keys and numbers few are frequent, as in real trails: they come from pools that belong
 * to the account. Within one record a bucket, an object, a key, a role, a user, an instance, a
 * volume or a group is the same one wherever it is named.
 *
 *   %i instance  %v volume  %g security group (16 hexadecimal digits, pooled)   %h others, pooled
 *   %x 16 hexadecimal digits, new   %u UUID, new   %q 17 letters of an id, pooled   %n number
 *   %b bucket  %o object key  %k key's UUID  %r role  %t user  %A account  %R region
 *   %K temporary key's id  %T session token  %X 76 letters  %y 16 letters: new
 *   %M the event's time  %H the hour before it, "2026-10-31T04:"  %D its day, "2026/10/31"
 *   %N five minutes after the event's minute
 *   %j the event's time in words, "Oct 31, 2026, 9:41:00 PM"  %J an hour later
 *   %d a time in words  %f bytes, an integer or (rarely) a float  %l "ARN", rarely "arn"
 *   %V eventVersion  %I userIdentity  %S service  %E eventName  %a address  %U userAgent
 *   %P the caller's ARN  %w readOnly  %e eventID  %s sharedEventID of a pair
 *   %* items of a large record, until it is large enough; %% a per cent sign
 */
#ifndef GENERATE_FILL_H
#define GENERATE_FILL_H

#include "generate/cast.h"

/* A moment, in the forms that records write it. */
typedef struct FillClock {
    int64_t minute; /* since 1970; what the texts hold */
    char time[24];  /* "2026-10-31T05:12:09Z" */
    char hour[16];  /* "2026-10-31T04:" */
    char day[12];   /* "2026/10/31" */
} FillClock;

/* Sets the clock to *time_s*, seconds since 1970. */
void fill_clock_set(FillClock *clock, int64_t time_s);

enum { FILL_HELD = 8 };

/* What the placeholders of one record are filled from. */
typedef struct Fill {
    Buf *out;
    const CastAccount *account;
    const char *region;
    const CastPrincipal *principal;
    const Call *call;
    const FillClock *clock;
    const char *event_id; /* 36 characters; NULL: a new one */
    uint64_t pair;        /* seed of %s */
    const char *item;     /* pattern of %*; a comma at its begin is left out of the first */
    size_t item_bytes;    /* until the record has so many bytes */
    size_t begin;         /* of the record in *out* */
    Random *random;
    uint32_t held[FILL_HELD]; /* ranks drawn for this record, plus one */
    Error *err;
} Fill;

/* Draws what a burst of records is about: some of the things that all of them name. */
void fill_hold(Random *random, uint32_t held[FILL_HELD]);

/* Appends *pattern* with its placeholders filled; false with fill->err. */
bool fill_pattern(Fill *fill, const char *pattern) __attribute__((warn_unused_result));

/* Appends *text* as it is. */
bool fill_str(Fill *fill, Str text) __attribute__((warn_unused_result));

#endif
