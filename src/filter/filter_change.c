#include "filter/filter_change.h"

#include <stdio.h>

#include "base/mem.h"
#include "decode/shred.h"
#include "decode/text.h"
#include "redact/redaction.h"

enum { WHY_BYTES = 160, TEXT_BYTES_MAX = 8 << 20 };

struct FilterChange {
    Shredder *shredder;
    Buf before, after; /* texts without escapes */
    char why[WHY_BYTES];
};

FilterChange *filter_change_new(Error *err)
{
    FilterChange *change = mem_calloc(1, sizeof *change, err);
    if (!change)
        return NULL;
    change->before = buf_init(TEXT_BYTES_MAX);
    change->after = buf_init(TEXT_BYTES_MAX);
    change->shredder = shred_new(err);
    if (change->shredder)
        return change;
    filter_change_free(change);
    return NULL;
}

void filter_change_free(FilterChange *change)
{
    if (!change)
        return;
    shred_free(change->shredder);
    buf_free(&change->before);
    buf_free(&change->after);
    mem_free(change);
}

static bool plain_text(const RecordView *view, unsigned slot, Buf *buf, Str *ret, Error *err)
{
    const RecordValue *value = &view->values[slot];
    *ret = (Str){value->ptr, value->len};
    if (!(view->present & SLOT_BIT(slot)))
        *ret = (Str){"", 0};
    if (!(view->present & SLOT_BIT(slot)) || !(value->flags & VALUE_ESCAPED))
        return true;
    buf->len = 0;
    if (!text_unescape(buf, *ret, err))
        return false;
    *ret = buf_str(buf);
    return true;
}

/* Whether the two have the same value of a member. */
static bool same_member(FilterChange *change, const RecordView *a, const RecordView *b,
                        unsigned slot, bool *ret, Error *err)
{
    Str left, right;
    switch (slot) {
    case S_EVENT_TIME:
        *ret = a->event_time == b->event_time;
        return true;
    case S_READ_ONLY:
        *ret = a->read_only == b->read_only;
        return true;
    case S_MANAGEMENT_EVENT:
        *ret = a->management == b->management;
        return true;
    default:
        if (!plain_text(a, slot, &change->before, &left, err) ||
            !plain_text(b, slot, &change->after, &right, err))
            return false;
        *ret = (a->present & SLOT_BIT(slot)) == (b->present & SLOT_BIT(slot)) &&
               str_equal(left, right);
        return true;
    }
}

static bool compare(FilterChange *change, const RecordView *before, const RecordView *after,
                    const char **ret_why, Error *err)
{
    for (unsigned slot = 0; slot < SLOT_MEMBERS; slot++) {
        bool same;
        Str name = FIELDS[SLOT_FIELDS[slot]].member;
        if (!redaction_is_fixed(name))
            continue;
        if (!same_member(change, before, after, slot, &same, err))
            return false;
        if (same)
            continue;
        snprintf(change->why, sizeof change->why,
                 "%.*s was changed, by which records are found and told apart", STR_ARG(name));
        *ret_why = change->why;
        return true;
    }
    return true;
}

bool filter_change_read(FilterChange *change, Str event, const RecordView *before,
                        const RecordView **ret, const char **ret_why, Error *err)
{
    const char *reason;
    *ret_why = NULL;
    if (!shred_record(change->shredder, event, ret, &reason, err))
        return false;
    if (!reason)
        return compare(change, before, *ret, ret_why, err);
    snprintf(change->why, sizeof change->why, "what it returned cannot be stored: %s", reason);
    *ret_why = change->why;
    return true;
}
