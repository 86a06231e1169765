#include "detect/within.h"

#include "detect/steps.h"
#include "detect/test_plain.h"

enum { PLACES_MAX = 8 };

/* A value, or of an object the members whose names begin with `prefix` ("a."). */
typedef struct Place {
    const Json *value;
    Str prefix;
} Place;

/* Where a path stands: several places only when members have dots in their names. */
typedef struct Places {
    Place list[PLACES_MAX];
    unsigned count;
} Places;

typedef struct Try {
    Document *document;
    unsigned left; /* elements that may still be tried */
} Try;

static void add(Places *places, const Json *value, Str prefix)
{
    if (places->count < PLACES_MAX)
        places->list[places->count++] = (Place){value, prefix};
}

/* Adds what stands at *key* below an object. */
static void step(const Place *from, Str key, Places *to)
{
    bool dotted = false;
    if (from->value->type != JSON_OBJECT)
        return;
    for (const Json *member = from->value->first; member; member = member->next) {
        if (member->shadowed || !str_starts(member->name, from->prefix))
            continue;
        Str rest = str_slice(member->name, from->prefix.len, member->name.len);
        if (!str_starts(rest, key))
            continue;
        if (rest.len == key.len)
            add(to, member, STR(""));
        else if (!dotted && rest.ptr[key.len] == '.') {
            dotted = true;
            add(to, from->value, str_slice(member->name, 0, from->prefix.len + key.len + 1));
        }
    }
}

static Str key_of(const FieldPath *path)
{
    return path->steps[path->step_count - 1].name;
}

static bool is_array(const Place *place)
{
    return !place->prefix.len && place->value->type == JSON_ARRAY;
}

static bool item_fits(const Try *self, const Expr *item, const Places *places)
{
    Places values = {.count = 0};
    if (item->test->kind == TEST_EXISTS && !item->test->boolean)
        return !within_leaf(item->path, self->document);
    for (unsigned i = 0; i < places->count; i++)
        step(&places->list[i], key_of(item->path), &values);
    for (unsigned i = 0; i < values.count; i++)
        if (!values.list[i].prefix.len &&
            test_plain_leaf(item->test, values.list[i].value, self->document))
            return true;
    return false;
}

static bool fits(Try *self, const Expr *expr, const Places *places);

/* Goes through the arrays among *places*, from the last to the first, one element of each. */
static bool choose(Try *self, const Expr *expr, const Places *places)
{
    unsigned at = places->count;
    while (at && !is_array(&places->list[at - 1]))
        at--;
    if (!at)
        return fits(self, expr, places);
    const Json *element = places->list[at - 1].value->first;
    Places chosen = *places;
    if (!element) {
        chosen.list[at - 1] = chosen.list[--chosen.count];
        return choose(self, expr, &chosen);
    }
    for (; element && self->left; element = element->next) {
        self->left--;
        chosen.list[at - 1] = (Place){element, STR("")};
        if (choose(self, expr, &chosen))
            return true;
    }
    return false;
}

static bool fits_within(Try *self, const Expr *expr, const Places *places)
{
    Places inner = {.count = 0};
    for (unsigned i = 0; i < places->count; i++)
        step(&places->list[i], key_of(expr->path), &inner);
    return choose(self, expr->first->expr, &inner);
}

/* As deep as the expression is, and between two of its levels as the event nests arrays. */
static bool fits(Try *self, const Expr *expr, const Places *places)
{
    bool all = expr->kind == EXPR_AND;
    switch (expr->kind) {
    case EXPR_ITEM:
        return item_fits(self, expr, places);
    case EXPR_WITHIN:
        return fits_within(self, expr, places);
    case EXPR_NOT:
        return !fits(self, expr->first->expr, places);
    default:
        for (const ExprLink *link = expr->first; link; link = link->next)
            if (fits(self, link->expr, places) != all)
                return !all;
        return all;
    }
}

bool within_holds(const Expr *expr, Document *document)
{
    Try self = {document, WITHIN_TRIES_MAX};
    const Json *root = document_root(document);
    Places places = {.count = 0};
    if (root)
        add(&places, root, STR(""));
    return fits(&self, expr, &places);
}

static bool has_leaf(const Json *value, int depth)
{
    if (value->type != JSON_ARRAY)
        return value->type != JSON_OBJECT;
    for (const Json *each = value->first; each && depth < DOCUMENT_DEPTH_MAX; each = each->next)
        if (has_leaf(each, depth + 1))
            return true;
    return false;
}

static bool leaf_below(const FieldPath *path, uint32_t at, const Place *place, int depth)
{
    Places next = {.count = 0};
    if (depth > JSON_DEPTH_MAX + STEPS_MAX)
        return false;
    if (at == path->step_count)
        return !place->prefix.len && has_leaf(place->value, 0);
    if (is_array(place)) {
        for (const Json *each = place->value->first; each; each = each->next)
            if (leaf_below(path, at, &(Place){each, STR("")}, depth + 1))
                return true;
        return false;
    }
    step(place, path->steps[at].name, &next);
    for (unsigned i = 0; i < next.count; i++)
        if (leaf_below(path, at + 1, &next.list[i], depth + 1))
            return true;
    return false;
}

bool within_leaf(const FieldPath *path, Document *document)
{
    const Json *root = document_root(document);
    return root && leaf_below(path, 0, &(Place){root, STR("")}, 0);
}
