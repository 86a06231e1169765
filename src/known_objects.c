#include "known_objects.h"

#include "lake/claim.h"
#include "lake/receipt.h"

enum { KEY_BYTES_MAX = 64 << 20 };

typedef struct Known {
    Lake *lake;
    Buf path;
    uint64_t count;
    Error failure;
} Known;

static bool is_wanted(const ObjectRef *object, void *context)
{
    Known *known = context;
    ReceiptMatch match = RECEIPT_MISSING;
    char etag[OBJECT_ETAG_BYTES];
    object_list_etag(object, etag);
    if (known->failure.kind == ERROR_NONE &&
        (!object_list_path(object, &known->path, &known->failure) ||
         !receipt_find(known->lake, object_list_source(object), buf_str(&known->path), str_of(etag),
                       &match, &known->failure)))
        return false;
    known->count += match == RECEIPT_SAME;
    return match != RECEIPT_SAME;
}

bool known_objects_leave_out(Lake *lake, ObjectList *list, uint64_t *ret_count, Error *err)
{
    Known known = {.lake = lake, .path = buf_init(KEY_BYTES_MAX)};
    Claim *turn;
    if (!claim_lake_turn(lake, &turn, err))
        return false;
    object_list_filter(list, is_wanted, &known);
    claim_end(turn, false);
    buf_free(&known.path);
    *ret_count = known.count;
    return known.failure.kind == ERROR_NONE ||
           error_set(err, known.failure.kind, "%s", known.failure.text);
}
