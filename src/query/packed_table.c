#include "query/packed_table.h"

#include "base/arena.h"
#include "base/mem.h"
#include "lake/signal_pack.h"

enum { ARENA_BYTES_MAX = 512 << 20, RULE_TEXTS = 4, COLUMN_MAX = 19 };

/* What a rule gives to its signals: id, version, title, level. */
typedef struct RuleTextsOf {
    Str texts[RULE_TEXTS];
} RuleTextsOf;

struct PackedTable {
    Db *db;
    Arena *arena;
    RuleTextsOf *rules; /* by their row in the state */
    int64_t rules_end;
    PackReader *reader; /* of the pack under way; NULL: none */
    int64_t pack, commit_seq;
    PackedSignal signal;
};

static bool read_rule(PackedTable *table, DbStatement *row, Error *err)
{
    int64_t id = db_int(row, 0);
    for (int i = 0; i < RULE_TEXTS; i++) {
        Str text = db_text(row, 1 + i);
        const char *copy = arena_text(table->arena, text, err);
        if (!copy)
            return false;
        table->rules[id].texts[i] = (Str){copy, text.len};
    }
    return true;
}

static bool read_rules(PackedTable *table, Error *err)
{
    bool row = true;
    if (!db_get_int(table->db, "SELECT max(id) + 1 FROM rules", 1, &table->rules_end, err))
        return false;
    table->rules = arena_calloc(table->arena, (size_t)table->rules_end, sizeof *table->rules, err);
    DbStatement *select =
        table->rules
            ? db_statement(table->db, "SELECT id, rule_id, version, title, level FROM rules", err)
            : NULL;
    if (!select)
        return false;
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (db_int(select, 0) < table->rules_end && !read_rule(table, select, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

PackedTable *packed_table_open(Db *db, Error *err)
{
    PackedTable *table = mem_calloc(1, sizeof *table, err);
    if (!table)
        return NULL;
    table->db = db;
    table->arena = arena_new(ARENA_BYTES_MAX, err);
    if (table->arena && read_rules(table, err))
        return table;
    packed_table_close(table);
    return NULL;
}

void packed_table_close(PackedTable *table)
{
    if (!table)
        return;
    signal_pack_close(table->reader);
    arena_free(table->arena);
    mem_free(table);
}

/* Opens the pack behind the one under way; *ret_row is false when that was the last. */
static bool next_pack(PackedTable *table, bool *ret_row, Error *err)
{
    DbStatement *select =
        db_statement(table->db,
                     "SELECT id, commit_seq, bytes FROM signal_packs WHERE id > ? ORDER BY id"
                     " LIMIT 1",
                     err);
    signal_pack_close(table->reader);
    table->reader = NULL;
    if (!select)
        return false;
    db_bind_int(select, 1, table->pack);
    if (!db_next(select, ret_row, err))
        return false;
    if (!*ret_row)
        return true;
    table->pack = db_int(select, 0);
    table->commit_seq = db_int(select, 1);
    table->reader = signal_pack_open(db_blob(select, 2), err);
    db_reset(select);
    return table->reader != NULL;
}

bool packed_table_next(PackedTable *table, bool *ret_row, Error *err)
{
    *ret_row = true;
    for (;;) {
        while (table->reader && signal_pack_next(table->reader, &table->signal))
            if (!table->signal.shown)
                return true;
        if (!next_pack(table, ret_row, err))
            return false;
        if (!*ret_row)
            return true;
    }
}

static StateValue number(int64_t value)
{
    return (StateValue){.number = value};
}

static StateValue text(Str value)
{
    return (StateValue){.is_null = !value.ptr, .text = value};
}

static StateValue rule_text(const PackedTable *table, int index)
{
    int64_t rule = table->signal.rule;
    return text(rule >= 0 && rule < table->rules_end ? table->rules[rule].texts[index]
                                                     : (Str){NULL, 0});
}

StateValue packed_table_value(const PackedTable *table, int index)
{
    static const PackText TEXTS[] = {PACK_EVENT_ID,   PACK_EVENT_SOURCE, PACK_EVENT_NAME,
                                     PACK_AWS_REGION, PACK_ACCOUNT,      PACK_PRINCIPAL,
                                     PACK_ADDRESS,    PACK_ERROR_CODE};
    const PackedSignal *signal = &table->signal;
    if (index == 0)
        return number(table->pack << PACK_PLACE_BITS | signal->place);
    if (index <= RULE_TEXTS)
        return rule_text(table, index - 1);
    if (index >= 7 && index < 15)
        return text(signal->texts[TEXTS[index - 7]]);
    const StateValue others[] = {
        [5] = text(STR("silent")),        [6] = number(signal->time_us),
        [15] = number(signal->object_id), [16] = number(signal->record_index),
        [17] = number(table->commit_seq), [18] = text(signal->texts[PACK_GROUP_BY])};
    return index < COLUMN_MAX ? others[index] : (StateValue){.is_null = true};
}
