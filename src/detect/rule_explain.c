#include "detect/rule_explain.h"

#include <string.h>

#include "base/cell.h"
#include "detect/sigma.h"

enum { TEXT_BYTES_MAX = 1 << 20, SHOWN_BYTES = 200, VALUES_SHOWN = 6, DEPTH_MAX = 16 };

/* An explanation under way. */
typedef struct Explaining {
    RuleSet *scratch; /* owns what is compiled again */
    RuleReading reading;
    Document *document;
    Buf *out;
    Error *err;
} Explaining;

static bool indent(Explaining *in, int depth, const char *word)
{
    bool ok = true;
    for (int i = 0; ok && i < depth; i++)
        ok = buf_printf(in->out, in->err, "       ");
    return ok && buf_printf(in->out, in->err, "%-5s", word);
}

static bool put_visible(Explaining *in, Str text)
{
    BUF_AUTO Buf seen = buf_init(TEXT_BYTES_MAX);
    size_t bytes = str_utf8_prefix(text, SHOWN_BYTES);
    return cell_visible(str_slice(text, 0, bytes), &seen, in->err) &&
           buf_append_str(in->out, buf_str(&seen), in->err) &&
           (bytes == text.len || buf_printf(in->out, in->err, "…"));
}

/* The values of an item, the first of them. */
static bool put_values(Explaining *in, const Yaml *values)
{
    bool list = values->kind == YAML_LIST, ok = true;
    uint32_t shown = 0;
    for (const Yaml *value = list ? values->first : values; ok && value && shown < VALUES_SHOWN;
         value = list ? value->next : NULL, shown++)
        ok = (shown == 0 || buf_printf(in->out, in->err, ", ")) &&
             put_visible(in, value->kind == YAML_NULL_VALUE ? STR("null") : value->text);
    if (ok && list && values->count > shown)
        ok = buf_printf(in->out, in->err, ", and %u more", values->count - shown);
    return ok;
}

/* What stands at the item's field. */
static bool put_seen(Explaining *in, Str key)
{
    Found found;
    Str field = str_slice(key, 0, str_find_byte(key, '|', 0));
    if (!field.len)
        return true;
    const FieldPath *path = document_path(field, in->reading.arena, in->err);
    if (!path)
        return false;
    document_find(in->document, path, &found);
    if (!found.count)
        return buf_printf(in->out, in->err, "   (not there)");
    bool ok = buf_printf(in->out, in->err, "   (seen ");
    for (uint32_t i = 0; ok && i < found.count && i < VALUES_SHOWN; i++) {
        BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
        ok = (i == 0 || buf_printf(in->out, in->err, ", ")) &&
             json_append(&text, found.values[i], in->err) && put_visible(in, buf_str(&text));
    }
    return ok && buf_printf(in->out, in->err, ")");
}

static bool explain_item(Explaining *in, Str key, const Yaml *values, int depth, bool *ret)
{
    const Expr *expr = sigma_read_item(&in->reading, key, values);
    *ret = expr && expr_holds(expr, in->document);
    return in->err->kind == ERROR_NONE && indent(in, depth, *ret ? "yes" : "no") &&
           put_visible(in, key.len ? key : STR("keyword")) && buf_printf(in->out, in->err, ": ") &&
           put_values(in, values) && put_seen(in, key) && buf_printf(in->out, in->err, "\n");
}

static bool explain_search(Explaining *in, const Yaml *node, int depth, bool *ret);

/* The parts of a map, all of which must hold, or of a list, of which one must. */
static bool explain_parts(Explaining *in, const Yaml *node, int depth, bool *ret)
{
    bool map = node->kind == YAML_MAP, ok = true;
    *ret = map;
    for (const Yaml *each = node->first; ok && each; each = each->next) {
        bool one = false;
        ok = map ? explain_item(in, each->name, each, depth, &one)
                 : explain_search(in, each, depth, &one);
        *ret = map ? *ret && one : *ret || one;
    }
    return ok;
}

static bool explain_search(Explaining *in, const Yaml *node, int depth, bool *ret)
{
    if (depth > DEPTH_MAX || (node->kind != YAML_MAP && node->kind != YAML_LIST))
        return explain_item(in, STR(""), node, depth, ret);
    if (node->name.len || node->kind == YAML_LIST)
        return explain_parts(in, node, depth, ret);
    return indent(in, depth, "-") && buf_printf(in->out, in->err, "one of these maps\n") &&
           explain_parts(in, node, depth + 1, ret);
}

/* A search's verdict stands before its parts, which are written first. */
static bool explain_named(Explaining *in, const Yaml *search)
{
    BUF_AUTO Buf parts = buf_init(TEXT_BYTES_MAX);
    Buf *out = in->out;
    bool holds = false;
    in->out = &parts;
    bool ok = explain_search(in, search, 1, &holds);
    in->out = out;
    return ok && indent(in, 0, holds ? "yes" : "no") && put_visible(in, search->name) &&
           buf_printf(out, in->err, "\n") && buf_append_str(out, buf_str(&parts), in->err);
}

static bool explain_all(Explaining *in, const Rule *rule)
{
    const Yaml *detection = yaml_member(rule->tree, "detection");
    const Yaml *condition = yaml_member(detection, "condition");
    bool ok = true;
    for (const Yaml *search = detection->first; ok && search; search = search->next)
        if (search != condition && !str_equal(search->name, STR("timeframe")))
            ok = explain_named(in, search);
    return ok && buf_printf(in->out, in->err, "condition: ") && put_values(in, condition) &&
           buf_printf(in->out, in->err, "\nthe rule %s\n",
                      expr_holds(rule->expr, in->document) ? "matches" : "does not match");
}

bool rule_explain(const Rule *rule, Document *document, Buf *out, Error *err)
{
    Explaining in = {.document = document, .out = out, .err = err};
    in.scratch = ruleset_new(NULL, err);
    if (!in.scratch)
        return false;
    in.reading = (RuleReading){.set = in.scratch,
                               .arena = in.scratch->arena,
                               .file = rule->file,
                               .title = rule->title,
                               .line = rule->line,
                               .err = err};
    bool ok = explain_all(&in, rule);
    ruleset_free(in.scratch);
    return ok;
}
