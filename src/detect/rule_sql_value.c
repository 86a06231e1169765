#include "detect/rule_sql_value.h"

#include <string.h>

#include "detect/rule_sql_regex.h"

enum { PATTERN_BYTES_MAX = 1 << 20 };

static SqlCond unsure(bool strong)
{
    return rule_sql_cond_constant(!strong, false);
}

static bool has_nul(Str text)
{
    return text.len && memchr(text.ptr, '\0', text.len);
}

/* The text as the test compares it. */
static Str folded(SqlWriter *writer, const Test *test, Str value)
{
    return test->folded ? rule_sql_cond_format(writer, "lower(%.*s)", STR_ARG(value)) : value;
}

/* One of `exact`: = or IN. A text of the table holds no NUL. */
static SqlCond write_exact(SqlWriter *writer, const Test *test, Str value)
{
    BUF_AUTO Buf list = buf_init(RULE_SQL_BYTES_MAX);
    uint32_t count = 0;
    bool ok = true;
    for (uint32_t i = 0; ok && i < test->exact_count; i++) {
        if (has_nul(test->exact[i]))
            return unsure(false);
        Str quoted = rule_sql_cond_quote(writer, test->exact[i]);
        ok = (!count++ || buf_append_str(&list, STR(", "), writer->err)) &&
             buf_append_str(&list, quoted, writer->err);
    }
    writer->ok = writer->ok && ok;
    if (!count)
        return rule_sql_cond_constant(false, true);
    return rule_sql_cond_text(rule_sql_cond_format(writer,
                                                   count > 1 ? "%.*s IN (%.*s)" : "%.*s = %.*s",
                                                   STR_ARG(value), STR_ARG(buf_str(&list))),
                              true);
}

/* A byte of a pattern of LIKE; *ret_escaped* becomes true when it needed it. */
static bool put_like(Buf *out, char byte, bool *ret_escaped, Error *err)
{
    bool special = byte == '%' || byte == '_' || byte == '!';
    *ret_escaped = *ret_escaped || special;
    return (!special || buf_append_byte(out, '!', err)) &&
           buf_append_byte(out, (unsigned char)byte, err);
}

static bool put_pieces(Buf *out, const Glob *glob, bool *ret_escaped, bool *ret_exact, Error *err)
{
    bool ok = true;
    for (uint32_t i = 0; ok && i < glob->count; i++) {
        GlobPiece piece = glob->pieces[i];
        *ret_exact = *ret_exact && piece.kind != GLOB_DASH;
        if (piece.kind == GLOB_LITERAL)
            ok = put_like(out, piece.byte, ret_escaped, err);
        else
            ok = buf_append_byte(out, piece.kind == GLOB_ANY ? '%' : '_', err);
    }
    return ok;
}

static bool put_shape(Buf *out, const Glob *glob, bool *ret_escaped, bool *ret_exact, Error *err)
{
    bool front = glob->shape == GLOB_SUFFIX || glob->shape == GLOB_INFIX;
    bool back = glob->shape == GLOB_PREFIX || glob->shape == GLOB_INFIX;
    bool ok = !front || buf_append_byte(out, '%', err);
    if (glob->shape == GLOB_GENERAL)
        return put_pieces(out, glob, ret_escaped, ret_exact, err);
    for (size_t i = 0; ok && i < glob->literal.len; i++)
        ok = put_like(out, glob->literal.ptr[i], ret_escaped, err);
    return ok && (!back || buf_append_byte(out, '%', err));
}

/* A wildcard is LIKE's; a dash of windash any character. */
static SqlCond write_glob(SqlWriter *writer, const Glob *glob, Str value, bool strong)
{
    BUF_AUTO Buf like = buf_init(PATTERN_BYTES_MAX);
    bool escaped = false, exact = true;
    if (!glob->literal.len &&
        (glob->shape == GLOB_INFIX || glob->shape == GLOB_PREFIX || glob->shape == GLOB_SUFFIX))
        return rule_sql_cond_constant(true, true);
    writer->ok = put_shape(&like, glob, &escaped, &exact, writer->err) && writer->ok;
    if (has_nul(buf_str(&like)) || (!exact && strong))
        return unsure(strong);
    Str quoted = rule_sql_cond_quote(writer, buf_str(&like));
    return rule_sql_cond_text(rule_sql_cond_format(writer, "%.*s LIKE %.*s%s", STR_ARG(value),
                                                   STR_ARG(quoted), escaped ? " ESCAPE '!'" : ""),
                              exact);
}

static SqlCond write_text(SqlWriter *writer, const Test *test, Str value, bool strong)
{
    Str compared = folded(writer, test, value);
    SqlJoin join = rule_sql_cond_join(writer, true);
    SqlCond exact = write_exact(writer, test, compared);
    rule_sql_cond_add(&join, exact.kind == SQL_TRUE ? unsure(strong) : exact);
    for (uint32_t i = 0; i < test->glob_count; i++)
        rule_sql_cond_add(&join, write_glob(writer, test->globs[i], compared, strong));
    return rule_sql_cond_end(&join);
}

static SqlCond write_regex(SqlWriter *writer, const Test *test, Str value, bool strong)
{
    return strong ? unsure(true) : rule_sql_regex(writer, test->regex, value);
}

/* Octet *index* of addresses of the network: one number, those that its bits leave, or any. */
static bool put_octet(Buf *out, const Network *network, unsigned index, Error *err)
{
    unsigned bits = network->bits <= index * 8 ? 0 : network->bits - index * 8;
    unsigned first = network->bytes[index], count = bits >= 8 ? 1 : 1u << (8 - bits);
    if (!bits)
        return buf_append_str(out, STR("(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"), err);
    bool ok = buf_append_byte(out, '(', err);
    for (unsigned i = 0; ok && i < count; i++)
        ok = buf_printf(out, err, "%s%u", i ? "|" : "", first + i);
    return ok && buf_append_byte(out, ')', err);
}

/* Addresses are told by their text: a cast of what is none fails, so none is made. Of an address of
 * IPv6, which can be written in many ways, only that it may be one. */
static SqlCond write_network(SqlWriter *writer, const Test *test, Str value, bool strong)
{
    BUF_AUTO Buf pattern = buf_init(PATTERN_BYTES_MAX);
    bool ok = buf_append_byte(&pattern, '^', writer->err);
    if (test->network.v6)
        return strong ? unsure(true)
                      : rule_sql_cond_text(
                            rule_sql_cond_format(writer, "strpos(%.*s, ':') > 0", STR_ARG(value)),
                            false);
    for (unsigned i = 0; ok && i < 4; i++)
        ok = (!i || buf_append_str(&pattern, STR("\\."), writer->err)) &&
             put_octet(&pattern, &test->network, i, writer->err);
    writer->ok = ok && buf_append_str(&pattern, STR("\\z"), writer->err) && writer->ok;
    Str quoted = rule_sql_cond_quote(writer, buf_str(&pattern));
    return rule_sql_cond_text(
        rule_sql_cond_format(writer, "regexp_like(%.*s, %.*s)", STR_ARG(value), STR_ARG(quoted)),
        true);
}

static const char *const ORDERS[] = {[TEST_EQUAL] = "=",
                                     [TEST_LESS] = "<",
                                     [TEST_LESS_EQUAL] = "<=",
                                     [TEST_GREATER] = ">",
                                     [TEST_GREATER_EQUAL] = ">="};

SqlCond rule_sql_value_order(SqlWriter *writer, const Test *test, Str value, bool exact)
{
    return rule_sql_cond_text(rule_sql_cond_format(writer, "%.*s %s %.17g", STR_ARG(value),
                                                   ORDERS[test->order], test->number),
                              exact);
}

/* Only that it may be one: SQL's numbers are not those of rules.
 */
static SqlCond write_number(SqlWriter *writer, const Test *test, Str value, bool strong)
{
    (void)test;
    return strong
               ? unsure(true)
               : rule_sql_cond_text(
                     rule_sql_cond_format(writer,
                                          "regexp_like(%.*s, '^[+-]?[0-9.]+([eE][+-]?[0-9]+)?\\z')",
                                          STR_ARG(value)),
                     false);
}

static SqlCond write_boolean(SqlWriter *writer, const Test *test, Str value, bool strong)
{
    (void)strong;
    return rule_sql_cond_text(rule_sql_cond_format(writer, "lower(%.*s) = '%s'", STR_ARG(value),
                                                   test->boolean ? "true" : "false"),
                              true);
}

static SqlCond write_field(SqlWriter *writer, const Test *test, Str value, bool strong)
{
    Place other = rule_sql_place(writer, test->other);
    if (other.kind == PLACE_NOWHERE)
        return rule_sql_cond_constant(false, true);
    if (other.kind != PLACE_TEXT || test->field != FIELD_EQUALS)
        return unsure(strong);
    Str left = folded(writer, test, value), right = folded(writer, test, other.sql);
    return rule_sql_cond_text(
        rule_sql_cond_format(writer, "coalesce(%.*s = %.*s, FALSE)", STR_ARG(left), STR_ARG(right)),
        true);
}

static SqlCond write_unsure(SqlWriter *writer, const Test *test, Str value, bool strong)
{
    (void)writer;
    (void)test;
    (void)value;
    return unsure(strong);
}

SqlCond rule_sql_value(SqlWriter *writer, const Test *test, Str value, bool strong)
{
    typedef SqlCond (*Write)(SqlWriter *, const Test *, Str, bool);
    static const Write WRITE[] = {[TEST_TEXT] = write_text,       [TEST_REGEX] = write_regex,
                                  [TEST_NETWORK] = write_network, [TEST_NUMBER] = write_number,
                                  [TEST_ORDER] = write_number,    [TEST_PART] = write_unsure,
                                  [TEST_BOOLEAN] = write_boolean, [TEST_NULL] = write_unsure,
                                  [TEST_EXISTS] = write_unsure,   [TEST_FIELD] = write_field,
                                  [TEST_NUMBERS] = write_unsure,  [TEST_BETWEEN] = write_unsure};
    return WRITE[test->kind](writer, test, value, strong);
}

/* A text that no number's is, or a part of. */
static bool is_wordy(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!memchr("0123456789+-.eEinfINFa", text.ptr[i], 22))
            return true;
    return false;
}

bool rule_sql_value_is_numeric(const Test *test)
{
    if (test->kind != TEST_TEXT)
        return test->kind != TEST_BOOLEAN && test->kind != TEST_NETWORK;
    for (uint32_t i = 0; i < test->exact_count; i++)
        if (!is_wordy(test->exact[i]))
            return true;
    for (uint32_t i = 0; i < test->glob_count; i++)
        if (!is_wordy(test->globs[i]->literal))
            return true;
    return false;
}
