/* Filter patterns for JSON events ("CloudWatch Logs filter patterns", A4). */
#include "detect/cloudwatch_reading.h"

static const char STOPS[] = ")}&|";

static bool take_index(CloudWatchReading *reading, Step *ret)
{
    uint64_t index;
    size_t from = reading->at;
    if (cloudwatch_lex_take(reading, STR("*"))) {
        ret->kind = STEP_ELEMENT;
    } else {
        Str digits = cloudwatch_lex_name(reading, "");
        if (!str_to_u64(digits, &index) || index > UINT32_MAX) {
            reading->at = from;
            return cloudwatch_lex_fail(reading, "an index, * or a name in single quotes");
        }
        *ret = (Step){.kind = STEP_INDEX, .index = (uint32_t)index};
    }
    return cloudwatch_lex_take(reading, STR("]")) || cloudwatch_lex_fail(reading, "]");
}

/* What stands between [' and ']. */
static bool take_key(CloudWatchReading *reading, Step *ret)
{
    size_t from = reading->at;
    while (!cloudwatch_lex_end(reading) &&
           !str_starts(str_slice(reading->text, reading->at, reading->text.len), STR("']")))
        reading->at++;
    *ret = (Step){.kind = STEP_NAME, .name = str_slice(reading->text, from, reading->at)};
    return cloudwatch_lex_take(reading, STR("']")) || cloudwatch_lex_fail(reading, "']");
}

/* One step of a selector; *ret_more* false: there is none. */
static bool take_step(CloudWatchReading *reading, Step *ret, bool *ret_more)
{
    *ret = (Step){.kind = STEP_MEMBER};
    *ret_more = true;
    if (cloudwatch_lex_take(reading, STR(".['")) || cloudwatch_lex_take(reading, STR("['")))
        return take_key(reading, ret);
    if (cloudwatch_lex_take(reading, STR("[")))
        return take_index(reading, ret);
    if (cloudwatch_lex_take(reading, STR(".*")))
        return true;
    *ret_more = cloudwatch_lex_take(reading, STR("."));
    if (!*ret_more)
        return true;
    *ret = (Step){.kind = STEP_NAME, .name = cloudwatch_lex_name(reading, "-")};
    return ret->name.len || cloudwatch_lex_fail(reading, "the name of a member (other characters "
                                                         "than letters, digits, - and _ need "
                                                         "['...'])");
}

/* One wildcard a selector, three a pattern. */
static bool count_wildcard(CloudWatchReading *reading, const Step *step, unsigned *wildcards)
{
    if (step->kind != STEP_ELEMENT && step->kind != STEP_MEMBER)
        return true;
    if ((*wildcards)++)
        return cloudwatch_lex_fail(reading, "at most one * in a selector");
    return ++reading->wildcard_count <= CLOUDWATCH_WILDCARDS_MAX ||
           cloudwatch_lex_fail(reading, "at most three selectors with *");
}

static const FieldPath *read_selector(CloudWatchReading *reading)
{
    Step steps[STEPS_MAX];
    uint32_t count = 0;
    unsigned wildcards = 0;
    size_t from = reading->at;
    if (!cloudwatch_lex_take(reading, STR("$")))
        return cloudwatch_lex_fail(reading, "a selector ($.name) or ("), NULL;
    for (bool more = true;;) {
        Step step;
        if (!take_step(reading, &step, &more))
            return NULL;
        if (!more)
            break;
        if (count == STEPS_MAX)
            return cloudwatch_lex_fail(reading, "at most 64 steps in a selector"), NULL;
        if (!count_wildcard(reading, &step, &wildcards))
            return NULL;
        steps[count++] = step;
    }
    if (!count)
        return cloudwatch_lex_fail(reading, ".name or [index]"), NULL;
    return steps_path(str_slice(reading->text, from, reading->at), steps, count, reading->arena,
                      reading->err);
}

static const Test *read_is(CloudWatchReading *reading)
{
    static const struct {
        Str word;
        TestKind kind;
        bool boolean;
    } WORDS[] = {
        {{"NULL", 4}, TEST_NULL, false},
        {{"TRUE", 4}, TEST_BOOLEAN, true},
        {{"FALSE", 5}, TEST_BOOLEAN, false},
    };
    size_t from = reading->at;
    Str word = cloudwatch_lex_name(reading, "");
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        if (!str_equal(word, WORDS[i].word))
            continue;
        Test *test = cloudwatch_lex_test(reading, WORDS[i].kind);
        if (test)
            test->boolean = WORDS[i].boolean;
        return test;
    }
    reading->at = from;
    cloudwatch_lex_fail(reading, "NULL, TRUE or FALSE");
    return NULL;
}

static const Test *read_test(CloudWatchReading *reading)
{
    size_t from = reading->at;
    Str word = cloudwatch_lex_name(reading, "");
    cloudwatch_lex_space(reading);
    if (str_equal(word, STR("IS")))
        return read_is(reading);
    if (str_equal(word, STR("NOT"))) {
        from = reading->at;
        if (str_equal(cloudwatch_lex_name(reading, ""), STR("EXISTS")))
            return cloudwatch_lex_test(reading, TEST_EXISTS);
        reading->at = from;
        cloudwatch_lex_fail(reading, "EXISTS");
        return NULL;
    }
    reading->at = from;
    return cloudwatch_lex_comparison(reading, STOPS);
}

static const Expr *read_or(CloudWatchReading *reading);

static const Expr *read_primary(CloudWatchReading *reading)
{
    cloudwatch_lex_space(reading);
    if (cloudwatch_lex_take(reading, STR("("))) {
        const Expr *inner = NULL;
        if (reading->depth++ > CLOUDWATCH_DEPTH_MAX)
            cloudwatch_lex_fail(reading, "at most 64 levels of parentheses");
        else
            inner = read_or(reading);
        reading->depth--;
        if (inner && !cloudwatch_lex_take(reading, STR(")")))
            return cloudwatch_lex_fail(reading, "&&, || or )"), NULL;
        return inner;
    }
    const FieldPath *path = read_selector(reading);
    cloudwatch_lex_space(reading);
    const Test *test = path ? read_test(reading) : NULL;
    return test ? expr_item(path, test, reading->arena, reading->err) : NULL;
}

typedef const Expr *(*ReadPart)(CloudWatchReading *reading);

/* Parts with *sign* between them. */
static const Expr *read_chain(CloudWatchReading *reading, ExprKind kind, Str sign, ReadPart part)
{
    ExprList list = {NULL, NULL};
    do {
        const Expr *expr = part(reading);
        if (!expr || !expr_add(&list, expr, reading->arena, reading->err))
            return NULL;
        cloudwatch_lex_space(reading);
    } while (cloudwatch_lex_take(reading, sign));
    return expr_join(kind, &list, reading->arena, reading->err);
}

static const Expr *read_and(CloudWatchReading *reading)
{
    return read_chain(reading, EXPR_AND, STR("&&"), read_primary);
}

static const Expr *read_or(CloudWatchReading *reading)
{
    return read_chain(reading, EXPR_OR, STR("||"), read_and);
}

const Expr *cloudwatch_json_read(CloudWatchReading *reading)
{
    reading->depth = 1;
    const Expr *expr = read_or(reading);
    if (!expr)
        return NULL;
    if (!cloudwatch_lex_take(reading, STR("}")))
        return cloudwatch_lex_fail(reading, "&&, || or }"), NULL;
    cloudwatch_lex_space(reading);
    if (!cloudwatch_lex_end(reading))
        return cloudwatch_lex_fail(reading, "the end"), NULL;
    return expr;
}
