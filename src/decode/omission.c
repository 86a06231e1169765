#include "decode/omission.h"

#include "decode/batch_state.h"

static const Slot OMITTED[] = {S_READ_ONLY, S_MANAGEMENT_EVENT, S_EVENT_CATEGORY, S_TLS_DETAILS,
                               S_FROM_CONSOLE};

enum { OMITTED_COUNT = sizeof OMITTED / sizeof *OMITTED };

/* Whether the row has the member, and what its value adds to the content hash. */
static bool share_of(const Batch *batch, Slot slot, uint32_t row, uint64_t *ret)
{
    const uint64_t *keys = batch->state->keys[SLOT_FIELDS[slot]];
    uint64_t hash;
    uint32_t code = 0;
    switch (slot) {
    case S_READ_ONLY:
        hash = batch->read_only[row];
        code = hash != 2;
        break;
    case S_MANAGEMENT_EVENT:
        hash = batch->management[row];
        code = hash != 2;
        break;
    case S_TLS_DETAILS:
        code = batch->groups[GROUP_TLS].codes[row];
        hash = code ? batch->groups[GROUP_TLS].shapes[code - 1].hash : 0;
        break;
    default:
        code = batch->columns[SLOT_FIELDS[slot]].codes[row];
        hash = code ? batch->columns[SLOT_FIELDS[slot]].hashes[code - 1] : 0;
    }
    *ret = batch_mix(hash ^ keys[0], keys[1]);
    return code != 0;
}

bool omission_explains(const Batch *batch, uint32_t row, uint64_t content)
{
    uint64_t shares[OMITTED_COUNT];
    unsigned count = 0;
    uint64_t left_out = batch->content_hash[row] - content;
    for (unsigned i = 0; i < OMITTED_COUNT; i++)
        count += share_of(batch, OMITTED[i], row, &shares[count]);
    for (unsigned set = 1; set < 1U << count; set++) {
        uint64_t sum = 0;
        for (unsigned i = 0; i < count; i++)
            sum += set & 1U << i ? shares[i] : 0;
        if (sum == left_out)
            return true;
    }
    return false;
}
