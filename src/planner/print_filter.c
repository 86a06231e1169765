/* The condition behind WHERE, said so that the engine asks it as early as it can.
 *
 * Each of its parts that are joined by AND stands for itself. None changes which rows there are: a
 * part is written again in a form that is true for the same rows, or wrapped so that false may
 * become NULL, which WHERE does not tell apart.
 *
 * 1. x IN (...), a OR b of one column. The engine gives these to the reader of files as a hint
 * only: all columns of all rows are read before the condition is asked. Of "p AND coalesce(p,
 * false)" the reader asks the second, and reads the other columns of few rows; the first remains
 * for the choice of files and row groups.
 * 2. regexp_like(x, 'constant'). It may fail, so the engine asks it when all else is read. What a
 *    text must hold to match (regexp_literals.h) is asked before, by the reader.
 * 3. What UNNEST gives, where it is a join. Pushed below it, a condition hides that no join is
 *    needed: the engine hashes all rows and joins them with themselves, 25 times as long.
 *    "coalesce(p, c IS NULL AND NULL)", c being what is unnested, keeps it above.
 * 4. A field of a struct, where whole structs are selected beside the rows of an eventname. The
 *    reader would read all fields of all rows for it, at four times the cost of the other
 *    conditions; kept above it as in 3, it is asked of the rows that are left.
 * 5. A field of a struct that most rows are let through by (not this, not NULL), or that holds a
 * pattern while what is selected is cheap to read. The reader would copy the structs of all rows
 * that it lets through, texts and all, at twice the cost of reading them as they are.
 * 6. A free-form column (requestparameters and the like) beside a condition on eventname. The
 *    reader asks conditions in the order of what it thinks they cost: 5 for a comparison with a
 *    constant, 1000 for anything else, the sum and 5 for several of one column, whatever the
 * column. Asked first, that column is most of a file. "AND c IS NOT NULL" makes it dearer than the
 * names.
 */
#include <string.h>

#include "natives/regexp.h"
#include "natives/regexp_literals.h"
#include "planner/print_state.h"

/* What a condition belongs to. */
typedef struct Filter {
    const Ast *from; /* NULL: none */
    bool structs;    /* whole ones are selected */
    bool names;      /* of rows that have certain eventnames */
    bool costly;     /* columns are named that are dear to read for rows that are not wanted */
} Filter;

/* What a part of a condition speaks of. */
typedef struct Subject {
    const NamesColumn *column;   /* the first column; NULL: none */
    bool several;                /* columns */
    bool plain;                  /* only comparisons of columns with constants */
    bool query;                  /* there is a query in it */
    const NamesColumn *unnested; /* of a part about an UNNEST: what is unnested */
    const NamesColumn *beside;   /* of a part about fields of a table's struct: another column */
    bool free_form;              /* a free-form column of a table of the lake is among them */
} Subject;

static const char *const FREE_FORM[] = {"requestparameters", "responseelements",
                                        "additionaleventdata", "serviceeventdetails"};

static bool is_free_form(const NamesColumn *column)
{
    bool scanned = column->relation && column->relation->scan;
    for (size_t i = 0; scanned && i < sizeof FREE_FORM / sizeof *FREE_FORM; i++)
        if (str_equal(column->name, str_of(FREE_FORM[i])))
            return true;
    return false;
}

static bool is_plain(const Ast *node)
{
    static const bool PLAIN[AST_KINDS] = {
        [AST_OR] = true,      [AST_AND] = true,     [AST_NOT] = true,      [AST_COMPARISON] = true,
        [AST_BETWEEN] = true, [AST_IN_LIST] = true, [AST_LIKE] = true,     [AST_IS_NULL] = true,
        [AST_COLUMN] = true,  [AST_FIELD] = true,   [AST_STRING] = true,   [AST_BOOLEAN] = true,
        [AST_INTEGER] = true, [AST_DECIMAL] = true, [AST_DOUBLE] = true,   [AST_TYPED] = true,
        [AST_NULL] = true,    [AST_UNARY] = true,   [AST_PARAMETER] = true};
    return PLAIN[node->kind];
}

static bool is_query(const Ast *node)
{
    return node->kind == AST_SUBQUERY || node->kind == AST_EXISTS || node->kind == AST_IN_QUERY ||
           node->kind == AST_QUANTIFIED;
}

static const NamesColumn *column_of(const Ast *node)
{
    return node->kind == AST_COLUMN || node->kind == AST_FIELD ? node->bound : NULL;
}

/* The first column that is named below *node*. */
static const NamesColumn *first_column(const Ast *node)
{
    const NamesColumn *found = column_of(node);
    for (const Ast *child = node->first; !found && child; child = child->next)
        found = first_column(child);
    return found;
}

/* The UNNEST below *relation* whose columns have the number *number*, and which is a join. */
static const Ast *find_unnest(const Ast *relation, uint32_t number)
{
    const NamesRelation *bound = relation->bound;
    if (relation->kind == AST_UNNEST)
        return bound->number == number && !bound->within ? relation : NULL;
    if (relation->kind != AST_JOIN && relation->kind != AST_ALIAS)
        return NULL;
    const Ast *found = NULL;
    for (const Ast *child = relation->first; !found && child; child = child->next)
        if (ast_class((AstKind)child->kind) == AST_CLASS_RELATION)
            found = find_unnest(child, number);
    return found;
}

static void note_column(const NamesColumn *column, const Ast *from, Subject *subject)
{
    subject->several |= subject->column && !str_equal(subject->column->sql, column->sql);
    subject->column = subject->column ? subject->column : column;
    if (column->type->kind == TYPE_ROW && column->relation && column->relation->table)
        subject->beside = &column->relation->columns[0];
    subject->free_form |= is_free_form(column);
    for (const Ast *relation = from ? from->first : NULL; relation; relation = relation->next) {
        const Ast *unnest =
            column->relation ? find_unnest(relation, column->relation->number) : NULL;
        if (unnest && !subject->unnested)
            subject->unnested = first_column(unnest);
    }
}

static void look(const Ast *node, const Ast *from, Subject *subject)
{
    subject->plain &= is_plain(node);
    subject->query |= is_query(node);
    const NamesColumn *column = column_of(node);
    if (column)
        note_column(column, from, subject);
    else if (node->kind == AST_PARAMETER)
        look(node->bound, from, subject);
    else if (!is_query(node))
        for (const Ast *child = node->first; child; child = child->next)
            look(child, from, subject);
}

/* The part in a form that has a second column and is no comparison, so that it is not pushed. */
static bool print_above(Print *print, const Ast *part, const NamesColumn *other)
{
    return print_text(print, "coalesce(") && print_expression(print, part) &&
           print_text(print, ", (") && print_column(print, other) &&
           print_text(print, " IS NULL) AND NULL)");
}

static bool print_twice(Print *print, const Ast *part)
{
    return print_text(print, "(") && print_expression(print, part) &&
           print_text(print, " AND coalesce(") && print_expression(print, part) &&
           print_text(print, ", false))");
}

/* A regexp_like over a column with a constant, and the constant; NULL for anything else. */
static const NamesCall *regexp_of(const Ast *part, Str *ret_pattern)
{
    const NamesCall *call = part->kind == AST_CALL ? part->bound : NULL;
    bool ok = call && strcmp(call->function->name, "regexp_like") == 0 &&
              column_of(call->arguments[0]) && print_constant(call->arguments[1], ret_pattern);
    return ok ? call : NULL;
}

/* The column that must not be NULL for *part* to be true: it is compared, or a function of it that
 * gives NULL for NULL. NULL when there is none. */
static const Ast *strict_column(const Ast *part)
{
    static const char *const STRICT[] = {"strpos", "json_extract_scalar", "lower", "upper"};
    if (part->kind != AST_COMPARISON && part->kind != AST_LIKE && part->kind != AST_BETWEEN)
        return NULL;
    const Ast *compared = part->first;
    const NamesCall *call = compared->kind == AST_CALL ? compared->bound : NULL;
    for (size_t i = 0; call && i < sizeof STRICT / sizeof *STRICT; i++)
        if (strcmp(call->function->name, STRICT[i]) == 0)
            compared = call->arguments[0];
    return column_of(compared) ? compared : NULL;
}

static bool print_not_null(Print *print, const Ast *column)
{
    return print_text(print, " AND ") && print_expression(print, column) &&
           print_text(print, " IS NOT NULL");
}

static bool print_late(Print *print, const Ast *part, const Ast *column)
{
    return print_text(print, "(") && print_expression(print, part) &&
           print_not_null(print, column) && print_text(print, ")");
}

static bool print_literals(Print *print, const Ast *text, Str literals, bool late)
{
    return print_text(print, " AND athena_has_literal(") && print_expression(print, text) &&
           print_text(print, ", ") && print_literal(print, literals) && print_text(print, ")") &&
           (!late || print_not_null(print, text));
}

static bool print_regexp(Print *print, const Ast *part, const NamesCall *call, Str pattern,
                         bool late)
{
    BUF_AUTO Buf engine = buf_init(4 * (size_t)REGEXP_PATTERN_BYTES_MAX);
    BUF_AUTO Buf literals = buf_init(2 * (size_t)REGEXP_LITERALS_BYTES_MAX);
    RegexpGroups groups;
    bool found = false;
    return print_text(print, "(") && print_expression(print, part) &&
           regexp_pattern(pattern, &engine, &groups, print->err) &&
           regexp_literals_write(buf_str(&engine), &literals, &found, print->err) &&
           (!found || print_literals(print, call->arguments[0], buf_str(&literals), late)) &&
           print_text(print, ")");
}

/* A condition that leaves out few rows: x <> 'a', x NOT IN ('a'), x NOT LIKE 'a%', x IS NULL. */
static bool is_loose(const Ast *part)
{
    bool unequal = part->kind == AST_COMPARISON &&
                   (str_equal(part->text, STR("<>")) || str_equal(part->text, STR("!=")));
    bool negated =
        part->flags & AST_NEGATED && (part->kind == AST_IN_LIST || part->kind == AST_LIKE);
    return unequal || negated || part->kind == AST_IS_NULL;
}

/* The column that keeps a part above the reader (3 to 5), NULL when it may be pushed. */
static const NamesColumn *keeper_of(const Ast *part, const Subject *subject, const Filter *filter)
{
    if (subject->unnested && !subject->query)
        return subject->unnested;
    bool field = subject->plain && !subject->several;
    bool kept = (filter->structs && filter->names) || is_loose(part) ||
                (part->kind == AST_LIKE && !filter->costly);
    return field && kept ? subject->beside : NULL;
}

/* x IN (...), a OR b of one column. */
static bool is_hint(const Ast *part, const Subject *subject)
{
    bool list = part->kind == AST_IN_LIST && !(part->flags & AST_NEGATED);
    return (list || part->kind == AST_OR) && subject->plain && subject->column && !subject->several;
}

static bool print_part(Print *print, const Ast *part, const Filter *filter)
{
    Subject subject = {.plain = true};
    Str pattern;
    const NamesCall *regexp = regexp_of(part, &pattern);
    look(part, filter->from, &subject);
    bool wide = subject.free_form && filter->names && !subject.several;
    if (regexp)
        return print_regexp(print, part, regexp, pattern, wide);
    const NamesColumn *keeper = keeper_of(part, &subject, filter);
    if (keeper)
        return print_above(print, part, keeper);
    const Ast *late = wide ? strict_column(part) : NULL;
    if (late)
        return print_late(print, part, late);
    return is_hint(part, &subject) ? print_twice(print, part) : print_expression(print, part);
}

/* eventname = 'a' or eventname IN (...) */
static bool is_of_names(const Ast *part)
{
    const NamesColumn *column = part->first ? column_of(part->first) : NULL;
    bool equal = part->kind == AST_COMPARISON && str_equal(part->text, STR("="));
    bool list = part->kind == AST_IN_LIST && !(part->flags & AST_NEGATED);
    return (equal || list) && column && str_equal(column->name, STR("eventname"));
}

/* Whether a column is named at or below *node* that holds another text in each row, or is a whole
 * struct. */
static bool names_costly(const Ast *node)
{
    static const char *const UNIQUE[] = {"eventid", "requestid", "sharedeventid"};
    const NamesColumn *column = column_of(node);
    bool costly = column && (is_free_form(column) || column->type->kind == TYPE_ROW);
    for (size_t i = 0; column && i < sizeof UNIQUE / sizeof *UNIQUE; i++)
        costly |= str_equal(column->name, str_of(UNIQUE[i]));
    const Ast *child = node->kind == AST_FIELD ? NULL : node->first;
    for (; !costly && child; child = child->next)
        costly = names_costly(child);
    return costly;
}

static Filter filter_of(const Ast *select, const Ast *condition)
{
    const NamesOutput *output = select->bound;
    bool structs = false, names = is_of_names(condition);
    for (uint32_t i = 0; i < output->count; i++)
        structs |= output->columns[i].type->kind == TYPE_ROW;
    for (const Ast *part = condition->first; condition->kind == AST_AND && part; part = part->next)
        names |= is_of_names(part);
    return (Filter){ast_find(select, AST_FROM), structs, names, names_costly(select)};
}

bool print_filter(Print *print, const Ast *select)
{
    const Ast *condition = ast_find(select, AST_WHERE)->first;
    const Filter filter = filter_of(select, condition);
    const bool several = condition->kind == AST_AND;
    const Ast *first = several ? condition->first : condition;
    bool ok = print_text(print, several ? " WHERE (" : " WHERE ");
    print->only_true = true;
    for (const Ast *part = first; ok && part; part = several ? part->next : NULL)
        ok = (part == first || print_text(print, " AND ")) && print_part(print, part, &filter);
    print->only_true = false;
    return ok && (!several || print_text(print, ")"));
}
