#include "detect/extract.h"

#include "detect/test_plain.h"

typedef struct Extraction {
    Document *document;
    Buf *out;
    Buf names; /* Str each: those that were looked at */
    size_t from;
    Error *err;
    bool ok;
} Extraction;

enum { NAMES_BYTES_MAX = 1 << 20 };

/* The first scalar of *value*, gone through arrays, that passes *test* (NULL: the first). */
static const Json *scalar_of(const Json *value, const Test *test, Document *document, int depth)
{
    if (value->type != JSON_ARRAY) {
        bool scalar = value->type != JSON_OBJECT && value->type != JSON_NULL;
        return scalar && (!test || test_plain_leaf(test, value, document)) ? value : NULL;
    }
    for (const Json *each = value->first; each && depth < DOCUMENT_DEPTH_MAX; each = each->next) {
        const Json *scalar = scalar_of(each, test, document, depth + 1);
        if (scalar)
            return scalar;
    }
    return NULL;
}

static const Json *first_of(const Found *found, const Test *test, Document *document)
{
    for (uint32_t i = 0; i < found->count; i++) {
        const Json *scalar = scalar_of(found->values[i], test, document, 0);
        if (scalar)
            return scalar;
    }
    return NULL;
}

static bool is_new(const Extraction *self, Str name)
{
    for (size_t at = 0; at < self->names.len; at += sizeof(Str)) {
        Str known;
        memcpy(&known, self->names.ptr + at, sizeof known);
        if (str_equal(known, name))
            return false;
    }
    return true;
}

/* Event patterns name members, and go through arrays as dotted paths do. */
static const Json *find(Document *document, const Expr *item)
{
    Found found;
    FieldPath path = *item->path;
    if (item->test->meaning == MEANING_EVENT) {
        path.steps = NULL;
        path.segment = (uint32_t)str_find_byte(path.text, '.', 0);
    }
    document_find(document, &path, &found);
    bool plain = item->test->meaning != MEANING_SIGMA;
    const Json *fitting = plain ? first_of(&found, item->test, document) : NULL;
    return fitting ? fitting : first_of(&found, NULL, document);
}

static void take(void *context, const Expr *item)
{
    Extraction *self = context;
    Str text;
    if (!self->ok || !item->path || !is_new(self, item->path->text))
        return;
    self->ok = buf_append(&self->names, &item->path->text, sizeof(Str), self->err);
    const Json *value = self->ok ? find(self->document, item) : NULL;
    if (!value || !test_text_of(value, document_scratch(self->document), &text))
        return;
    self->ok = (self->out->len == self->from || buf_append_byte(self->out, ',', self->err)) &&
               json_append_string(self->out, item->path->text, self->err) &&
               buf_append_byte(self->out, ':', self->err) &&
               json_append_string(self->out, text, self->err);
}

bool extract_append(const Expr *expr, Document *document, Buf *out, Error *err)
{
    Extraction self = {document, out, buf_init(NAMES_BYTES_MAX), out->len, err, true};
    expr_each(expr, take, &self);
    buf_free(&self.names);
    return self.ok;
}
