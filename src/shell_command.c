#include "shell_command.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "query/saved.h"
#include "sql_source.h"

enum { WORDS_MAX = SAVED_PARAMETERS_MAX + 2, TEXT_BYTES_MAX = 4 << 20, LINE_BYTES_MAX = 1 << 20 };

/* A command under way. */
typedef struct Running {
    const ShellCommandInput *input;
    Str words[WORDS_MAX]; /* without quotes; NUL-terminated */
    size_t count;
    Error *err;
} Running;

static bool run_help(Running *in);

static bool say(Running *in, Buf *text)
{
    return shell_answer_say(in->input->answer, buf_str(text), in->err);
}

static bool run_mode(Running *in)
{
    static const char *const NAMES[] = {"table", "markdown", "csv", "json", "jsonl"};
    ShellAnswer *answer = in->input->answer;
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    if (in->count == 1)
        return buf_printf(&text, in->err, "%s\n", NAMES[answer->format]) && say(in, &text);
    if (str_equal(in->words[1], STR("parquet"))) {
        if (in->count < 3)
            return error_set(in->err, ERROR_USAGE, "Parquet needs a file: .mode parquet FILE");
        if (in->words[2].len >= sizeof answer->parquet)
            return error_set(in->err, ERROR_LIMIT, "the name of the file is too long");
        if (file_exists(in->words[2].ptr))
            return error_set(in->err, ERROR_USAGE, "'%s' is there already", in->words[2].ptr);
        memcpy(answer->parquet, in->words[2].ptr, in->words[2].len + 1);
        return true;
    }
    OutputFormat format = output_format(in->words[1].ptr);
    if (format == OUTPUT_FORMATS)
        return error_set(in->err, ERROR_USAGE,
                         "'%.40s' is no mode: table, markdown, csv, json, jsonl or parquet FILE",
                         in->words[1].ptr);
    answer->format = format;
    answer->parquet[0] = '\0';
    return true;
}

static bool run_switch(Running *in, bool *ret)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    if (in->count == 1)
        return buf_printf(&text, in->err, "%s\n", *ret ? "on" : "off") && say(in, &text);
    bool on = str_equal_nocase(in->words[1], STR("on"));
    if (!on && !str_equal_nocase(in->words[1], STR("off")))
        return error_set(in->err, ERROR_USAGE, "expected on or off, not '%.40s'", in->words[1].ptr);
    *ret = on;
    return true;
}

static bool run_timer(Running *in)
{
    return run_switch(in, &in->input->answer->timer);
}

static bool run_wide(Running *in)
{
    return run_switch(in, &in->input->answer->wide);
}

static bool run_output(Running *in)
{
    if (in->count > 1 && in->words[1].len >= SHELL_PATH_BYTES)
        return error_set(in->err, ERROR_LIMIT, "the name of the file is too long");
    return shell_answer_output(in->input->answer, in->count > 1 ? in->words[1].ptr : NULL, in->err);
}

static bool run_quit(Running *in)
{
    *in->input->quits = true;
    return true;
}

static bool run_saved(Running *in)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    if (in->count == 1)
        return sql_source_list(&text, in->err) && say(in, &text);
    if (in->count == 3 && str_equal(in->words[2], STR("?")))
        return sql_source_describe(in->words[1], &text, in->err) && say(in, &text);
    return sql_source_saved(in->words[1], in->words + 2, in->count - 2, in->input->sql, in->err);
}

static bool run_tables(Running *in)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    bool ok = true;
    for (size_t i = 0; ok && i < in->input->catalog->count; i++) {
        const CatalogTable *table = &in->input->catalog->tables[i];
        ok = buf_printf(&text, in->err, "%-16.*s %.*s\n", STR_ARG(table->name),
                        STR_ARG(table->comment));
    }
    return ok && say(in, &text);
}

/* The longest name of a column and its fields, the names before it having *before* bytes. */
static size_t widest(size_t before, Str name, const Type *type)
{
    size_t width = before + name.len;
    for (uint32_t i = 0; type->kind == TYPE_ROW && i < type->count; i++) {
        size_t inner = widest(before + name.len + 1, type->names[i], type->parts[i]);
        width = inner > width ? inner : width;
    }
    return width;
}

/* A column, or a field of one, as a statement names it; fields of rows get lines of their own. */
static bool put_column(Buf *path, const Type *type, size_t width, Buf *out, Error *err)
{
    size_t len = path->len;
    bool row = type->kind == TYPE_ROW;
    if (!buf_printf(out, err, "  %-*.*s  ", (int)width, STR_ARG(buf_str(path))) ||
        !(row ? buf_printf(out, err, "row") : type_write(type, out, err)) ||
        !buf_append_byte(out, '\n', err))
        return false;
    for (uint32_t i = 0; row && i < type->count; i++) {
        if (!buf_append_byte(path, '.', err) || !buf_append_str(path, type->names[i], err) ||
            !put_column(path, type->parts[i], width, out, err))
            return false;
        path->len = len;
    }
    return true;
}

static bool put_table(const CatalogTable *table, Buf *out, Error *err)
{
    BUF_AUTO Buf path = buf_init(LINE_BYTES_MAX);
    bool ok = buf_printf(out, err, "%s%.*s: %.*s\n", out->len ? "\n" : "", STR_ARG(table->name),
                         STR_ARG(table->comment));
    size_t width = 0;
    for (size_t i = 0; i < table->count; i++) {
        size_t one = widest(0, table->columns[i].name, table->columns[i].type);
        width = one > width && !(table->columns[i].flags & CATALOG_HIDDEN) ? one : width;
    }
    for (size_t i = 0; ok && i < table->count; i++) {
        const CatalogColumn *column = &table->columns[i];
        path.len = 0;
        if (!(column->flags & CATALOG_HIDDEN))
            ok = buf_append_str(&path, column->name, err) &&
                 put_column(&path, column->type, width, out, err);
    }
    return ok;
}

static bool no_table(Running *in, Str name)
{
    const Catalog *catalog = in->input->catalog;
    for (size_t i = 0; i < catalog->count; i++)
        if (str_distance(catalog->tables[i].name, name) <= 3)
            return error_set(in->err, ERROR_USAGE, "no table '%.40s'; did you mean '%.*s'?",
                             name.ptr, STR_ARG(catalog->tables[i].name));
    return error_set(in->err, ERROR_USAGE, "no table '%.40s'; .tables lists them", name.ptr);
}

static bool run_schema(Running *in)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    const Catalog *catalog = in->input->catalog;
    const CatalogTable *table = in->count > 1 ? catalog_find(catalog, in->words[1]) : NULL;
    if (in->count > 1 && !table)
        return no_table(in, in->words[1]);
    bool ok = !table || put_table(table, &text, in->err);
    for (size_t i = 0; ok && !table && i < catalog->count; i++)
        ok = put_table(&catalog->tables[i], &text, in->err);
    return ok && say(in, &text);
}

static const struct {
    const char *name, *arguments, *help;
    size_t count_max; /* arguments */
    bool (*run)(Running *in);
} TABLE[] = {
    {".help", "", "this list", 0, run_help},
    {".mode", "[FORMAT]", "table, markdown, csv, json or jsonl; parquet FILE: the next result", 2,
     run_mode},
    {".output", "[FILE]", "write results to a new FILE; alone: to the terminal again", 1,
     run_output},
    {".quit", "", "leave; so do exit, quit and Ctrl-D", 0, run_quit},
    {".saved", "[NAME [K=V ...]]", "list the saved queries; run one; NAME ? shows it", WORDS_MAX,
     run_saved},
    {".schema", "[TABLE]", "the columns of a table, or of all", 1, run_schema},
    {".tables", "", "the tables", 0, run_tables},
    {".timer", "[on|off]", "say what was read and how long it took", 1, run_timer},
    {".wide", "[on|off]", "do not cut a table's cells to the terminal", 1, run_wide},
};

enum { COMMANDS = sizeof TABLE / sizeof *TABLE };

const char *shell_command_name(size_t index)
{
    return index < COMMANDS ? TABLE[index].name : NULL;
}

static bool run_help(Running *in)
{
    static const char KEYS[] =
        "\nA statement ends with ; and may have several lines. TAB completes names, arrows and\n"
        "Ctrl-R find earlier statements, Ctrl-C drops the line or ends the query.\n"
        "SHOW FUNCTIONS LIKE 'date%' says what functions there are.\n";
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    bool ok = true;
    for (size_t i = 0; ok && i < COMMANDS; i++) {
        char usage[64];
        snprintf(usage, sizeof usage, "%s %s", TABLE[i].name, TABLE[i].arguments);
        ok = buf_printf(&text, in->err, "%-25s%s\n", usage, TABLE[i].help);
    }
    return ok && buf_append(&text, KEYS, sizeof KEYS - 1, in->err) && say(in, &text);
}

/* Parts the line at spaces outside quotes and takes the quotes away, in place. False when there are
 * too many words or a quote is open. */
static bool split(Running *in, char *text)
{
    char quote = '\0', *to = text, *begin = NULL;
    for (char *at = text; *at; at++) {
        if (!quote && *at == ' ') {
            if (begin)
                in->words[in->count++] = (Str){begin, (size_t)(to - begin)};
            if (begin)
                *to++ = '\0';
            begin = NULL;
            continue;
        }
        if (!begin && in->count == WORDS_MAX)
            return error_set(in->err, ERROR_USAGE, "too many words");
        begin = begin ? begin : to;
        if (quote ? *at == quote : *at == '\'' || *at == '"')
            quote = quote ? '\0' : *at;
        else
            *to++ = *at;
    }
    if (begin)
        in->words[in->count++] = (Str){begin, (size_t)(to - begin)};
    *to = '\0';
    return !quote || error_set(in->err, ERROR_USAGE, "a quote is not closed");
}

static bool no_command(Running *in)
{
    size_t near = 0;
    for (size_t i = 1; i < COMMANDS; i++)
        if (str_distance(in->words[0], str_of(TABLE[i].name)) <
            str_distance(in->words[0], str_of(TABLE[near].name)))
            near = i;
    if (str_distance(in->words[0], str_of(TABLE[near].name)) > 2)
        return error_set(in->err, ERROR_USAGE, "'%.40s' is no command; .help lists them",
                         in->words[0].ptr);
    return error_set(in->err, ERROR_USAGE, "'%.40s' is no command; did you mean %s?",
                     in->words[0].ptr, TABLE[near].name);
}

bool shell_command_run(const ShellCommandInput *input, Str line, Error *err)
{
    Running in = {.input = input, .err = err};
    BUF_AUTO Buf text = buf_init(LINE_BYTES_MAX);
    /* `to` may run ahead of `at` by no more than one NUL a word, each in place of a space. */
    if (!buf_append_str(&text, str_trim(line), err) || !buf_text(&text, err) ||
        !split(&in, text.ptr))
        return false;
    if (in.count == 0)
        return true;
    if (str_equal(in.words[0], STR(".exit")))
        return run_quit(&in);
    for (size_t i = 0; i < COMMANDS; i++) {
        if (!str_equal(in.words[0], str_of(TABLE[i].name)))
            continue;
        if (in.count - 1 > TABLE[i].count_max)
            return error_set(err, ERROR_USAGE, "it is %s %s", TABLE[i].name, TABLE[i].arguments);
        return TABLE[i].run(&in);
    }
    return no_command(&in);
}
