#include "query/prune.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/timestamp.h"
#include "query/day_filter.h"

enum {
    CONDITIONS_BYTES_MAX = 4 << 20,
    PATH_BYTES = 160,
    TERMS_MAX = 64,
    TEXTS_MAX = 256,
    OCCURRENCES_MAX = 64,
    DEPTH_MAX = 120
};

/* One reading of a plan. */
typedef struct Reading {
    Arena *arena;
    PruneScan *scans;
    uint32_t scan_count;
    Error *err;
} Reading;

/* A filter's text under way. */
typedef struct Text {
    Str text;
    size_t at;
    uint32_t scan; /* of the columns read so far; 0: none */
} Text;

static bool take(Text *in, const char *word)
{
    Str wanted = str_of(word);
    if (!str_starts(str_slice(in->text, in->at, in->text.len), wanted))
        return false;
    in->at += wanted.len;
    return true;
}

static bool is_path_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '"';
}

/* The texts of a list, which are never NULL; F_ROOT when it is a list of structs, or none. */
static FieldNode texts_of(FieldNode list)
{
    for (int node = list + 1; FIELDS[list].type == FIELD_LIST && node < FIELD_COUNT; node++)
        if (FIELDS[node].parent == list)
            return field_is_text((FieldNode)node) ? (FieldNode)node : F_ROOT;
    return F_ROOT;
}

/* The field with that path, "useridentity.type"; F_ROOT when there is none. */
static FieldNode node_of(Str path)
{
    char own[PATH_BYTES];
    for (int node = 0; node < FIELD_COUNT; node++) {
        size_t len = field_path((FieldNode)node, own, sizeof own);
        if (str_equal((Str){own, len}, path))
            return (FieldNode)node;
    }
    return F_ROOT;
}

/* A column sN_name or a field below it: its path, of PATH_BYTES at most. */
static bool take_path(Text *in, char *path, size_t *ret_len)
{
    uint64_t scan = 0;
    size_t len = 0;
    if (!take(in, "s"))
        return false;
    size_t digits = in->at;
    while (digits < in->text.len && in->text.ptr[digits] >= '0' && in->text.ptr[digits] <= '9')
        digits++;
    if (!str_to_u64(str_slice(in->text, in->at, digits), &scan))
        return false;
    in->at = digits;
    if (!take(in, "_"))
        return false;
    for (; in->at < in->text.len && is_path_byte(in->text.ptr[in->at]); in->at++)
        if (in->text.ptr[in->at] != '"' && len + 1 < PATH_BYTES)
            path[len++] = in->text.ptr[in->at];
    in->scan = (uint32_t)scan;
    *ret_len = len;
    return true;
}

static bool take_column(Text *in, FieldNode *ret)
{
    char path[PATH_BYTES];
    size_t len = 0;
    if (!take_path(in, path, &len))
        return false;
    *ret = node_of((Str){path, len});
    return *ret != F_ROOT && field_is_leaf(*ret);
}

/* A text in single quotes, those in it doubled. */
static bool take_text(Text *in, Arena *arena, Str *ret, Error *err)
{
    if (!take(in, "'"))
        return false;
    char *copy = arena_alloc(arena, in->text.len - in->at + 1, err);
    size_t len = 0;
    for (; copy && in->at < in->text.len; in->at++) {
        char c = in->text.ptr[in->at];
        bool doubled = c == '\'' && in->at + 1 < in->text.len && in->text.ptr[in->at + 1] == '\'';
        if (c == '\'' && !doubled) {
            in->at++;
            *ret = (Str){copy, len};
            return true;
        }
        in->at += doubled;
        copy[len++] = c;
    }
    return false;
}

static bool take_op(Text *in, PruneOp *ret)
{
    static const struct {
        const char *word;
        PruneOp op;
    } OPS[] = {{">=", PRUNE_GREATER_EQUAL},
               {"<=", PRUNE_LESS_EQUAL},
               {"=", PRUNE_EQUAL},
               {">", PRUNE_GREATER},
               {"<", PRUNE_LESS}};
    for (size_t i = 0; i < sizeof OPS / sizeof *OPS; i++)
        if (take(in, OPS[i].word)) {
            *ret = OPS[i].op;
            return true;
        }
    return false;
}

/* "2024-01-01 00:00:00.5", as the engine writes a TIMESTAMP, in microseconds. */
static bool read_moment(Str text, int64_t *ret)
{
    char iso[40];
    if (text.len < 19 || text.len + 2 > sizeof iso)
        return false;
    memcpy(iso, text.ptr, text.len);
    iso[10] = 'T';
    iso[text.len] = 'Z';
    return timestamp_parse((Str){iso, text.len + 1}, ret);
}

/* The constants of a term: one, or a list behind IN. */
static bool take_constants(Text *in, Reading *reading, bool list, PruneTerm *term)
{
    Str texts[TEXTS_MAX];
    uint32_t count = 0;
    do {
        if (count == TEXTS_MAX || !take_text(in, reading->arena, &texts[count], reading->err))
            return false;
        bool moment = take(in, "::TIMESTAMP");
        if (moment != (FIELDS[term->node].type == FIELD_TIME))
            return false;
        if (moment && (list || !read_moment(texts[count], &term->number)))
            return false;
        count++;
    } while (list && take(in, ", "));
    if (list && !take(in, ")"))
        return false;
    Str *copy = arena_alloc(reading->arena, count * sizeof *copy, reading->err);
    if (!copy)
        return false;
    memcpy(copy, texts, count * sizeof *copy);
    term->texts = copy;
    term->count = count;
    return field_is_text(term->node) || FIELDS[term->node].type == FIELD_TIME;
}

/* "sN_a", "struct_extract(sN_a, 'b')" and so on: a path, "a.b". */
static bool take_extracted(Text *in, char *path, size_t *len, int depth)
{
    if (!take(in, "struct_extract("))
        return take_path(in, path, len);
    if (depth == DEPTH_MAX || !take_extracted(in, path, len, depth + 1) || !take(in, ", '"))
        return false;
    if (*len + 1 < PATH_BYTES)
        path[(*len)++] = '.';
    for (; in->at < in->text.len && is_path_byte(in->text.ptr[in->at]); in->at++)
        if (*len + 1 < PATH_BYTES)
            path[(*len)++] = in->text.ptr[in->at];
    return take(in, "')");
}

/* "(sN_a IS NOT NULL)", of a leaf or a list of texts. */
static bool take_not_null(Text *in, PruneTerm *term)
{
    char path[PATH_BYTES];
    size_t len = 0;
    if (!take(in, "(") || !take_extracted(in, path, &len, 0) || !take(in, " IS NOT NULL)"))
        return false;
    *term = (PruneTerm){.node = node_of((Str){path, len}), .op = PRUNE_NOT_NULL};
    if (term->node != F_ROOT && FIELDS[term->node].type == FIELD_LIST)
        term->node = texts_of(term->node);
    return term->node != F_ROOT && field_is_leaf(term->node);
}

/* "5", behind "commit_seq>"; other comparisons of it choose no files. */
static bool take_commit(Text *in, PruneTerm *term)
{
    uint64_t number;
    size_t end = in->at;
    while (end < in->text.len && in->text.ptr[end] >= '0' && in->text.ptr[end] <= '9')
        end++;
    if (term->op != PRUNE_GREATER || !str_to_u64(str_slice(in->text, in->at, end), &number) ||
        number > INT64_MAX)
        return false;
    term->number = (int64_t)number;
    term->count = 1;
    in->at = end;
    return true;
}

static bool take_term(Text *in, Reading *reading, PruneTerm *term)
{
    *term = (PruneTerm){.op = PRUNE_EQUAL};
    if (in->at < in->text.len && in->text.ptr[in->at] == '(')
        return take_not_null(in, term);
    if (!take_column(in, &term->node))
        return false;
    bool list = take(in, " IN (");
    if (term->node == F_COMMIT_SEQ)
        return !list && take_op(in, &term->op) && take_commit(in, term);
    return (list || take_op(in, &term->op)) && take_constants(in, reading, list, term);
}

/* a OR b OR c, all of one leaf and all equalities, is one term with several constants. */
static bool take_alternatives(Text *in, Reading *reading, PruneTerm *first)
{
    Str texts[TEXTS_MAX];
    uint32_t count = first->count;
    if (first->op != PRUNE_EQUAL || count > TEXTS_MAX || FIELDS[first->node].type == FIELD_TIME)
        return false;
    memcpy(texts, first->texts, count * sizeof *texts);
    while (take(in, " OR ")) {
        PruneTerm more;
        if (!take_term(in, reading, &more) || more.node != first->node || more.op != PRUNE_EQUAL ||
            count + more.count > TEXTS_MAX)
            return false;
        memcpy(texts + count, more.texts, more.count * sizeof *texts);
        count += more.count;
    }
    Str *copy = arena_alloc(reading->arena, count * sizeof *copy, reading->err);
    if (!copy || in->at != in->text.len)
        return false;
    memcpy(copy, texts, count * sizeof *copy);
    first->texts = copy;
    first->count = count;
    return true;
}

/* Adds the terms of one filter; what is not understood, and what follows it, is left out. */
static void read_filter(Str filter, Reading *reading, PruneTerm *terms, uint32_t *count,
                        uint32_t *scan)
{
    Text in = {.text = filter};
    uint32_t before = *count;
    take(&in, "optional: ");
    do {
        PruneTerm term;
        if (*count == TERMS_MAX || !take_term(&in, reading, &term))
            break;
        bool more = str_starts(str_slice(in.text, in.at, in.text.len), STR(" OR "));
        if (more && *count > before) { /* a AND b OR c */
            *count = before;
            break;
        }
        if (more && !take_alternatives(&in, reading, &term))
            break;
        if (in.at != in.text.len &&
            !str_starts(str_slice(in.text, in.at, in.text.len), STR(" AND ")))
            break;
        terms[(*count)++] = term;
    } while (take(&in, " AND "));
    if (in.scan)
        *scan = in.scan;
}

/* Which scan a node reads, where no filter says it: from the names of what it projects. */
static uint32_t scan_of_names(const Json *projections)
{
    const Json *name =
        projections && projections->type == JSON_ARRAY ? projections->first : projections;
    for (; name; name = name->next) {
        Text in = {.text = json_text(name, STR(""))};
        FieldNode node;
        if (take_column(&in, &node) || in.scan)
            return in.scan;
    }
    return 0;
}

static bool add_occurrence(Reading *reading, uint32_t scan, const PruneTerm *terms, uint32_t count,
                           Str days)
{
    PruneScan *at = &reading->scans[scan - 1];
    PruneTerm *copy = arena_alloc(reading->arena, (count + 1) * sizeof *copy, reading->err);
    PruneConjunction *grown =
        arena_alloc(reading->arena, (at->count + 1) * sizeof *grown, reading->err);
    const char *conditions = arena_text(reading->arena, days, reading->err);
    if (!copy || !grown || !conditions)
        return false;
    if (count)
        memcpy(copy, terms, count * sizeof *copy);
    if (at->count)
        memcpy(grown, at->occurrences, at->count * sizeof *grown);
    grown[at->count] =
        (PruneConjunction){.terms = copy, .count = count, .days = {conditions, days.len}};
    at->occurrences = grown;
    at->count++;
    return true;
}

/* A scan that cannot be told apart may be any of them: all keep all files. */
static bool give_up(Reading *reading)
{
    for (uint32_t scan = 1; scan <= reading->scan_count; scan++)
        if (!add_occurrence(reading, scan, NULL, 0, STR("")))
            return false;
    return true;
}

/* The first of a member's texts, which is one or a list of them; next_text gives the others. */
static const Json *first_text(const Json *info, const char *name)
{
    const Json *member = json_member(info, str_of(name));
    return member && member->type == JSON_ARRAY ? member->first : member;
}

static const Json *next_text(const Json *info, const char *name, const Json *text)
{
    const Json *member = json_member(info, str_of(name));
    return member->type == JSON_ARRAY ? text->next : NULL;
}

/* Conditions on the columns of a day: in a scan's filters, and in the FILTER just above it. */
static bool read_days(Reading *reading, uint32_t scan, const Json *info, const Json *above,
                      Buf *ret_days)
{
    bool ok = true;
    const Json *text = first_text(info, "Filters");
    for (; ok && text; text = next_text(info, "Filters", text)) {
        Str filter = json_text(text, STR(""));
        if (!str_starts(filter, STR("optional: ")))
            ok = day_filter_add(filter, scan, false, ret_days, reading->err);
    }
    text = above ? first_text(above, "Expression") : NULL;
    for (; ok && text; text = next_text(above, "Expression", text))
        ok = day_filter_add(json_text(text, STR("")), scan, true, ret_days, reading->err);
    return ok;
}

static bool read_scan(Reading *reading, const Json *info, const Json *above)
{
    BUF_AUTO Buf days = buf_init(CONDITIONS_BYTES_MAX);
    PruneTerm terms[TERMS_MAX];
    uint32_t count = 0, scan = 0;
    const Json *filter = first_text(info, "Filters");
    for (; filter; filter = next_text(info, "Filters", filter))
        read_filter(json_text(filter, STR("")), reading, terms, &count, &scan);
    if (!scan)
        scan = scan_of_names(json_member(info, STR("Projections")));
    if (reading->err->kind != ERROR_NONE)
        return false;
    if (!scan || scan > reading->scan_count)
        return give_up(reading);
    return read_days(reading, scan, info, above, &days) &&
           add_occurrence(reading, scan, terms, count, buf_str(&days));
}

/* *above* is what a FILTER says that reads nothing but this node. */
static bool read_node(Reading *reading, const Json *node, const Json *above, int depth)
{
    if (depth > DEPTH_MAX)
        return give_up(reading);
    Str name = json_text(json_member(node, STR("name")), STR(""));
    const Json *info = json_member(node, STR("extra_info"));
    if (str_equal(name, STR("READ_PARQUET ")) || str_equal(name, STR("READ_PARQUET")))
        return read_scan(reading, info, above);
    const Json *children = json_member(node, STR("children"));
    const Json *filter = str_starts(name, STR("FILTER")) ? info : NULL;
    for (const Json *child = children ? children->first : NULL; child; child = child->next)
        if (!read_node(reading, child, filter, depth + 1))
            return false;
    return true;
}

bool prune_read(Str plan, uint32_t scans, Arena *arena, PruneScan *ret, Error *err)
{
    static const JsonLimits LIMITS = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};
    Reading reading = {arena, ret, scans, err};
    memset(ret, 0, scans * sizeof *ret);
    const Json *tree = json_read(plan, &LIMITS, arena, err);
    if (!tree && err->kind == ERROR_LIMIT) { /* a plan that is nested too deep */
        error_clear(err);
        return true;
    }
    if (!tree)
        return error_context(err, "the engine's plan");
    for (const Json *root = tree->type == JSON_ARRAY ? tree->first : tree; root; root = root->next)
        if (!read_node(&reading, root, NULL, 0))
            return false;
    return true;
}

static int compare(Str a, const Bound *bound)
{
    return str_compare(a, (Str){bound->bytes, bound->len});
}

/* Whether values within the bounds can stand in relation *op* to *text*. */
static bool text_possible(PruneOp op, Str text, const ParquetLeaf *leaf)
{
    bool above = compare(text, &leaf->lower) >= 0, below = compare(text, &leaf->upper) <= 0;
    return op == PRUNE_EQUAL                            ? above && below
           : op == PRUNE_LESS || op == PRUNE_LESS_EQUAL ? above
                                                        : below;
}

static bool time_possible(const PruneTerm *term, int64_t time_min, int64_t time_max)
{
    switch (term->op) {
    case PRUNE_EQUAL:
        return time_min <= term->number && term->number <= time_max;
    case PRUNE_LESS:
        return time_min < term->number;
    case PRUNE_LESS_EQUAL:
        return time_min <= term->number;
    case PRUNE_GREATER:
        return time_max > term->number;
    default:
        return time_max >= term->number;
    }
}

static bool leaf_possible(const PruneTerm *term, const ParquetLeaf *leaf)
{
    if (leaf->values && leaf->nulls == leaf->values)
        return false; /* all NULL: no comparison is true */
    if (!leaf->has_bounds || term->op == PRUNE_NOT_NULL)
        return true;
    for (uint32_t i = 0; i < term->count; i++)
        if (text_possible(term->op, term->texts[i], leaf))
            return true;
    return false;
}

static int compare_days(const void *a, const void *b)
{
    int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;
    return (left > right) - (left < right);
}

static bool term_possible(const PruneTerm *term, const PruneFile *file, bool *ret, Error *err)
{
    ParquetLeaf leaf;
    if (term->node == F_EVENT_TIME && term->op != PRUNE_NOT_NULL) {
        *ret = time_possible(term, file->time_min, file->time_max);
        return true;
    }
    if (term->node == F_COMMIT_SEQ && term->op == PRUNE_GREATER) {
        *ret = file->added_seq > term->number;
        return true;
    }
    if (!parquet_summary_leaf(file->summary, term->node, &leaf, err))
        return false;
    *ret = leaf_possible(term, &leaf);
    return true;
}

static bool conjunction_possible(const PruneConjunction *all, const PruneFile *file, bool *ret,
                                 Error *err)
{
    *ret = !all->refused_count || !bsearch(&file->day, all->refused, all->refused_count,
                                           sizeof *all->refused, compare_days);
    for (uint32_t t = 0; *ret && t < all->count; t++)
        if (!term_possible(&all->terms[t], file, ret, err))
            return false;
    return true;
}

bool prune_keeps(const PruneScan *scan, const PruneFile *file, bool *ret_keep, Error *err)
{
    *ret_keep = scan->count == 0;
    for (uint32_t i = 0; !*ret_keep && i < scan->count; i++)
        if (!conjunction_possible(&scan->occurrences[i], file, ret_keep, err))
            return false;
    return true;
}

static bool write_term(const PruneTerm *term, Buf *out, Error *err)
{
    static const char *const WORDS[] = {" = ", " < ", " <= ", " > ", " >= "};
    char path[PATH_BYTES];
    size_t len = field_path(term->node, path, sizeof path);
    if (term->op == PRUNE_NOT_NULL)
        return buf_append(out, path, len, err) && buf_printf(out, err, " is not null");
    if (term->node == F_COMMIT_SEQ)
        return buf_printf(out, err, "%s > %lld", path, (long long)term->number);
    bool ok = buf_append(out, path, len, err) &&
              buf_printf(out, err, "%s", term->count > 1 ? " in (" : WORDS[term->op]);
    for (uint32_t i = 0; ok && i < term->count; i++)
        ok = buf_printf(out, err, "%s'%.*s'", i ? ", " : "",
                        STR_ARG(str_slice(term->texts[i], 0, 80)));
    return ok && (term->count == 1 || buf_append_byte(out, ')', err));
}

static bool write_conjunction(const PruneConjunction *all, Buf *out, Error *err)
{
    bool ok = true;
    for (uint32_t t = 0; ok && t < all->count; t++)
        ok = (t == 0 || buf_printf(out, err, " and ")) && write_term(&all->terms[t], out, err);
    return ok && (!all->days.len || ((!all->count || buf_printf(out, err, " and ")) &&
                                     day_filter_write(all->days, out, err)));
}

bool prune_write(const PruneScan *scan, Buf *out, Error *err)
{
    bool ok = true;
    for (uint32_t i = 0; ok && i < scan->count; i++)
        ok = (i == 0 || buf_printf(out, err, "; or ")) &&
             write_conjunction(&scan->occurrences[i], out, err);
    return ok;
}
