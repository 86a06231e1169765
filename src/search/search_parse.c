#include "search/search_parse.h"

#include <string.h>

#include "base/json.h"
#include "detect/network.h"
#include "search/search_lex.h"

static SearchNode *parse_or(SearchReading *in, const SearchNode *field);

static SearchNode *new_node(SearchReading *in, SearchKind kind, size_t from)
{
    if (in->nodes++ == SEARCH_NODES_MAX) {
        search_lex_fail(in, from, in->at, "more than %d terms are asked for", SEARCH_NODES_MAX);
        return NULL;
    }
    SearchNode *node = arena_calloc(in->arena, 1, sizeof *node, in->err);
    if (node) {
        node->kind = kind;
        node->place = (Place){(uint32_t)from, (uint32_t)in->at};
    }
    return node;
}

/* A test of what *field* names; NULL: of any value's words. */
static SearchNode *new_test(SearchReading *in, const SearchNode *field, SearchTestKind kind,
                            size_t from)
{
    SearchNode *node = new_node(in, SEARCH_TEST, from);
    if (node && field) {
        node->where = field->where;
        node->field = field->field;
    }
    if (node)
        node->test.kind = kind;
    return node;
}

/* Ends a group that began at *from* with *open*. */
static bool close_group(SearchReading *in, char close, size_t from)
{
    search_lex_space(in);
    if (search_lex_peek(in, 0) == close) {
        in->at++;
        return true;
    }
    if (search_lex_end(in))
        return search_lex_fail(in, from, from + 1, "the closing %c is missing", close);
    return search_lex_fail(in, in->at, in->at + 1, "a term or %c is expected here", close);
}

static SearchNode *parse_group(SearchReading *in, const SearchNode *field)
{
    size_t from = in->at++;
    if (in->depth == SEARCH_DEPTH_MAX) {
        search_lex_fail(in, from, from + 1, "more than %d groups within each other",
                        SEARCH_DEPTH_MAX);
        return NULL;
    }
    in->depth++;
    SearchNode *node = parse_or(in, field);
    in->depth--;
    return node && close_group(in, ')', from) && search_lex_refuse_suffix(in) ? node : NULL;
}

static SearchNode *parse_phrase(SearchReading *in, const SearchNode *field)
{
    size_t from = in->at;
    Str raw;
    if (!search_lex_quoted(in, '"', &raw) || !search_lex_refuse_suffix(in))
        return NULL;
    SearchNode *node = new_test(in, field, SEARCH_EQUAL, from);
    return node && search_lex_plain(in, raw, &node->test.text) ? node : NULL;
}

/* In a regular expression a backslash before a slash protects the slash alone. */
static bool plain_regex(SearchReading *in, Str raw, Str *ret)
{
    char *copy = arena_alloc(in->arena, raw.len + 1, in->err);
    size_t len = 0;
    for (size_t i = 0; copy && i < raw.len; i++) {
        bool escapes = raw.ptr[i] == '\\' && i + 1 < raw.len;
        if (!escapes || raw.ptr[i + 1] != '/')
            copy[len++] = raw.ptr[i];
        if (escapes)
            copy[len++] = raw.ptr[++i];
    }
    *ret = (Str){copy, len};
    return copy != NULL;
}

static SearchNode *parse_regex(SearchReading *in, const SearchNode *field)
{
    size_t from = in->at;
    Str raw;
    if (!search_lex_quoted(in, '/', &raw) || !search_lex_refuse_suffix(in))
        return NULL;
    SearchNode *node = new_test(in, field, SEARCH_REGEX, from);
    return node && plain_regex(in, raw, &node->test.text) ? node : NULL;
}

/* One end of a range: *, a phrase or a term; *stop* ends it beside blanks. */
static bool parse_bound(SearchReading *in, bool included, SearchBound *ret)
{
    Str raw;
    search_lex_space(in);
    bool quoted = search_lex_peek(in, 0) == '"';
    *ret = (SearchBound){.there = true, .included = included};
    if (!(quoted ? search_lex_quoted(in, '"', &raw) : search_lex_term(in, false, &raw)))
        return false;
    if (!quoted && str_equal(raw, STR("*")))
        ret->there = false;
    else if (!quoted && search_lex_has_wildcard(raw))
        return search_lex_fail(in, in->at - raw.len, in->at,
                               "an end of a range has no wildcards but a single *");
    return search_lex_plain(in, raw, &ret->text);
}

static SearchNode *parse_range(SearchReading *in, const SearchNode *field)
{
    size_t from = in->at;
    SearchTest test = {.kind = SEARCH_RANGE};
    bool included = search_lex_peek(in, 0) == '[';
    in->at++;
    if (!parse_bound(in, included, &test.low))
        return NULL;
    search_lex_space(in);
    if (!search_lex_word(in, "to")) {
        search_lex_fail(in, in->at, in->at + 1, "TO is expected here, as in [1 TO 5]");
        return NULL;
    }
    if (!parse_bound(in, false, &test.high))
        return NULL;
    search_lex_space(in);
    test.high.included = search_lex_peek(in, 0) == ']';
    if (!test.high.included && search_lex_peek(in, 0) != '}') {
        search_lex_fail(in, from, in->at, "the closing ] or } of the range is missing");
        return NULL;
    }
    in->at++;
    SearchNode *node =
        search_lex_refuse_suffix(in) ? new_test(in, field, SEARCH_RANGE, from) : NULL;
    if (node)
        node->test = test;
    return node;
}

/* Behind >, >=, < or <=. */
static SearchNode *parse_comparison(SearchReading *in, const SearchNode *field)
{
    size_t from = in->at;
    bool greater = search_lex_peek(in, 0) == '>';
    SearchBound bound;
    in->at++;
    bool included = search_lex_take(in, "=");
    if (!parse_bound(in, included, &bound))
        return NULL;
    SearchNode *node = new_test(in, field, SEARCH_RANGE, from);
    if (!node)
        return NULL;
    *(greater ? &node->test.low : &node->test.high) = bound;
    return node;
}

/* Whether the text is a network, "10.0.0.0/8"; *ret_broken: an address, and a prefix that it does
 * not go with. */
static bool is_network(Str text, bool *ret_broken)
{
    Network network;
    Error ignored = {0};
    uint64_t bits;
    size_t slash = str_find_byte(text, '/', 0);
    *ret_broken = false;
    if (slash == text.len)
        return false;
    bool ok = network_read(text, &network, &ignored);
    *ret_broken = !ok && str_to_u64(str_slice(text, slash + 1, text.len), &bits) &&
                  network_read(str_slice(text, 0, slash), &network, &(Error){0});
    error_clear(&ignored);
    return ok;
}

/* An unquoted value, which stands at *raw* and ends here. */
static SearchNode *parse_plain(SearchReading *in, const SearchNode *field, Str raw)
{
    size_t from = in->at - raw.len;
    char next = search_lex_peek(in, 0);
    if (next == '"' || next == '[' || next == '{') {
        search_lex_fail(in, in->at, in->at + 1,
                        "'%c' within a term: a backslash before it makes it part of the term",
                        next);
        return NULL;
    }
    bool wild = search_lex_has_wildcard(raw), broken;
    bool network = is_network(raw, &broken);
    if (broken) {
        search_lex_fail(in, from, in->at,
                        "the network has bits set behind its prefix, or too long a prefix; in "
                        "quotes it is a text");
        return NULL;
    }
    SearchTestKind kind = field && str_equal(raw, STR("*")) ? SEARCH_EXISTS
                          : wild                            ? SEARCH_GLOB
                          : network                         ? SEARCH_NETWORK
                                                            : SEARCH_EQUAL;
    SearchNode *node = new_test(in, field, kind, from);
    if (!node)
        return NULL;
    if (!field && str_equal(raw, STR("*")))
        node->kind = SEARCH_ALL;
    node->test.text = raw;
    return wild || search_lex_plain(in, raw, &node->test.text) ? node : NULL;
}

/* A word that joins terms is none itself. */
static bool refuse_operator(SearchReading *in)
{
    static const char *const WORDS[] = {"and", "or", "not", "&&", "||"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        SearchReading ahead = *in;
        if (i < 3 ? search_lex_word(&ahead, WORDS[i]) : search_lex_take(&ahead, WORDS[i]))
            return search_lex_fail(in, in->at, ahead.at,
                                   "a term is expected here; the word '%s' is searched for in "
                                   "quotes",
                                   WORDS[i]);
    }
    return true;
}

static SearchNode *parse_term(SearchReading *in, const SearchNode *field)
{
    Str raw;
    if (!refuse_operator(in))
        return NULL;
    return search_lex_term(in, false, &raw) ? parse_plain(in, field, raw) : NULL;
}

/* What is asked of a field, or without one of any value. */
static SearchNode *parse_value(SearchReading *in, const SearchNode *field)
{
    switch (search_lex_peek(in, 0)) {
    case '(':
        return parse_group(in, field);
    case '"':
        return parse_phrase(in, field);
    case '/':
        return parse_regex(in, field);
    case '[':
    case '{':
    case '<':
    case '>':
        break;
    default:
        return parse_term(in, field);
    }
    if (!field) {
        search_lex_fail(in, in->at, in->at + 1,
                        "a range needs a field before it, as in "
                        "eventTime:[2024-01-01 TO 2024-01-31]");
        return NULL;
    }
    char c = search_lex_peek(in, 0);
    return c == '[' || c == '{' ? parse_range(in, field) : parse_comparison(in, field);
}

/* "{ a TO b }" is a range, any other thing in braces asks of members. */
static bool is_range(const SearchReading *in)
{
    SearchReading ahead = *in;
    SearchBound bound;
    Error ignored = {0};
    Place nowhere;
    ahead.err = &ignored;
    ahead.culprit = &nowhere;
    ahead.at++;
    bool is = parse_bound(&ahead, false, &bound);
    search_lex_space(&ahead);
    is = is && search_lex_word(&ahead, "to");
    error_clear(&ignored);
    return is;
}

static SearchNode *parse_within(SearchReading *in, const SearchNode *field, size_t from)
{
    size_t brace = in->at++;
    if (field->where != SEARCH_FIELD || in->depth == SEARCH_DEPTH_MAX) {
        search_lex_fail(in, brace, brace + 1,
                        "members in braces are asked of a named field, %d deep at most",
                        SEARCH_DEPTH_MAX);
        return NULL;
    }
    in->depth++;
    SearchNode *inner = parse_or(in, NULL);
    in->depth--;
    if (!inner || !close_group(in, '}', brace))
        return NULL;
    SearchNode *node = new_node(in, SEARCH_WITHIN, from);
    if (node) {
        node->field = field->field;
        node->first = inner;
    }
    return node;
}

/* Behind the name and its ':'. */
static SearchNode *parse_of_field(SearchReading *in, SearchNode *field, size_t from)
{
    search_lex_space(in);
    if (search_lex_peek(in, 0) == '{' && !is_range(in))
        return parse_within(in, field, from);
    if (search_lex_end(in) || search_lex_peek(in, 0) == ')') {
        search_lex_fail(in, from, in->at, "a value is expected behind the field");
        return NULL;
    }
    SearchNode *node = parse_value(in, field);
    if (node && node->kind == SEARCH_TEST)
        node->place.at = (uint32_t)from;
    if (node && field->where == SEARCH_ANY_FIELD && node->kind == SEARCH_TEST &&
        node->test.kind == SEARCH_EXISTS)
        node->kind = SEARCH_ALL;
    return node;
}

/* "_exists_:name" */
static SearchNode *parse_exists(SearchReading *in, size_t from)
{
    Str raw;
    search_lex_space(in);
    bool quoted = search_lex_peek(in, 0) == '"';
    if (!(quoted ? search_lex_quoted(in, '"', &raw) : search_lex_term(in, false, &raw)))
        return NULL;
    SearchNode *node = new_test(in, NULL, SEARCH_EXISTS, from);
    if (node)
        node->where = SEARCH_FIELD;
    return node && search_lex_plain(in, raw, &node->field) ? node : NULL;
}

/* "name.*" is all below it; other wildcards in names are refused. */
static bool set_field(SearchReading *in, Str raw, size_t from, SearchNode *field)
{
    if (str_equal(raw, STR("*"))) {
        field->where = SEARCH_ANY_FIELD;
        return true;
    }
    if (str_ends(raw, STR(".*")))
        raw.len -= 2;
    if (!raw.len || search_lex_has_wildcard(raw))
        return search_lex_fail(in, from, in->at,
                               "a field has no wildcards, but for '*:' and 'name.*:'");
    field->where = SEARCH_FIELD;
    return search_lex_plain(in, raw, &field->field);
}

/* A term that has colons of its own: ARNs, addresses, times. A field begins with no digit. */
static bool has_colons(const SearchReading *in)
{
    SearchReading ahead = *in;
    Error ignored = {0};
    Place nowhere;
    Network network;
    Str here = str_slice(in->text, in->at, in->text.len), raw;
    ahead.err = &ignored;
    ahead.culprit = &nowhere;
    bool is = str_starts(here, STR("arn:aws")) || (here.ptr[0] >= '0' && here.ptr[0] <= '9') ||
              (search_lex_term(&ahead, false, &raw) && network_read(raw, &network, &ignored));
    error_clear(&ignored);
    return is;
}

/* Takes a name in the form that leads to ':' or a comparison; false: it is none, nothing is taken.
 */
static bool take_name(SearchReading *in, Str *ret_raw)
{
    size_t from = in->at;
    Error ignored = {0};
    SearchReading ahead = *in;
    Place nowhere;
    ahead.err = &ignored;
    ahead.culprit = &nowhere;
    bool ok = !has_colons(in);
    while (ok && search_lex_peek(&ahead, 0) != ':') {
        size_t before = ahead.at;
        Str raw;
        ok = search_lex_peek(&ahead, 0) == '"' ? search_lex_quoted(&ahead, '"', &raw)
                                               : search_lex_term(&ahead, true, &raw);
        char next = search_lex_peek(&ahead, 0);
        if (!ok || ahead.at == before || (next != '"' && next != ':'))
            break;
    }
    error_clear(&ignored);
    *ret_raw = str_slice(in->text, from, ahead.at);
    search_lex_space(&ahead);
    char next = search_lex_peek(&ahead, 0);
    if (!ok || !ret_raw->len || (next != ':' && next != '<' && next != '>'))
        return false;
    in->at = ahead.at + (next == ':');
    return true;
}

/* The quotes of parts of a name go. */
static bool unquote_name(SearchReading *in, Str raw, Str *ret)
{
    char *copy = arena_alloc(in->arena, raw.len + 1, in->err);
    size_t len = 0;
    for (size_t i = 0; copy && i < raw.len; i++) {
        if (raw.ptr[i] == '"')
            continue;
        copy[len++] = raw.ptr[i];
        if (raw.ptr[i] == '\\' && i + 1 < raw.len)
            copy[len++] = raw.ptr[++i];
    }
    *ret = (Str){copy, len};
    return copy != NULL;
}

static SearchNode *parse_named(SearchReading *in, Str raw, size_t from)
{
    Str name;
    SearchNode field = {.kind = SEARCH_TEST};
    if (!unquote_name(in, raw, &name))
        return NULL;
    if (str_equal(name, STR("_exists_")))
        return parse_exists(in, from);
    return set_field(in, name, from, &field) ? parse_of_field(in, &field, from) : NULL;
}

/* *field*: of a group that belongs to one. */
static SearchNode *parse_primary(SearchReading *in, const SearchNode *field)
{
    size_t from = in->at;
    Str raw;
    char c = search_lex_peek(in, 0);
    if (c == '(')
        return parse_group(in, field);
    if (search_lex_end(in) || c == ')' || c == '}' || c == ']') {
        search_lex_fail(in, from, from + 1, "a term is expected here");
        return NULL;
    }
    if (!field && c != '/' && c != '[' && c != '{' && c != '<' && c != '>' && take_name(in, &raw))
        return parse_named(in, raw, from);
    in->at = from;
    return parse_value(in, field);
}

static SearchNode *parse_not(SearchReading *in, const SearchNode *field)
{
    size_t from = in->at;
    unsigned negations = 0;
    for (;; search_lex_space(in)) {
        if (search_lex_word(in, "not") || search_lex_take(in, "!") || search_lex_take(in, "-"))
            negations++;
        else if (!search_lex_take(in, "+"))
            break;
    }
    SearchNode *node = parse_primary(in, field);
    if (!node || negations % 2 == 0)
        return node;
    SearchNode *not = new_node(in, SEARCH_NOT, from);
    if (not )
        not ->first = node;
    return not ;
}

static bool at_end_of_and(SearchReading *in)
{
    search_lex_space(in);
    SearchReading ahead = *in;
    char c = search_lex_peek(in, 0);
    return search_lex_end(in) || c == ')' || c == '}' || search_lex_word(&ahead, "or") ||
           search_lex_take(&ahead, "||");
}

/* Terms joined by AND, also without a word between. */
static SearchNode *parse_and(SearchReading *in, const SearchNode *field)
{
    search_lex_space(in);
    size_t from = in->at;
    SearchNode *first = parse_not(in, field), *last = first;
    while (first && last && !at_end_of_and(in)) {
        if (search_lex_word(in, "and") || search_lex_take(in, "&&"))
            search_lex_space(in);
        last->next = parse_not(in, field);
        last = last->next;
    }
    if (!first || !last || first == last)
        return last;
    SearchNode *node = new_node(in, SEARCH_AND, from);
    if (node)
        node->first = first;
    return node;
}

static SearchNode *parse_or(SearchReading *in, const SearchNode *field)
{
    search_lex_space(in);
    size_t from = in->at;
    SearchNode *first = parse_and(in, field), *last = first;
    while (first && last && (search_lex_word(in, "or") || search_lex_take(in, "||"))) {
        last->next = parse_and(in, field);
        last = last->next;
        search_lex_space(in);
    }
    if (!first || !last || first == last)
        return last;
    SearchNode *node = new_node(in, SEARCH_OR, from);
    if (node)
        node->first = first;
    return node;
}

static bool check_text(SearchReading *in)
{
    size_t at = 0;
    for (unsigned len; at < in->text.len; at += len) {
        len = json_utf8_length(in->text.ptr + at, in->text.ptr + in->text.len);
        if (!len || !in->text.ptr[at])
            return error_set(in->err, ERROR_USAGE, "byte %zu of the search is no UTF-8", at + 1);
    }
    return in->text.len <= SEARCH_BYTES_MAX ||
           error_set(in->err, ERROR_USAGE, "a search has at most %d bytes", SEARCH_BYTES_MAX);
}

SearchNode *search_parse(Str text, Arena *arena, Place *ret_culprit, Error *err)
{
    SearchReading in = {.text = text, .arena = arena, .culprit = ret_culprit, .err = err};
    *ret_culprit = (Place){0, 0};
    if (!check_text(&in))
        return NULL;
    search_lex_space(&in);
    if (search_lex_end(&in)) {
        error_set(err, ERROR_USAGE, "nothing is searched for; '*' finds all events");
        return NULL;
    }
    SearchNode *root = parse_or(&in, NULL);
    if (!root)
        return NULL;
    search_lex_space(&in);
    if (search_lex_end(&in))
        return root;
    search_lex_fail(&in, in.at, in.at + 1, "nothing is open that '%c' could close",
                    search_lex_peek(&in, 0));
    return NULL;
}
