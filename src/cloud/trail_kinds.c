#include "cloud/trail_kinds.h"

#include "base/mem.h"

enum { NAMES_MAX = 256, WORDS_BYTES_MAX = 1 << 16 };

/* What a selector takes of one category. */
typedef struct Selector {
    Str category;
    bool reads, writes;
    bool narrow;          /* it asks for more than what is here */
    const Json *names;    /* types of resources, or services; NULL: it names none */
    const Json *excluded; /* services */
} Selector;

/* Types of resources or services that are logged, and whether all of their events are. */
typedef struct Names {
    struct Name {
        Str name;
        bool reads, writes, some;
    } list[NAMES_MAX];
    int count;
} Names;

/* What of management events is logged: of services in general, and of those that may be left out.
 */
enum { SOURCE_ANY, SOURCE_KMS, SOURCE_RDS_DATA, SOURCE_COUNT };

static const Str SOURCES[SOURCE_COUNT] = {
    [SOURCE_KMS] = {"kms.amazonaws.com", 17}, [SOURCE_RDS_DATA] = {"rdsdata.amazonaws.com", 21}};

typedef struct Kinds {
    struct Managed {
        bool reads, writes, some;
    } managed[SOURCE_COUNT];
    Names data, network;
    bool call_rates, error_rates;
    Error *err;
    bool ok;
} Kinds;

static bool has(const Json *values, Str text)
{
    for (const Json *at = values ? values->first : NULL; at; at = at->next)
        if (str_equal(json_text(at, STR("")), text))
            return true;
    return false;
}

/* ---- selectors ---- */

static void take_read_only(Selector *selector, const Json *field)
{
    const Json *equals = json_member(field, STR("Equals"));
    const Json *differs = json_member(field, STR("NotEquals"));
    selector->reads = !has(differs, STR("true")) && (!equals || has(equals, STR("true")));
    selector->writes = !has(differs, STR("false")) && (!equals || has(equals, STR("false")));
}

/* A field of an advanced selector; what is not known here narrows it. */
static void take_field(Selector *selector, const Json *field)
{
    Str name = json_text(json_member(field, STR("Field")), STR(""));
    const Json *equals = json_member(field, STR("Equals"));
    bool only_equals = equals && field->count == 2;
    if (str_equal(name, STR("eventCategory")))
        selector->category = json_text(equals ? equals->first : NULL, STR(""));
    else if (str_equal(name, STR("readOnly")))
        take_read_only(selector, field);
    else if (str_equal(name, STR("resources.type")) && only_equals)
        selector->names = equals;
    else if (str_equal(name, STR("eventSource")) && json_member(field, STR("NotEquals")) &&
             field->count == 2)
        selector->excluded = json_member(field, STR("NotEquals"));
    else if (str_equal(name, STR("eventSource")) && only_equals)
        selector->names = equals;
    else
        selector->narrow = true;
}

static void add_name(Kinds *kinds, Names *names, const Selector *selector, Str name)
{
    int at = 0;
    while (at < names->count && !str_equal(names->list[at].name, name))
        at++;
    if (at == NAMES_MAX) {
        kinds->ok = error_set(kinds->err, ERROR_LIMIT,
                              "selectors name more than %d types or services", NAMES_MAX);
        return;
    }
    if (at == names->count)
        names->list[names->count++] = (struct Name){.name = name};
    names->list[at].some = true;
    names->list[at].reads |= selector->reads && !selector->narrow;
    names->list[at].writes |= selector->writes && !selector->narrow;
}

/* Whether it leaves out a service that is not told by itself. */
static bool excludes_others(const Selector *selector)
{
    for (const Json *at = selector->excluded ? selector->excluded->first : NULL; at; at = at->next)
        if (!str_equal(json_text(at, STR("")), SOURCES[SOURCE_KMS]) &&
            !str_equal(json_text(at, STR("")), SOURCES[SOURCE_RDS_DATA]))
            return true;
    return false;
}

static void add_management(Kinds *kinds, const Selector *selector)
{
    bool whole = !selector->narrow && !selector->names && !excludes_others(selector);
    for (int i = 0; i < SOURCE_COUNT; i++) {
        struct Managed *managed = &kinds->managed[i];
        if (has(selector->excluded, SOURCES[i]) ||
            (i != SOURCE_ANY && selector->names && !has(selector->names, SOURCES[i])))
            continue;
        managed->some = true;
        managed->reads |= whole && selector->reads;
        managed->writes |= whole && selector->writes;
    }
}

static void add_selector(Kinds *kinds, const Selector *selector)
{
    bool data = str_equal(selector->category, STR("Data"));
    if (str_equal(selector->category, STR("Management")))
        add_management(kinds, selector);
    else if (data || str_equal(selector->category, STR("NetworkActivity")))
        for (const Json *at = selector->names ? selector->names->first : NULL; at; at = at->next)
            add_name(kinds, data ? &kinds->data : &kinds->network, selector,
                     json_text(at, STR("")));
}

static void add_advanced(Kinds *kinds, const Json *answer)
{
    const Json *selectors = json_member(answer, STR("AdvancedEventSelectors"));
    for (const Json *at = selectors ? selectors->first : NULL; at; at = at->next) {
        const Json *fields = json_member(at, STR("FieldSelectors"));
        Selector selector = {.reads = true, .writes = true};
        for (const Json *field = fields ? fields->first : NULL; field; field = field->next)
            take_field(&selector, field);
        add_selector(kinds, &selector);
    }
}

/* Whether a value of the older selectors is a whole service, as "arn:aws:s3" and "arn:aws:lambda".
 */
static bool is_whole(Str value)
{
    int colons = 0;
    while (value.len && value.ptr[value.len - 1] == ':')
        value.len--;
    for (size_t i = 0; i < value.len; i++)
        colons += value.ptr[i] == ':';
    return colons <= 2;
}

static void add_resources(Kinds *kinds, Selector selector, const Json *resource)
{
    const Json *values = json_member(resource, STR("Values"));
    selector.narrow = true;
    for (const Json *at = values ? values->first : NULL; at; at = at->next)
        if (is_whole(json_text(at, STR(""))))
            selector.narrow = false;
    add_name(kinds, &kinds->data, &selector,
             json_text(json_member(resource, STR("Type")), STR("")));
}

static void add_basic(Kinds *kinds, const Json *answer)
{
    const Json *selectors = json_member(answer, STR("EventSelectors"));
    for (const Json *at = selectors ? selectors->first : NULL; at; at = at->next) {
        const Json *managed = json_member(at, STR("IncludeManagementEvents"));
        const Json *resources = json_member(at, STR("DataResources"));
        Str type = json_text(json_member(at, STR("ReadWriteType")), STR("All"));
        Selector selector = {.category = STR("Management"),
                             .reads = !str_equal(type, STR("WriteOnly")),
                             .writes = !str_equal(type, STR("ReadOnly")),
                             .excluded = json_member(at, STR("ExcludeManagementEventSources"))};
        if (!managed || managed->type != JSON_FALSE)
            add_management(kinds, &selector);
        for (const Json *one = resources ? resources->first : NULL; one; one = one->next)
            add_resources(kinds, selector, one);
    }
}

static void add_insights(Kinds *kinds, const Json *answer)
{
    const Json *selectors = json_member(answer, STR("InsightSelectors"));
    for (const Json *at = selectors ? selectors->first : NULL; at; at = at->next) {
        Str type = json_text(json_member(at, STR("InsightType")), STR(""));
        kinds->call_rates |= str_equal(type, STR("ApiCallRateInsight"));
        kinds->error_rates |= str_equal(type, STR("ApiErrorRateInsight"));
    }
}

/* ---- telling ---- */

typedef struct Telling {
    TrailKindTell tell;
    void *context;
} Telling;

static void tell_managed(const Telling *to, const struct Managed *managed)
{
    static const Str READS = {"management events that only read", 32};
    static const Str WRITES = {"management events that change something", 39};
    static const Str OF_SOURCE[SOURCE_COUNT] = {
        [SOURCE_KMS] = {"management events of kms.amazonaws.com", 38},
        [SOURCE_RDS_DATA] = {"management events of rdsdata.amazonaws.com", 42}};
    TrailKindLeft left = managed->some ? TRAIL_KIND_PART : TRAIL_KIND_ALL;
    /* What is left out of all services is left out of these, too. */
    bool in_part = managed->reads || managed->writes;
    if (!managed->writes)
        to->tell(to->context, WRITES, in_part ? TRAIL_KIND_ALL : left);
    if (!managed->reads)
        to->tell(to->context, READS, in_part ? TRAIL_KIND_ALL : left);
    for (int i = SOURCE_ANY + 1; i < SOURCE_COUNT; i++) {
        const struct Managed *own = &managed[i];
        if ((managed->reads && !own->reads) || (managed->writes && !own->writes))
            to->tell(to->context, OF_SOURCE[i], own->some ? TRAIL_KIND_PART : TRAIL_KIND_ALL);
    }
}

/* *words* but for the names that are logged, and each of these of which only a part is. */
static bool tell_names(const Telling *to, const Names *names, const char *words, const char *all,
                       Error *err)
{
    BUF_AUTO Buf text = buf_init(WORDS_BYTES_MAX);
    if (!buf_printf(&text, err, "%s of %s", words, all))
        return false;
    for (int i = 0; i < names->count; i++)
        if (!buf_printf(&text, err, "%s%.*s", i ? ", " : " but ",
                        STR_ARG(str_slice(names->list[i].name, 0, 100))))
            return false;
    to->tell(to->context, buf_str(&text), TRAIL_KIND_ALL);
    for (int i = 0; i < names->count; i++) {
        const struct Name *name = &names->list[i];
        text.len = 0;
        if (!buf_printf(&text, err, "%s of %.*s", words, STR_ARG(str_slice(name->name, 0, 100))))
            return false;
        if (!name->reads || !name->writes)
            to->tell(to->context, buf_str(&text), TRAIL_KIND_PART);
    }
    return true;
}

static bool tell_kinds(const Telling *to, const Kinds *kinds, Error *err)
{
    tell_managed(to, kinds->managed);
    if (!tell_names(to, &kinds->data, "data events", "all types of resources", err) ||
        !tell_names(to, &kinds->network, "network activity", "all services", err))
        return false;
    if (!kinds->call_rates)
        to->tell(to->context, STR("insights into call rates"), TRAIL_KIND_ALL);
    if (!kinds->error_rates)
        to->tell(to->context, STR("insights into error rates"), TRAIL_KIND_ALL);
    return true;
}

static void add_trail(Kinds *kinds, const Json *trail, const Telling *to)
{
    const Json *selectors = json_member(trail, STR("selectors"));
    if (!selectors || json_member(selectors, STR("refused")))
        to->tell(to->context, json_text(json_member(trail, STR("arn")), STR("a trail")),
                 TRAIL_KIND_UNKNOWN);
    add_advanced(kinds, selectors);
    add_basic(kinds, selectors);
    add_insights(kinds, json_member(trail, STR("insights")));
}

bool trail_kinds(const Json *document, TrailKindTell tell, void *context, Error *err)
{
    const Json *trails = json_member(document, STR("trails"));
    const Telling to = {tell, context};
    if (!trails || trails->type != JSON_ARRAY || !trails->count)
        return error_set(err, ERROR_INPUT, "no trail is in the answers");
    MEM_AUTO Kinds *kinds = mem_calloc(1, sizeof *kinds, err);
    if (!kinds)
        return false;
    kinds->err = err;
    kinds->ok = true;
    for (const Json *trail = trails->first; trail; trail = trail->next)
        add_trail(kinds, trail, &to);
    return kinds->ok && tell_kinds(&to, kinds, err);
}
