#include "detect/steps.h"

#include <string.h>

const FieldPath *steps_path(Str text, const Step *steps, uint32_t count, Arena *arena, Error *err)
{
    FieldPath *path = arena_calloc(arena, 1, sizeof *path, err);
    const char *copy = path ? arena_text(arena, text, err) : NULL;
    Step *own = copy ? arena_alloc(arena, (count + 1) * sizeof *own, err) : NULL;
    if (!own)
        return NULL;
    for (uint32_t i = 0; i < count; i++) {
        const char *name = arena_text(arena, steps[i].name, err);
        if (!name)
            return NULL;
        own[i] = steps[i];
        own[i].name = (Str){name, steps[i].name.len};
    }
    bool named = count && own[0].kind == STEP_NAME;
    Slot slot = named ? slot_of_member(own[0].name) : SLOT_NONE;
    *path = (FieldPath){.text = {copy, text.len},
                        .slot = slot,
                        .needs = slot == SLOT_NONE ? 0 : SLOT_BIT(slot),
                        .segment = named && count == 1 ? (uint32_t)text.len : 0,
                        .steps = own,
                        .step_count = count};
    return path;
}

typedef struct Walk {
    const FieldPath *path;
    StepsVisit visit;
    void *context;
} Walk;

static bool walk(const Walk *self, const Json *node, uint32_t at);

static bool walk_each(const Walk *self, const Json *node, uint32_t at)
{
    for (const Json *child = node->first; child; child = child->next)
        if (!child->shadowed && walk(self, child, at))
            return true;
    return false;
}

/* The element of that number, NULL behind the last. */
static const Json *element(const Json *array, uint32_t index)
{
    const Json *child = array->first;
    while (child && index--)
        child = child->next;
    return child;
}

/* *at*: the step to take from *node*; as deep as there are steps. */
static bool walk(const Walk *self, const Json *node, uint32_t at)
{
    if (!node)
        return false;
    if (at == self->path->step_count)
        return self->visit(self->context, node);
    const Step *step = &self->path->steps[at];
    switch (step->kind) {
    case STEP_NAME:
        return walk(self, json_member(node, step->name), at + 1);
    case STEP_INDEX:
        return node->type == JSON_ARRAY && walk(self, element(node, step->index), at + 1);
    case STEP_ELEMENT:
        return node->type == JSON_ARRAY && walk_each(self, node, at + 1);
    default:
        return node->type == JSON_OBJECT && walk_each(self, node, at + 1);
    }
}

bool steps_any(const FieldPath *path, Document *document, StepsVisit visit, void *context)
{
    const Walk self = {path, visit, context};
    if (path->step_count && path->steps[0].kind == STEP_NAME)
        return walk(&self, document_member(document, path->steps[0].name), 1);
    return walk(&self, document_root(document), 0);
}
