#include "redact/redact_batch.h"

#include <string.h>

#include "base/mem.h"
#include "decode/batch_edit.h"
#include "redact/redact_mark.h"
#include "redact/redact_memo.h"
#include "redact/redact_value.h"

struct RedactBatch {
    const RedactPlan *plan;
    RedactWork *work;
    RedactMarker *marker;
    RedactMemo memo;
    uint64_t *changed; /* per row */
    uint32_t rows_max;
};

/* A run over a batch. */
typedef struct Run {
    RedactBatch *self;
    Batch *batch;
    const uint64_t *masks;
    Error *err;
} Run;

RedactBatch *redact_batch_new(const RedactPlan *plan, Error *err)
{
    RedactBatch *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    self->plan = plan;
    self->work = redact_work_new(plan, err);
    self->marker = self->work ? redact_marker_new(plan, err) : NULL;
    if (self->marker)
        return self;
    redact_batch_free(self);
    return NULL;
}

void redact_batch_free(RedactBatch *self)
{
    if (!self)
        return;
    redact_work_free(self->work);
    redact_marker_free(self->marker);
    redact_memo_free(&self->memo);
    mem_free(self->changed);
    mem_free(self);
}

const uint64_t *redact_batch_changed(const RedactBatch *self)
{
    return self->changed;
}

static uint64_t mask_of(const Run *run, uint32_t row)
{
    return run->masks ? run->masks[row] : UINT64_MAX;
}

/* ---- columns of their own ---- */

/* The new code of a value; *ret_changed: who changed it. */
static bool change_value(const Run *run, FieldNode node, uint32_t code, uint64_t mask,
                         uint32_t *ret, uint64_t *ret_changed)
{
    RedactResult result;
    Batch *batch = run->batch;
    if (!redact_work_column(run->self->work, node, mask, batch_value(&batch->columns[node], code),
                            &result, run->err))
        return false;
    *ret = result.removed ? 0 : code;
    *ret_changed |= result.changed;
    return !result.changed || result.removed ||
           batch_edit_text(batch, node, result.text, ret, run->err);
}

static bool change_column(const Run *run, FieldNode node)
{
    RedactBatch *self = run->self;
    uint32_t *codes = run->batch->columns[node].codes;
    uint64_t concerned = self->plan->columns[node].concerned;
    redact_memo_clear(&self->memo);
    for (uint32_t row = 0; row < run->batch->rows; row++) {
        uint64_t mask = mask_of(run, row) & concerned;
        if (!codes[row] || !mask)
            continue;
        RedactMemoEntry *entry = redact_memo_find(&self->memo, codes[row], mask, run->err);
        if (!entry)
            return false;
        if (!entry->code) {
            entry->code = codes[row];
            entry->changed = 0;
            if (!change_value(run, node, codes[row], mask, &entry->next, &entry->changed))
                return false;
        }
        self->changed[row] |= entry->changed;
        codes[row] = entry->next;
    }
    return true;
}

/* ---- structs and the list ---- */

/* Removes a struct or list that a path names, if its verb is to; its leaves are changed one by one
 * else. */
static bool removes_whole(const Run *run, FieldNode node, uint64_t mask, uint64_t *ret_changed)
{
    const RedactPlan *plan = run->self->plan;
    const RedactTarget *target = &plan->columns[node];
    for (uint32_t i = 0; i < target->count; i++) {
        uint32_t index = target->actives[i].redaction;
        if (!(mask >> index & 1))
            continue;
        if (plan->list[index].action.verb != REDACT_REMOVE)
            return false;
        *ret_changed |= (uint64_t)1 << index;
        return true;
    }
    return false;
}

/* An element of a shape that was copied. */
typedef struct Element {
    BatchGroup *group;
    uint32_t index;
    uint64_t mask;
    uint64_t changed;
} Element;

static bool change_leaf(const Run *run, Element *element, FieldNode node)
{
    unsigned at = (unsigned)(node - element->group->root);
    uint32_t *codes = element->group->leaf_codes[at], code;
    uint32_t old = codes ? codes[element->index] : 0;
    if (!old)
        return true;
    if (!change_value(run, node, old, element->mask, &code, &element->changed))
        return false;
    codes[element->index] = code;
    if (!code)
        element->group->present[element->index] &= ~((uint64_t)1 << at);
    return true;
}

static void forget_node(Element *element, FieldNode node)
{
    BatchGroup *group = element->group;
    unsigned at = (unsigned)(node - group->root);
    group->present[element->index] &= ~((uint64_t)1 << at);
    if (group->leaf_codes[at])
        group->leaf_codes[at][element->index] = 0;
}

static bool is_present(const Element *element, FieldNode node)
{
    return element->group->present[element->index] >> (node - element->group->root) & 1;
}

/* A struct that is removed takes along what is in it. That of a list's element stays where it is,
 * with nothing in it. */
static bool change_node(const Run *run, Element *element, FieldNode node)
{
    if (node > element->group->root && !is_present(element, FIELDS[node].parent))
        forget_node(element, node);
    if (!(run->self->plan->columns[node].concerned & element->mask))
        return true;
    if (field_is_leaf(node))
        return change_leaf(run, element, node);
    if (FIELDS[node].type == FIELD_STRUCT && node > element->group->root &&
        FIELDS[FIELDS[node].parent].type != FIELD_LIST && is_present(element, node) &&
        removes_whole(run, node, element->mask, &element->changed))
        forget_node(element, node);
    return true;
}

static bool change_element(const Run *run, Element *element)
{
    FieldNode root = element->group->root;
    for (FieldNode node = root; node < FIELD_COUNT && field_top(node) == root; node++)
        if (!change_node(run, element, node))
            return false;
    return true;
}

/* The new code of a shape: the old one when nothing of it changes. */
static bool change_shape(const Run *run, GroupId id, RedactMemoEntry *entry)
{
    Batch *batch = run->batch;
    BatchGroup *group = &batch->groups[id];
    uint32_t old = entry->code, copy;
    entry->changed = 0;
    entry->next = 0;
    if (removes_whole(run, group->root, entry->mask, &entry->changed))
        return true;
    uint32_t elements = group->element_count;
    if (!batch_edit_shape(batch, id, old, &copy, run->err))
        return false;
    for (uint32_t i = elements; i < group->element_count; i++) {
        Element element = {group, i, entry->mask, 0};
        if (!change_element(run, &element))
            return false;
        entry->changed |= element.changed;
    }
    if (entry->changed)
        batch_edit_shape_end(batch, id, copy);
    entry->next = entry->changed ? copy : old;
    return true;
}

static bool change_group(const Run *run, GroupId id)
{
    RedactBatch *self = run->self;
    uint32_t *codes = run->batch->groups[id].codes;
    redact_memo_clear(&self->memo);
    for (uint32_t row = 0; row < run->batch->rows; row++) {
        uint64_t mask = mask_of(run, row) & self->plan->groups[id];
        if (!codes[row] || !mask)
            continue;
        RedactMemoEntry *entry = redact_memo_find(&self->memo, codes[row], mask, run->err);
        if (!entry)
            return false;
        if (!entry->code) {
            entry->code = codes[row];
            if (!change_shape(run, id, entry))
                return false;
        }
        self->changed[row] |= entry->changed;
        codes[row] = entry->next;
    }
    return true;
}

/* ---- rows ---- */

/* `extra` of a changed row says what was done. */
static bool mark_row(const Run *run, uint32_t row)
{
    Str text;
    Batch *batch = run->batch;
    uint32_t *codes = batch->columns[F_EXTRA].codes;
    Str extra = codes[row] ? batch_value(&batch->columns[F_EXTRA], codes[row]) : (Str){"", 0};
    bool plain = extra.len == 0; /* what the marker writes is canonical */
    if (!redact_marker_write(run->self->marker, extra, run->self->changed[row],
                             batch->content_hash[row], &text, run->err) ||
        !(plain ? batch_edit_canonical(batch, F_EXTRA, text, &codes[row], run->err)
                : batch_edit_text(batch, F_EXTRA, text, &codes[row], run->err)))
        return false;
    batch_edit_row(batch, row);
    return true;
}

static bool mark_rows(const Run *run)
{
    bool begun = false, ok = true;
    for (uint32_t row = 0; ok && row < run->batch->rows; row++) {
        if (!run->self->changed[row])
            continue;
        ok = begun || batch_edit_begin(run->batch, run->err);
        begun = true;
        ok = ok && mark_row(run, row);
    }
    return ok;
}

static bool change_all(const Run *run)
{
    const RedactPlan *plan = run->self->plan;
    bool ok = true;
    for (FieldNode node = 0; ok && node < FIELD_COUNT; node++)
        if (FIELDS[node].parent == F_ROOT && field_is_leaf(node) && plan->columns[node].concerned)
            ok = change_column(run, node);
    for (int id = 0; ok && id < GROUP_COUNT; id++)
        if (plan->groups[id])
            ok = change_group(run, (GroupId)id);
    return ok && mark_rows(run);
}

bool redact_batch_run(RedactBatch *self, Batch *batch, const RedactRows *rows, Error *err)
{
    const Run run = {self, batch, rows->masks, err};
    if (self->rows_max < batch->rows) {
        uint64_t *grown = mem_realloc(self->changed, batch->rows * sizeof *grown, err);
        if (!grown)
            return false;
        self->changed = grown;
        self->rows_max = batch->rows;
    }
    if (batch->rows && rows->changed)
        memcpy(self->changed, rows->changed, batch->rows * sizeof *self->changed);
    else if (batch->rows)
        memset(self->changed, 0, batch->rows * sizeof *self->changed);
    return !self->plan->count || change_all(&run);
}
