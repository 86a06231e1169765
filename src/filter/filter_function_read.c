/* A function of the operator, out of a document of YAML and the files that it names. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "filter/filter_set_state.h"

enum { PATH_BYTES_MAX = 4096, TABLE_BYTES_MAX = 64 << 20, NAME_BYTES_MAX = 64, MIB = 1 << 20 };

/* What is read, and where. */
typedef struct Reading {
    FilterSet *set;
    const char *file;
    Error *err;
    FunctionCode *code;
} Reading;

static bool wrong(const Reading *in, const Yaml *node, const char *expected)
{
    return yaml_wrong(node, in->file, expected, in->err);
}

/* *path* as it is, or beside the file that names it; kept, and noted as one that may change. */
static const char *path_of(const Reading *in, const Yaml *node)
{
    char whole[PATH_BYTES_MAX];
    const char *slash = strrchr(in->file, '/');
    int folder = node->text.ptr[0] != '/' && slash ? (int)(slash + 1 - in->file) : 0;
    int len = snprintf(whole, sizeof whole, "%.*s%.*s", folder, in->file, STR_ARG(node->text));
    if (len < 0 || len >= (int)sizeof whole) {
        wrong(in, node, "a path of at most 4,095 bytes");
        return NULL;
    }
    const char *copy = arena_text(in->set->arena, (Str){whole, (size_t)len}, in->err);
    return copy && buf_append(&in->set->files, &copy, sizeof copy, in->err) ? copy : NULL;
}

/* What a file holds, in the arena; *ret_path is what it is called. */
static bool read_file(const Reading *in, const Yaml *node, size_t bytes_max, const char **ret_path,
                      Str *ret)
{
    Error why = {0};
    BUF_AUTO Buf text = buf_init(bytes_max);
    if (!yaml_is_scalar(node) || !node->text.len)
        return wrong(in, node, "the path of a file");
    *ret_path = path_of(in, node);
    if (!*ret_path)
        return false;
    if (!file_read(*ret_path, &text, NULL, &why))
        return error_set(in->err, why.kind, "%s:%u: %s", in->file, node->line, why.text);
    const char *copy = arena_text(in->set->arena, buf_str(&text), in->err);
    *ret = (Str){copy, text.len};
    return copy != NULL;
}

/* ---- members ---- */

/* "=NAME": Lua calls the text so in positions. */
static bool set_text(const Reading *in, const Yaml *node, const char *name, Str text)
{
    char chunk[PATH_BYTES_MAX + 2];
    FunctionCode *code = in->code;
    if (code->text.ptr)
        return wrong(in, node, "file or code, not both");
    int len = snprintf(chunk, sizeof chunk, "=%s", name);
    code->chunk.ptr = arena_text(in->set->arena, (Str){chunk, (size_t)len}, in->err);
    code->chunk.len = (size_t)len;
    code->text = text;
    return code->chunk.ptr != NULL;
}

static bool read_code_file(Reading *in, const Yaml *node)
{
    const char *path = NULL;
    Str text = {NULL, 0};
    return read_file(in, node, FUNCTION_TEXT_MAX, &path, &text) && set_text(in, node, path, text);
}

static bool read_code(Reading *in, const Yaml *node)
{
    char name[PATH_BYTES_MAX];
    if (!yaml_is_scalar(node) || node->text.len > FUNCTION_TEXT_MAX)
        return wrong(in, node, "the text of a function, of at most 1 MiB");
    const char *copy = arena_text(in->set->arena, node->text, in->err);
    snprintf(name, sizeof name, "%.*s:%u", PATH_BYTES_MAX / 2, in->file, node->line);
    return copy && set_text(in, node, name, (Str){copy, node->text.len});
}

static bool read_table(Reading *in, const Yaml *member)
{
    const char *path = NULL;
    Str csv = {NULL, 0};
    FunctionCode *code = in->code;
    if (code->table_count == FUNCTION_TABLES_MAX || member->name.len > NAME_BYTES_MAX)
        return wrong(in, member, "at most 16 tables, with names of at most 64 bytes");
    const char *name = arena_text(in->set->arena, member->name, in->err);
    return name && read_file(in, member, TABLE_BYTES_MAX, &path, &csv) &&
           function_code_table((Str){name, member->name.len}, csv, path, in->set->arena,
                               &code->tables[code->table_count++], in->err);
}

static bool read_tables(Reading *in, const Yaml *node)
{
    bool ok = node->kind == YAML_MAP;
    if (!ok)
        return wrong(in, node, "names of tables, each with its file of CSV");
    for (const Yaml *member = node->first; ok && member; member = member->next)
        ok = read_table(in, member);
    return ok;
}

static bool read_instructions(Reading *in, const Yaml *node)
{
    if (node->kind != YAML_INTEGER || node->integer < 1000 ||
        node->integer > FUNCTION_INSTRUCTIONS_MAX)
        return wrong(in, node, "how many instructions an event may take, 1000 to 1000000000");
    in->code->limits.instructions = (uint64_t)node->integer;
    return true;
}

static bool read_memory(Reading *in, const Yaml *node)
{
    if (node->kind != YAML_INTEGER || node->integer < 1 || node->integer > 4096)
        return wrong(in, node, "how many MiB each worker's function may hold, 1 to 4096");
    in->code->limits.memory = (size_t)node->integer * MIB;
    return true;
}

static const struct {
    const char *name;
    bool (*read)(Reading *in, const Yaml *node);
} MEMBERS[] = {{"file", read_code_file},
               {"code", read_code},
               {"tables", read_tables},
               {"instructions", read_instructions},
               {"memory_mib", read_memory}};

static bool read_member(Reading *in, const Yaml *member)
{
    for (size_t i = 0; i < sizeof MEMBERS / sizeof *MEMBERS; i++)
        if (str_equal(member->name, str_of(MEMBERS[i].name)))
            return MEMBERS[i].read(in, member);
    return error_set(in->err, ERROR_INPUT,
                     "%s:%u: '%.*s' is no member of function: expected file, code, tables, "
                     "instructions or memory_mib",
                     in->file, member->line, STR_ARG(str_slice(member->name, 0, 80)));
}

bool filter_function_read(FilterSet *set, const Yaml *node, const char *file, FunctionCode **ret,
                          Error *err)
{
    FunctionCode *code = arena_calloc(set->arena, 1, sizeof *code, err);
    atomic_bool *off = code ? arena_calloc(set->arena, 1, sizeof *off, err) : NULL;
    Reading in = {.set = set, .file = file, .err = err, .code = code};
    if (!off)
        return false;
    code->off = off;
    code->limits = (LuaLimits){FUNCTION_INSTRUCTIONS, FUNCTION_MEMORY};
    *ret = code;
    if (yaml_is_scalar(node))
        return read_code_file(&in, node);
    bool ok = node->kind == YAML_MAP;
    if (!ok)
        return wrong(&in, node, "the path of a file, or file or code with tables and ceilings");
    for (const Yaml *member = node->first; ok && member; member = member->next)
        ok = read_member(&in, member);
    return ok && (code->text.ptr || wrong(&in, node, "file or code"));
}
