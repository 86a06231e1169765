/* Relations: tables, derived ones, joins and their aliases. */
#include <string.h>

#include "planner/names_scope.h"

NamesRelation *names_derived(Names *names, const NamesOutput *output)
{
    NamesRelation *relation = arena_calloc(names->arena, 1, sizeof *relation, names->err);
    NamesColumn *columns =
        relation ? arena_calloc(names->arena, output->count + 1, sizeof *columns, names->err)
                 : NULL;
    if (!columns)
        return NULL;
    *relation = (NamesRelation){.name = {"", 0}, .number = ++names->relations, .columns = columns};
    relation->count = output->count;
    for (uint32_t i = 0; i < output->count; i++)
        columns[i] = (NamesColumn){.name = output->columns[i].name,
                                   .type = output->columns[i].type,
                                   .sql = names_text(names, "r%u.\"c%u\"", relation->number, i + 1),
                                   .relation = relation};
    return relation;
}

bool names_rename(Names *names, NamesRelation *relation, const Ast *columns)
{
    if (!columns)
        return true;
    NamesColumn *renamed =
        arena_alloc(names->arena, (relation->count + 1) * sizeof *renamed, names->err);
    if (!renamed)
        return false;
    uint32_t shown = 0;
    for (uint32_t i = 0; i < relation->count; i++)
        if (!(relation->columns[i].flags & CATALOG_HIDDEN))
            renamed[shown++] = relation->columns[i];
    if (columns->count != shown)
        return names_fail(names, columns->place, "%u names are given for %u columns",
                          columns->count, shown);
    uint32_t i = 0;
    for (const Ast *name = columns->first; name; name = name->next)
        renamed[i++].name = name->text;
    relation->columns = renamed;
    relation->count = shown;
    return true;
}

/* A reference to a name of WITH. */
static NamesRelation *cte_reference(Names *names, const NamesCte *cte)
{
    const NamesOutput output = {cte->relation->columns, cte->relation->count, 0};
    NamesRelation *relation = names_derived(names, &output);
    if (!relation)
        return NULL;
    relation->name = cte->name;
    relation->cte = cte->relation;
    return relation;
}

/* Names that AWS's console gives to the table of a bucket are the table itself, and the id of an
 * event data store, whichever, is what CloudTrail Lake has. */
static const CatalogTable *find_table(const Catalog *catalog, Str name)
{
    const CatalogTable *table = catalog_find(catalog, name);
    Str logs = STR("cloudtrail_logs");
    if (!table && place_is_uuid(name))
        return catalog_find(catalog, STR("cloudtrail_lake"));
    if (!table && name.len > logs.len + 1 && name.ptr[logs.len] == '_' &&
        str_equal_nocase(str_slice(name, 0, logs.len), logs))
        table = catalog_find(catalog, logs);
    return table;
}

static bool unknown_table(Names *names, const Ast *path, Str name)
{
    char quoted[PLACE_QUOTE_BYTES];
    const Catalog *catalog = names->input->catalog;
    place_quote(name, quoted);
    for (size_t i = 0; i < catalog->count; i++)
        if (str_distance(catalog->tables[i].name, name) <= 3)
            return names_fail(names, path->place, "table '%s' does not exist; did you mean '%.*s'?",
                              quoted, STR_ARG(catalog->tables[i].name));
    return names_fail(names, path->place, "table '%s' does not exist; SHOW TABLES lists them",
                      quoted);
}

static bool note_scan(Names *names, NamesRelation *relation, Place place)
{
    if (names->scans == names->scan_cap) {
        uint32_t cap = names->scan_cap ? 2 * names->scan_cap : 8;
        NamesScan *grown = arena_alloc(names->arena, cap * sizeof *grown, names->err);
        if (!grown)
            return false;
        if (names->scans)
            memcpy(grown, names->scan_list, names->scans * sizeof *grown);
        names->scan_list = grown;
        names->scan_cap = cap;
    }
    names->scan_list[names->scans] = (NamesScan){relation->table, names->scans + 1, place};
    relation->scan = ++names->scans;
    return true;
}

static void note_table(Names *names, const CatalogTable *table)
{
    for (uint32_t i = 0; i < names->table_count; i++)
        if (names->tables[i] == table)
            return;
    names->tables[names->table_count++] = table;
}

static NamesRelation *table_relation(Names *names, const CatalogTable *table, Place place)
{
    NamesRelation *relation = arena_calloc(names->arena, 1, sizeof *relation, names->err);
    NamesColumn *columns =
        relation ? arena_calloc(names->arena, table->count + 1, sizeof *columns, names->err) : NULL;
    if (!columns)
        return NULL;
    *relation = (NamesRelation){.name = table->name,
                                .number = ++names->relations,
                                .table = table,
                                .columns = columns,
                                .count = (uint32_t)table->count};
    for (uint32_t i = 0; i < relation->count; i++)
        columns[i] = (NamesColumn){.name = table->columns[i].name,
                                   .type = table->columns[i].type,
                                   .sql = names_text(names, "r%u.\"%.*s\"", relation->number,
                                                     STR_ARG(table->columns[i].engine_name)),
                                   .flags = table->columns[i].flags,
                                   .relation = relation};
    note_table(names, table);
    return table->source.len && !note_scan(names, relation, place) ? NULL : relation;
}

/* Names before the table's own: a database, and a catalog before it. */
static bool check_schema(Names *names, const Ast *path)
{
    static const char *const SCHEMAS[] = {"default", "spoor"};
    static const char *const CATALOGS[] = {"awsdatacatalog", "spoor"};
    char quoted[PLACE_QUOTE_BYTES];
    const Ast *catalog = path->count == 3 ? path->first : NULL;
    const Ast *schema = path->count == 1 ? NULL : ast_child(path, path->count - 2);
    if (path->count > 3)
        return names_fail(names, path->place, "a table's name has at most three parts");
    for (int i = 0; i < 2 && schema; i++)
        if (str_equal_nocase(schema->text, str_of(SCHEMAS[i])))
            schema = NULL;
    for (int i = 0; i < 2 && catalog; i++)
        if (str_equal_nocase(catalog->text, str_of(CATALOGS[i])))
            catalog = NULL;
    if (!schema && !catalog)
        return true;
    place_quote(schema ? schema->text : catalog->text, quoted);
    return names_fail(names, path->place, "%s '%s' does not exist: the tables are in 'default'",
                      schema ? "database" : "catalog", quoted);
}

NamesRelation *names_relation_table(Names *names, Ast *path)
{
    Str name = path->last->text;
    for (const NamesCte *cte = path->count == 1 ? names->ctes : NULL; cte; cte = cte->outer)
        if (str_equal_nocase(cte->name, name))
            return cte_reference(names, cte);
    if (!check_schema(names, path))
        return NULL;
    const CatalogTable *table = find_table(names->input->catalog, name);
    if (!table) {
        unknown_table(names, path, name);
        return NULL;
    }
    NamesRelation *relation = table_relation(names, table, path->place);
    if (relation)
        relation->name = name;
    return relation;
}

/* Binds a relation that is no join, without adding it to the scope; *alias* as for names_unnest. */
static NamesRelation *bind_single(Names *names, Ast *node, const Ast *alias,
                                  const NamesScope *scope)
{
    NamesRelation *relation = NULL;
    const NamesOutput *output;
    switch (node->kind) {
    case AST_TABLE:
        if (node->count > 1) {
            names_fail(names, node->last->place, "FOR ... AS OF is not supported");
            return NULL;
        }
        relation = names_relation_table(names, node->first);
        break;
    case AST_DERIVED:
    case AST_LATERAL:
        output = names_query(names, node->first, node->kind == AST_LATERAL ? scope : scope->outer);
        relation = output ? names_derived(names, output) : NULL;
        break;
    case AST_UNNEST:
        relation = names_unnest(names, node, alias, scope);
        break;
    case AST_SAMPLE:
        relation = bind_single(names, node->first, alias, scope);
        if (relation && !names_expression(names, node->last, NULL))
            return NULL;
        break;
    case AST_ALIAS: {
        const Ast *columns = ast_find(node, AST_COLUMNS);
        relation = bind_single(names, node->first, columns, scope);
        if (!relation || !names_rename(names, relation, columns))
            return NULL;
        relation->name = ast_find(node, AST_NAME)->text;
        break;
    }
    default:
        names_fail(names, node->place, "a join in parentheses cannot have an alias");
    }
    node->bound = relation;
    return relation;
}

bool names_relation(Names *names, Ast *node, NamesScope *scope)
{
    if (node->kind == AST_JOIN)
        return names_join(names, node, scope);
    const NamesRelation *relation = bind_single(names, node, NULL, scope);
    return relation && names_scope_add(names, scope, relation);
}
