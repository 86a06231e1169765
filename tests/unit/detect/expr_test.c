#include "detect/expr.h"

#include "support/support.h"

enum { ARENA_BYTES_MAX = 1 << 22, MEMBERS = 3, SETS = 1 << MEMBERS };

static const char *const NAMES[MEMBERS] = {"eventName", "awsRegion", "userAgent"};
static const Slot SLOTS[MEMBERS] = {S_EVENT_NAME, S_AWS_REGION, S_USER_AGENT};
static const Test EXISTS = {.kind = TEST_EXISTS, .boolean = true}, MISSES = {.kind = TEST_NULL};

/* What a test of expressions needs: a document per set of members that are there, and two items per
 * member, of which one asks for it and one for nothing in its place. */
typedef struct Fixture {
    Arena *arena, *scratch;
    Document *documents[SETS];
    const Expr *items[MEMBERS], *nulls[MEMBERS];
} Fixture;

static int setup(void **state)
{
    static Fixture fixture;
    Error err = {0};
    fixture.arena = arena_new(ARENA_BYTES_MAX, &err);
    fixture.scratch = arena_new(ARENA_BYTES_MAX, &err);
    for (int i = 0; i < MEMBERS; i++) {
        const FieldPath *path = document_path(str_of(NAMES[i]), fixture.arena, &err);
        fixture.items[i] = expr_item(path, &EXISTS, fixture.arena, &err);
        fixture.nulls[i] = expr_item(path, &MISSES, fixture.arena, &err);
    }
    for (int set = 0; set < SETS; set++) {
        BUF_AUTO Buf text = buf_init(1000);
        support_ok(buf_printf(&text, &err, "{\"x\":1"), &err);
        for (int i = 0; i < MEMBERS; i++)
            if (set >> i & 1)
                support_ok(buf_printf(&text, &err, ",\"%s\":\"a\"", NAMES[i]), &err);
        support_ok(buf_printf(&text, &err, "}"), &err);
        const char *copy = arena_text(fixture.arena, buf_str(&text), &err);
        fixture.documents[set] = document_new(&err);
        document_set_tree(fixture.documents[set],
                          json_read(str_of(copy), NULL, fixture.arena, &err));
    }
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    Fixture *fixture = *state;
    for (int set = 0; set < SETS; set++)
        document_free(fixture->documents[set]);
    arena_free(fixture->arena);
    arena_free(fixture->scratch);
    return 0;
}

static uint64_t slots_of(int set)
{
    uint64_t slots = 0;
    for (int i = 0; i < MEMBERS; i++)
        slots |= set >> i & 1 ? SLOT_BIT(SLOTS[i]) : 0;
    return slots;
}

static const Expr *pair(Fixture *in, ExprKind kind, const Expr *a, const Expr *b)
{
    Error err = {0};
    ExprList list = {0};
    support_ok(expr_add(&list, a, in->arena, &err) && expr_add(&list, b, in->arena, &err), &err);
    const Expr *expr = expr_join(kind, &list, in->arena, &err);
    support_ok(expr != NULL, &err);
    return expr;
}

static void and_or_and_not_have_the_truth_of_kleene(void **state)
{
    enum { F = TRUTH_FALSE, T = TRUTH_TRUE, U = TRUTH_UNKNOWN };
    static const int AND[3][3] = {{F, F, F}, {F, T, U}, {F, U, U}};
    static const int OR[3][3] = {{F, T, U}, {T, T, T}, {U, T, U}};
    static const int NOT[3] = {T, F, U};
    Error err = {0};
    Fixture *in = *state;
    const Expr *both = pair(in, EXPR_AND, in->items[0], in->items[1]);
    const Expr *either = pair(in, EXPR_OR, in->items[0], in->items[1]);
    const Expr *not_first = expr_not(in->items[0], in->arena, &err);
    for (int a = F; a <= U; a++)
        for (int b = F; b <= U; b++) {
            int there = (a == T) | (b == T) << 1, known = (a != U) | (b != U) << 1;
            Document *document = in->documents[there];
            assert_int_equal(expr_partial(both, document, slots_of(known)), AND[a][b]);
            assert_int_equal(expr_partial(either, document, slots_of(known)), OR[a][b]);
            assert_int_equal(expr_partial(not_first, document, slots_of(known)), NOT[a]);
        }
}

static void joins_of_none_and_one_are_what_they_must_be(void **state)
{
    Error err = {0};
    Fixture *in = *state;
    ExprList none = {0}, one = {0};
    assert_true(expr_holds(expr_join(EXPR_AND, &none, in->arena, &err), in->documents[0]));
    assert_false(expr_holds(expr_join(EXPR_OR, &none, in->arena, &err), in->documents[0]));
    support_ok(expr_add(&one, in->items[0], in->arena, &err), &err);
    assert_ptr_equal(expr_join(EXPR_AND, &one, in->arena, &err), in->items[0]);
    assert_false(expr_add(&one, NULL, in->arena, &err));
    assert_null(expr_not(NULL, in->arena, &err));
}

static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

static const Expr *random_expr(Fixture *in, const Expr *const *items, uint64_t *seed, int depth)
{
    Error err = {0};
    ExprList list = {0};
    uint32_t kind = depth ? next_random(seed) % 5 : 0;
    if (kind < 1)
        return items[next_random(seed) % MEMBERS];
    if (kind == 1)
        return expr_not(random_expr(in, items, seed, depth - 1), in->scratch, &err);
    for (uint32_t i = next_random(seed) % 4; i > 0; i--)
        support_ok(expr_add(&list, random_expr(in, items, seed, depth - 1), in->scratch, &err),
                   &err);
    return expr_join(kind % 2 ? EXPR_AND : EXPR_OR, &list, in->scratch, &err);
}

/* All events that agree with *there* on the members in *known* say the same. */
static void check_partial(Fixture *in, const Expr *expr, int there, int known)
{
    Error err = {0};
    const Expr *left = NULL;
    Truth truth = expr_partial(expr, in->documents[there], slots_of(known));
    assert_int_equal(
        expr_reduce(expr, in->documents[there], slots_of(known), in->scratch, &left, &err), truth);
    for (int other = 0; other < SETS; other++) {
        if ((other & known) != (there & known))
            continue;
        bool holds = expr_holds(expr, in->documents[other]);
        if (truth != TRUTH_UNKNOWN)
            assert_int_equal(holds, truth == TRUTH_TRUE);
        else
            assert_int_equal(expr_holds(left, in->documents[other]), holds);
    }
}

static void what_is_known_of_a_part_is_true_of_the_whole(void **state)
{
    Fixture *in = *state;
    uint64_t seed = 11;
    for (int round = 0; round < 500; round++) {
        const Expr *expr = random_expr(in, round % 2 ? in->nulls : in->items, &seed, 4);
        for (int there = 0; there < SETS; there++) {
            for (int known = 0; known < SETS; known++)
                check_partial(in, expr, there, known);
            assert_int_equal(expr_partial(expr, in->documents[there], slots_of(SETS - 1)),
                             expr_holds(expr, in->documents[there]) ? TRUTH_TRUE : TRUTH_FALSE);
        }
        /* most events: what is rare is not there */
        for (int known = 0; round % 2 && known < SETS; known++)
            assert_int_equal(expr_refuted(expr, slots_of(known)),
                             expr_partial(expr, in->documents[0], slots_of(known)));
        arena_reset(in->scratch);
    }
}

static void items_are_known_by_all_the_members_they_look_at(void **state)
{
    static const Test KINDS[] = {{.kind = TEST_NULL},
                                 {.kind = TEST_EXISTS, .boolean = false},
                                 {.kind = TEST_EXISTS, .boolean = true},
                                 {.kind = TEST_BOOLEAN}};
    static const Truth MOSTLY[] = {TRUTH_TRUE, TRUTH_UNKNOWN, TRUTH_UNKNOWN, TRUTH_FALSE};
    Error err = {0};
    Fixture *in = *state;
    const FieldPath *name = document_path(STR("eventName"), in->arena, &err);
    for (size_t i = 0; i < 4; i++) {
        const Expr *item = expr_item(name, &KINDS[i], in->arena, &err);
        assert_int_equal(expr_refuted(item, SLOT_BIT(S_EVENT_NAME)), MOSTLY[i]);
        assert_int_equal(expr_refuted(item, ~SLOT_BIT(S_EVENT_NAME)), TRUTH_UNKNOWN);
    }
    const Test same = {.kind = TEST_FIELD,
                       .other = document_path(STR("userAgent"), in->arena, &err)};
    const Expr *pair_item = expr_item(name, &same, in->arena, &err);
    assert_int_equal(expr_partial(pair_item, in->documents[5], SLOT_BIT(S_EVENT_NAME)),
                     TRUTH_UNKNOWN);
    assert_int_equal(
        expr_partial(pair_item, in->documents[5], SLOT_BIT(S_EVENT_NAME) | SLOT_BIT(S_USER_AGENT)),
        TRUTH_TRUE);
    const Expr *derived =
        expr_item(document_path(STR("derived.country"), in->arena, &err), &EXISTS, in->arena, &err);
    uint64_t address = SLOT_BIT(S_SOURCE_IP_ADDRESS);
    assert_int_equal(expr_partial(derived, in->documents[0], ~address), TRUTH_UNKNOWN);
    assert_int_equal(expr_partial(derived, in->documents[0], address), TRUTH_FALSE);
    const Expr *stranger =
        expr_item(document_path(STR("x"), in->arena, &err), &EXISTS, in->arena, &err);
    assert_int_equal(expr_partial(stranger, in->documents[0], ~(uint64_t)0), TRUTH_UNKNOWN);
    const Expr *keyword = expr_item(NULL, &KINDS[3], in->arena, &err);
    assert_int_equal(expr_partial(keyword, in->documents[0], ~(uint64_t)0), TRUTH_UNKNOWN);
}

static void count(void *context, const Expr *item)
{
    assert_int_equal(item->kind, EXPR_ITEM);
    ++*(int *)context;
}

static void each_item_is_taken_once_per_place(void **state)
{
    Error err = {0};
    Fixture *in = *state;
    int items = 0;
    const Expr *both = pair(in, EXPR_AND, in->items[0], in->items[1]);
    expr_each(pair(in, EXPR_OR, expr_not(both, in->arena, &err), in->items[0]), count, &items);
    assert_int_equal(items, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(and_or_and_not_have_the_truth_of_kleene),
        cmocka_unit_test(joins_of_none_and_one_are_what_they_must_be),
        cmocka_unit_test(what_is_known_of_a_part_is_true_of_the_whole),
        cmocka_unit_test(items_are_known_by_all_the_members_they_look_at),
        cmocka_unit_test(each_item_is_taken_once_per_place),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
