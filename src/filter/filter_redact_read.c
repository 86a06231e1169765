/* What a filter hides, out of a document of YAML. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "filter/filter_set_state.h"
#include "redact/redact_detector.h"

enum { KEEP_MAX = 1000000, WHY_BYTES = 400 };

/* What is read, and where. */
typedef struct Reading {
    FilterSet *set;
    const char *file;
    Error *err;
    Redaction *redaction;
    const Yaml *in;   /* the member that says where detectors look; NULL: none */
    const Yaml *with; /* and what is done; NULL: none yet */
    const Yaml *keep; /* and how much stays; NULL: none */
} Reading;

static __attribute__((format(printf, 3, 4))) bool fail(const Reading *in, const Yaml *at,
                                                       const char *format, ...)
{
    char why[WHY_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    return error_set(in->err, ERROR_INPUT, "%s:%u: %s", in->file, at->line, why);
}

static bool wrong(const Reading *in, const Yaml *node, const char *expected)
{
    return yaml_wrong(node, in->file, expected, in->err);
}

/* Calls *take* for a text, or for each of a list. */
static bool each_text(Reading *in, const Yaml *node, const char *expected,
                      bool (*take)(Reading *in, const Yaml *item))
{
    if (yaml_is_scalar(node))
        return take(in, node);
    if (node->kind != YAML_LIST || !node->first)
        return wrong(in, node, expected);
    bool ok = true;
    for (const Yaml *item = node->first; ok && item; item = item->next)
        ok = yaml_is_scalar(item) ? take(in, item) : wrong(in, item, expected);
    return ok;
}

/* ---- paths ---- */

/* A path begins with a member of the record, or goes as deep as need be. */
static bool check_path(const Reading *in, const Yaml *item, const RedactPath *path)
{
    const RedactStep *first = &path->steps[0];
    if (first->kind == REDACT_ANY)
        return fail(in, item,
                    "path '%.*s': expected the name of a member of the record, or '**', "
                    "in front",
                    STR_ARG(path->text));
    if (first->kind == REDACT_NAME && redaction_is_fixed(first->name))
        return fail(in, item,
                    "path '%.*s': %.*s is what records are found and told apart by, and is stored "
                    "as it is",
                    STR_ARG(path->text), STR_ARG(first->name));
    return true;
}

static bool take_path(Reading *in, const Yaml *item)
{
    Error why = {0};
    RedactPath path;
    Redaction *redaction = in->redaction;
    RedactPath *paths =
        arena_alloc(in->set->arena, (redaction->path_count + 1) * sizeof *paths, in->err);
    if (!paths)
        return false;
    if (!redact_path_read(item->text, in->set->arena, &path, &why))
        return fail(in, item, "%s", why.text);
    if (redaction->path_count == REDACT_PATHS_MAX)
        return fail(in, item, "at most %d paths", REDACT_PATHS_MAX);
    if (redaction->path_count)
        memcpy(paths, redaction->paths, redaction->path_count * sizeof *paths);
    paths[redaction->path_count++] = path;
    redaction->paths = paths;
    return check_path(in, item, &path);
}

static bool read_paths(Reading *in, const Yaml *node)
{
    return each_text(in, node, "a path such as requestParameters.password, or a list of them",
                     take_path);
}

/* ---- detectors ---- */

static bool take_detector(Reading *in, const Yaml *item)
{
    RedactDetector detector;
    if (!redact_detector_named(item->text, &detector))
        return wrong(in, item,
                     "access-key, secret-key, private-key, token, email, card or "
                     "resident-registration-number");
    in->redaction->detectors |= DETECTOR_BIT(detector);
    return true;
}

static bool read_detect(Reading *in, const Yaml *node)
{
    return each_text(in, node, "detectors, such as [access-key, email]", take_detector);
}

static bool take_member(Reading *in, const Yaml *item)
{
    Slot slot = slot_of_member(item->text);
    if (slot == SLOT_NONE || redaction_is_fixed(item->text))
        return wrong(in, item, "members with free text, such as requestParameters or errorMessage");
    in->redaction->looks |= SLOT_BIT(slot);
    return true;
}

static bool read_in(Reading *in, const Yaml *node)
{
    in->in = node;
    return each_text(in, node, "a member of the record, or a list of them", take_member);
}

/* ---- what is done ---- */

static bool read_with(Reading *in, const Yaml *node)
{
    in->with = node;
    for (int verb = 0; yaml_is_scalar(node) && verb < REDACT_VERBS; verb++)
        if (str_equal(node->text, str_of(redact_verb_name((RedactVerb)verb)))) {
            in->redaction->action.verb = (RedactVerb)verb;
            return true;
        }
    return wrong(in, node, "remove, mask, truncate or hash");
}

static bool read_keep(Reading *in, const Yaml *node)
{
    in->keep = node;
    if (node->kind != YAML_INTEGER || node->integer < 0 || node->integer > KEEP_MAX)
        return wrong(in, node, "how many characters stay, 0 to 1000000");
    in->redaction->action.keep = (uint32_t)node->integer;
    return true;
}

static const struct {
    const char *name;
    bool (*read)(Reading *in, const Yaml *node);
} MEMBERS[] = {{"paths", read_paths},
               {"detect", read_detect},
               {"in", read_in},
               {"with", read_with},
               {"keep", read_keep}};

static bool read_member(Reading *in, const Yaml *member)
{
    for (size_t i = 0; i < sizeof MEMBERS / sizeof *MEMBERS; i++)
        if (str_equal(member->name, str_of(MEMBERS[i].name)))
            return MEMBERS[i].read(in, member);
    return fail(in, member,
                "'%.*s' is no member of redact: expected paths, detect, in, with or keep",
                STR_ARG(str_slice(member->name, 0, 80)));
}

static bool check(const Reading *in, const Yaml *node)
{
    bool truncates = in->with && in->redaction->action.verb == REDACT_TRUNCATE;
    if (!in->redaction->path_count && !in->redaction->detectors)
        return fail(in, node, "redact: expected paths, detect, or both");
    if (!in->with)
        return fail(in, node, "redact: expected with: remove, mask, truncate or hash");
    if (in->in && !in->redaction->detectors)
        return fail(in, in->in, "in: it says where detectors look, and there are none");
    if (truncates != (in->keep != NULL))
        return fail(in, in->keep ? in->keep : in->with,
                    "truncate needs keep, how many characters stay, which no other verb has");
    return true;
}

bool filter_redact_read(FilterSet *set, const Yaml *node, const char *file, Redaction *ret,
                        Error *err)
{
    Reading in = {.set = set, .file = file, .err = err, .redaction = ret};
    bool ok = node->kind == YAML_MAP;
    *ret = (Redaction){.path_count = 0};
    if (!ok)
        return wrong(&in, node, "paths or detect, and with");
    for (const Yaml *member = node->first; ok && member; member = member->next)
        ok = read_member(&in, member);
    if (ok && !in.in && ret->detectors)
        ret->looks =
            SLOT_BIT(S_REQUEST_PARAMETERS) | SLOT_BIT(S_RESPONSE_ELEMENTS) | SLOT_BIT(S_USER_AGENT);
    return ok && check(&in, node);
}
