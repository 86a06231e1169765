/* Filter patterns without brackets: terms that a text holds ("CloudWatch Logs filter patterns",
 * A2). Any of those with '?', unless there are others: then they say nothing. */
#include "detect/cloudwatch_reading.h"

/* A term's text or regular expression. */
static const Test *read_operand(CloudWatchReading *reading)
{
    Str text = STR("");
    char first = cloudwatch_lex_end(reading) ? '\0' : reading->text.ptr[reading->at];
    if (first == '%')
        return cloudwatch_regex_read(reading);
    if (first == '"') {
        bool ok = cloudwatch_lex_quoted(reading, &text);
        return ok ? cloudwatch_lex_text(reading, text, false, true) : NULL;
    }
    text = cloudwatch_lex_name(reading, "");
    if (text.len)
        return cloudwatch_lex_text(reading, text, false, true);
    cloudwatch_lex_fail(reading, "a term (other characters than letters, digits and _ need double "
                                 "quotes)");
    return NULL;
}

static bool read_term(CloudWatchReading *reading, ExprList *any, ExprList *all)
{
    bool optional = cloudwatch_lex_take(reading, STR("?"));
    bool absent = !optional && cloudwatch_lex_take(reading, STR("-"));
    const Test *test = read_operand(reading);
    const Expr *expr = test ? expr_item(NULL, test, reading->arena, reading->err) : NULL;
    if (expr && absent)
        expr = expr_not(expr, reading->arena, reading->err);
    if (!expr || !expr_add(optional ? any : all, expr, reading->arena, reading->err))
        return false;
    size_t from = reading->at;
    cloudwatch_lex_space(reading);
    return cloudwatch_lex_end(reading) || reading->at > from ||
           cloudwatch_lex_fail(reading, "a blank between terms (other characters than letters, "
                                        "digits and _ need double quotes)");
}

const Expr *cloudwatch_words_read(CloudWatchReading *reading)
{
    ExprList any = {NULL, NULL}, all = {NULL, NULL};
    while (!cloudwatch_lex_end(reading))
        if (!read_term(reading, &any, &all))
            return NULL;
    return all.first ? expr_join(EXPR_AND, &all, reading->arena, reading->err)
                     : expr_join(EXPR_OR, &any, reading->arena, reading->err);
}
