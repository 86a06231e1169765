#include "planner/catalog.h"

#include <string.h>

#include "decode/field.h"

enum { HIDDEN_MAX = 16, NAME_BYTES = 128 };

/* The tables of catalog_table.h. */
static const struct {
    const char *name, *source, *comment, *columns;
} TABLES[] = {
#define TABLE(table, from, words, fields) {#table, from, words, "row(" fields ")"},
#include "planner/catalog_table.h"
#undef TABLE
};

enum { TABLE_COUNT = sizeof TABLES / sizeof *TABLES };

/* Columns that are found by name only; those of `cloudtrail_logs` are its view's. */
static const struct {
    const char *table, *name, *engine_name;
    TypeKind type;
} HIDDEN[] = {
    {"cloudtrail", "$path", "filename", TYPE_VARCHAR},
    {"cloudtrail", "$partition", "partition", TYPE_VARCHAR},
    {"cloudtrail_logs", "$path", "filename", TYPE_VARCHAR},
    {"cloudtrail_logs", "$partition", "partition", TYPE_VARCHAR},
    {"cloudtrail_logs", "$eventtime", "$eventtime", TYPE_TIMESTAMP},
    {"cloudtrail_logs", "$useridentity", "$useridentity", TYPE_UNKNOWN},
    {"cloudtrail_logs", "$tlsdetails", "$tlsdetails", TYPE_UNKNOWN},
    {"cloudtrail_logs", "accesskey_id", "accesskey_id", TYPE_VARCHAR},
    {"cloudtrail_logs", "principal_arn", "principal_arn", TYPE_VARCHAR},
    {"cloudtrail_logs", "session_issuer_arn", "session_issuer_arn", TYPE_VARCHAR},
    {"cloudtrail_lake", "$path", "filename", TYPE_VARCHAR},
    {"cloudtrail_lake", "accesskey_id", "accesskey_id", TYPE_VARCHAR},
    {"cloudtrail_lake", "principal_arn", "principal_arn", TYPE_VARCHAR},
    {"cloudtrail_lake", "session_issuer_arn", "session_issuer_arn", TYPE_VARCHAR},
    /* What partitioned tables have ("athena", section 1, Variants). */
    {"cloudtrail_logs", "account", "recipientaccountid", TYPE_VARCHAR},
    {"cloudtrail_logs", "region", "awsregion", TYPE_VARCHAR},
    {"cloudtrail_logs", "year", "year", TYPE_VARCHAR},
    {"cloudtrail_logs", "month", "month", TYPE_VARCHAR},
    {"cloudtrail_logs", "day", "day", TYPE_VARCHAR},
    {"cloudtrail_logs", "timestamp", "timestamp", TYPE_VARCHAR},
};

/* CloudTrail Lake's columns ("athena", section 1.2): those of `cloudtrail`, free-form ones as maps,
 * beside which "$name" is the text that the map is made of. */
static const struct {
    const char *name, *raw; /* NULL: no map */
} LAKE[] = {
    {"eventversion", NULL},
    {"useridentity", NULL},
    {"eventtime", NULL},
    {"eventsource", NULL},
    {"eventname", NULL},
    {"awsregion", NULL},
    {"sourceipaddress", NULL},
    {"useragent", NULL},
    {"errorcode", NULL},
    {"errormessage", NULL},
    {"requestparameters", "$requestparameters"},
    {"responseelements", "$responseelements"},
    {"additionaleventdata", "$additionaleventdata"},
    {"requestid", NULL},
    {"eventid", NULL},
    {"readonly", NULL},
    {"resources", NULL},
    {"eventtype", NULL},
    {"apiversion", NULL},
    {"managementevent", NULL},
    {"recipientaccountid", NULL},
    {"sharedeventid", NULL},
    {"vpcendpointid", NULL},
    {"vpcendpointaccountid", NULL},
    {"serviceeventdetails", "$serviceeventdetails"},
    {"addendum", "$addendum"},
    {"edgedevicedetails", "$edgedevicedetails"},
    {"insightdetails", "$insightdetails"},
    {"eventcategory", NULL},
    {"tlsdetails", NULL},
    {"sessioncredentialfromconsole", NULL},
};

enum { LAKE_COUNT = sizeof LAKE / sizeof *LAKE };

static const Type *leaf_type(FieldType type)
{
    static const TypeKind KINDS[] = {
        [FIELD_STRING] = TYPE_VARCHAR, [FIELD_JSON] = TYPE_VARCHAR, [FIELD_BOOL] = TYPE_BOOLEAN,
        [FIELD_TIME] = TYPE_TIMESTAMP, [FIELD_INT] = TYPE_INTEGER,  [FIELD_LONG] = TYPE_BIGINT};
    return type == FIELD_TIME ? type_moment() : type_simple(KINDS[type]);
}

/* Stored times are UTC. */
static const Type *stored_type(const Type *type)
{
    return type->kind == TYPE_TIMESTAMP ? type_moment() : type;
}

/* The type of a node of the decoder's table; at most FIELD_COUNT deep. */
static const Type *node_type(FieldNode node, Arena *arena, Error *err)
{
    const Type *parts[FIELD_COUNT];
    Str names[FIELD_COUNT];
    uint32_t count = 0;
    if (field_is_leaf(node))
        return leaf_type(FIELDS[node].type);
    if (FIELDS[node].type == FIELD_LIST) {
        const Type *element = node_type((FieldNode)(node + 1), arena, err);
        return element ? type_array(arena, element, err) : NULL;
    }
    for (int child = node + 1; child < FIELD_COUNT; child++) {
        if (FIELDS[child].parent != node)
            continue;
        names[count] = FIELDS[child].column;
        parts[count] = node_type((FieldNode)child, arena, err);
        if (!parts[count++])
            return NULL;
    }
    return type_of_parts(arena, TYPE_ROW, parts, names, count, err);
}

static void add_hidden(CatalogTable *table, CatalogColumn *columns)
{
    for (size_t i = 0; i < sizeof HIDDEN / sizeof *HIDDEN; i++)
        if (str_equal(table->name, str_of(HIDDEN[i].table)))
            columns[table->count++] =
                (CatalogColumn){str_of(HIDDEN[i].name), stored_type(type_simple(HIDDEN[i].type)),
                                CATALOG_HIDDEN, str_of(HIDDEN[i].engine_name)};
}

static bool add_cloudtrail(CatalogTable *table, Arena *arena, Error *err)
{
    CatalogColumn *columns = arena_calloc(arena, FIELD_COUNT + HIDDEN_MAX, sizeof *columns, err);
    if (!columns)
        return false;
    *table = (CatalogTable){.name = STR("cloudtrail"),
                            .source = STR("cloudtrail"),
                            .comment = STR("the records, typed"),
                            .columns = columns};
    for (int node = 0; node < FIELD_COUNT; node++) {
        if (FIELDS[node].parent != F_ROOT)
            continue;
        const Type *type = node_type((FieldNode)node, arena, err);
        if (!type)
            return false;
        columns[table->count++] =
            (CatalogColumn){FIELDS[node].column, type, 0, FIELDS[node].column};
    }
    add_hidden(table, columns);
    return true;
}

/* `cloudtrail_lake`, out of the columns of *records*. */
static bool add_lake(CatalogTable *table, const CatalogTable *records, Arena *arena, Error *err)
{
    CatalogColumn *columns = arena_calloc(arena, 2 * LAKE_COUNT + HIDDEN_MAX, sizeof *columns, err);
    const Type *map = columns ? type_read(STR("map(varchar, varchar)"), arena, err) : NULL;
    if (!map)
        return false;
    *table = (CatalogTable){.name = STR("cloudtrail_lake"),
                            .source = STR("cloudtrail"),
                            .comment = STR("the records as an event data store of CloudTrail Lake "
                                           "has them; its id is a name for it"),
                            .columns = columns};
    for (size_t i = 0; i < LAKE_COUNT; i++) {
        Str name = str_of(LAKE[i].name);
        const Type *type = LAKE[i].raw ? map : catalog_column(records, name)->type;
        columns[table->count++] = (CatalogColumn){name, type, 0, name};
    }
    columns[table->count++] =
        (CatalogColumn){STR("eventjson"), type_simple(TYPE_VARCHAR), 0, STR("eventjson")};
    for (size_t i = 0; i < LAKE_COUNT; i++)
        if (LAKE[i].raw)
            columns[table->count++] =
                (CatalogColumn){str_of(LAKE[i].raw), type_simple(TYPE_VARCHAR), CATALOG_HIDDEN,
                                str_of(LAKE[i].raw)};
    add_hidden(table, columns);
    return true;
}

static bool add_listed(CatalogTable *table, size_t index, Arena *arena, Error *err)
{
    const Type *row = type_read(str_of(TABLES[index].columns), arena, err);
    CatalogColumn *columns =
        row ? arena_calloc(arena, row->count + HIDDEN_MAX, sizeof *columns, err) : NULL;
    if (!columns)
        return false;
    *table = (CatalogTable){.name = str_of(TABLES[index].name),
                            .source = str_of(TABLES[index].source),
                            .comment = str_of(TABLES[index].comment),
                            .columns = columns};
    for (uint32_t i = 0; i < row->count; i++) {
        bool iso = table->source.len && str_equal(row->names[i], STR("eventtime"));
        columns[table->count++] = (CatalogColumn){row->names[i], stored_type(row->parts[i]),
                                                  iso ? CATALOG_ISO_TIME : 0, row->names[i]};
    }
    add_hidden(table, columns);
    return true;
}

const Catalog *catalog_new(Arena *arena, Error *err)
{
    Catalog *catalog = arena_calloc(arena, 1, sizeof *catalog, err);
    CatalogTable *tables =
        catalog ? arena_calloc(arena, TABLE_COUNT + 2, sizeof *tables, err) : NULL;
    if (!tables || !add_cloudtrail(&tables[0], arena, err) ||
        !add_lake(&tables[1], &tables[0], arena, err))
        return NULL;
    for (size_t i = 0; i < TABLE_COUNT; i++)
        if (!add_listed(&tables[i + 2], i, arena, err))
            return NULL;
    catalog->tables = tables;
    catalog->count = TABLE_COUNT + 2;
    return catalog;
}

const CatalogTable *catalog_find(const Catalog *catalog, Str name)
{
    for (size_t i = 0; i < catalog->count; i++)
        if (str_equal_nocase(catalog->tables[i].name, name))
            return &catalog->tables[i];
    return NULL;
}

const CatalogColumn *catalog_column(const CatalogTable *table, Str name)
{
    for (size_t i = 0; i < table->count; i++)
        if (str_equal_nocase(table->columns[i].name, name))
            return &table->columns[i];
    return NULL;
}

const CatalogColumn *catalog_hoisted(const CatalogTable *table, Str path)
{
    enum { PATH_BYTES = 128 };
    char source[PATH_BYTES];
    for (int node = 0; table->source.len && node < FIELD_COUNT; node++) {
        FieldNode copied = field_source((FieldNode)node);
        if (copied == (FieldNode)node)
            continue;
        size_t len = field_path(copied, source, sizeof source);
        if (str_equal_nocase((Str){source, len}, path))
            return catalog_column(table, FIELDS[node].column);
    }
    return NULL;
}

const CatalogColumn *catalog_raw(const CatalogTable *table, Str name)
{
    char raw[NAME_BYTES];
    if (name.len + 1 > sizeof raw)
        return NULL;
    raw[0] = '$';
    memcpy(raw + 1, name.ptr, name.len);
    return catalog_column(table, (Str){raw, name.len + 1});
}
