#include "shell_line.h"

#include <errno.h>
#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "base/cell.h"
#include "base/mem.h"
#include "shell_history.h"

enum { LIST_MAX = 200, TICK_MS = 200, CHARACTER_BYTES = 8 };

struct ShellLine {
    ShellLineOptions options;
    EditLine *edit; /* NULL: no terminal */
    History *history;
    const char *prompt;
    char path[SHELL_HISTORY_PATH_BYTES]; /* of the history; empty: none */
    struct sigaction before[3];
};

/* The library would take them, too, but passes them on to the whole process group. */
static const int SIGNALS[3] = {SIGINT, SIGTERM, SIGHUP};
static volatile sig_atomic_t interrupted, ended, stopping, resized;

static void take_signal(int signal_number)
{
    switch (signal_number) {
    case SIGINT:
        interrupted = 1;
        break;
    case SIGTSTP:
        stopping = 1;
        break;
    case SIGWINCH:
        resized = 1;
        break;
    default:
        ended = 1;
        break;
    }
}

bool shell_line_interrupted(void)
{
    bool was = interrupted != 0;
    interrupted = 0;
    return was;
}

bool shell_line_ended(void)
{
    return ended != 0;
}

static void take_signals(ShellLine *line)
{
    struct sigaction action = {.sa_handler = take_signal,
                               .sa_flags = line->options.terminal ? SA_RESTART : 0};
    sigemptyset(&action.sa_mask);
    interrupted = ended = 0;
    for (size_t i = 0; i < 3; i++)
        sigaction(SIGNALS[i], &action, &line->before[i]);
}

/* EL_PROMPT's. */
static char *give_prompt(EditLine *edit)
{
    void *line = NULL;
    el_get(edit, EL_CLIENTDATA, &line);
    union {
        const char *given;
        char *taken;
    } prompt = {((const ShellLine *)line)->prompt};
    return prompt.taken;
}

/* Ctrl-Z: the terminal is as it was while the process is stopped. */
static void stop(EditLine *edit)
{
    stopping = 0;
    el_set(edit, EL_PREP_TERM, 0);
    fputc('\n', stdout);
    fflush(stdout);
    raise(SIGSTOP);
    el_set(edit, EL_PREP_TERM, 1);
    el_set(edit, EL_REFRESH);
}

static void resize(EditLine *edit)
{
    resized = 0;
    fputs("\r\033[J", stdout); /* the line is drawn anew */
    fflush(stdout);
    el_resize(edit);
    el_set(edit, EL_REFRESH);
}

/* Waits for a byte; false when a signal came that ends the line. */
static bool wait_for_byte(EditLine *edit)
{
    struct pollfd waiting = {.fd = STDIN_FILENO, .events = POLLIN};
    for (;;) {
        if (interrupted || ended)
            return false;
        if (stopping)
            stop(edit);
        if (resized)
            resize(edit);
        if (poll(&waiting, 1, TICK_MS) > 0)
            return true;
    }
}

/* EL_GETCFN's: one character from the terminal; bytes that are none of this locale are left out. */
static int get_character(EditLine *edit, wchar_t *ret)
{
    char bytes[CHARACTER_BYTES];
    size_t len = 0;
    for (;;) {
        mbstate_t state;
        if (!wait_for_byte(edit))
            return -1;
        ssize_t got = read(STDIN_FILENO, bytes + len, 1);
        if (got <= 0)
            return got < 0 && errno == EINTR ? -1 : 0;
        memset(&state, 0, sizeof state);
        size_t used = mbrtowc(ret, bytes, ++len, &state);
        if (used != (size_t)-1 && used != (size_t)-2)
            return 1;
        if (used == (size_t)-1 || len == sizeof bytes)
            len = 0;
    }
}

static void list_names(const ShellCompletion *found)
{
    size_t widest = 0, columns, rows, count = found->count < LIST_MAX ? found->count : LIST_MAX;
    struct winsize size;
    size_t width = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
    for (size_t i = 0; i < count; i++)
        if (cell_width(found->names[i]) > widest)
            widest = cell_width(found->names[i]);
    columns = width / (widest + 2) ? width / (widest + 2) : 1;
    rows = (count + columns - 1) / columns;
    putchar('\n');
    for (size_t row = 0; row < rows; row++) {
        for (size_t i = row; i < count; i += rows) {
            size_t gap = i + rows < count ? widest + 2 - cell_width(found->names[i]) : 0;
            printf("%.*s%*s", STR_ARG(found->names[i]), (int)gap, "");
        }
        putchar('\n');
    }
    if (count < found->count)
        printf("... and %zu more\n", found->count - count);
    fflush(stdout);
}

/* Puts what is certain in the place of the word; true when that is more than was typed. */
static bool insert(EditLine *edit, const ShellCompletion *found, size_t typed)
{
    char text[1024];
    Str name = str_slice(found->names[0], 0, found->common);
    bool whole = found->count == 1;
    if (name.len >= sizeof text - 1 || name.len < typed || (name.len == typed && !whole))
        return false;
    char last = name.len ? name.ptr[name.len - 1] : ' ';
    bool goes_on = !whole || last == '.' || last == '(' || last == '=';
    snprintf(text, sizeof text, "%.*s%s", STR_ARG(name), goes_on ? "" : " ");
    el_deletestr(edit, (int)typed); /* the word is ASCII */
    return el_insertstr(edit, text) == 0;
}

/* The function of TAB. Pasted tabs are white space. */
static unsigned char complete(EditLine *edit, int character)
{
    void *context = NULL;
    int waiting = 0;
    ShellCompletion found;
    (void)character;
    el_get(edit, EL_CLIENTDATA, &context);
    ShellLine *line = context;
    const LineInfo *info = el_line(edit);
    Str text = {info->buffer, (size_t)(info->lastchar - info->buffer)};
    size_t at = (size_t)(info->cursor - info->buffer);
    if (ioctl(STDIN_FILENO, FIONREAD, &waiting) == 0 && waiting > 0)
        return el_insertstr(edit, " ") == 0 ? CC_REFRESH : CC_ERROR;
    if (!line->options.complete ||
        !line->options.complete(line->options.context, text, at, &found) || !found.count)
        return CC_ERROR;
    if (insert(edit, &found, at - found.from))
        return CC_REFRESH;
    list_names(&found);
    return CC_REDISPLAY;
}

static void recall(void *context, Str entry)
{
    ShellLine *line = context;
    HistEvent event;
    history(line->history, &event, H_ENTER, entry.ptr);
}

static bool begin_history(ShellLine *line)
{
    HistEvent event;
    line->history = history_init();
    if (!line->history)
        return false;
    history(line->history, &event, H_SETSIZE, SHELL_HISTORY_MAX);
    history(line->history, &event, H_SETUNIQUE, 1);
    if (shell_history_path(line->path))
        shell_history_load(line->path, recall, line);
    return true;
}

static void bind_keys(EditLine *edit)
{
    static const char *const KEYS[][2] = {
        {"^I", "spoor-complete"},          {"^R", "em-inc-search-prev"},
        {"\\e[1~", "ed-move-to-beg"},      {"\\e[4~", "ed-move-to-end"},
        {"\\e[H", "ed-move-to-beg"},       {"\\e[F", "ed-move-to-end"},
        {"\\e[3~", "ed-delete-next-char"}, {"\\e[1;5C", "em-next-word"},
        {"\\e[1;5D", "ed-prev-word"},
    };
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
        el_set(edit, EL_BIND, KEYS[i][0], KEYS[i][1], NULL);
}

/* The characters of lines are UTF-8, unless the locale knows another code. */
static void choose_locale(void)
{
    setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0 && !setlocale(LC_CTYPE, "C.UTF-8"))
        setlocale(LC_CTYPE, "");
}

static bool begin_editing(ShellLine *line)
{
    choose_locale();
    line->edit = el_init("spoor", stdin, stdout, stderr);
    if (!line->edit || !begin_history(line))
        return false;
    el_set(line->edit, EL_CLIENTDATA, line);
    el_set(line->edit, EL_PROMPT, give_prompt);
    el_set(line->edit, EL_GETCFN, get_character);
    el_set(line->edit, EL_EDITOR, "emacs");
    el_set(line->edit, EL_HIST, history, line->history);
    el_set(line->edit, EL_ADDFN, "spoor-complete", "Completes the word", complete);
    bind_keys(line->edit);
    el_source(line->edit, NULL); /* ~/.editrc */
    return true;
}

ShellLine *shell_line_new(const ShellLineOptions *options, Error *err)
{
    ShellLine *line = mem_calloc(1, sizeof *line, err);
    if (!line)
        return NULL;
    line->options = *options;
    take_signals(line);
    if (!options->terminal || begin_editing(line))
        return line;
    error_set(err, ERROR_SYSTEM, "the terminal cannot be edited on");
    shell_line_free(line);
    return NULL;
}

/* Without the line's end. */
static Str chop(Str text)
{
    while (text.len && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r'))
        text.len--;
    return text;
}

static bool read_edited(ShellLine *line, Buf *ret, ShellLineEnd *ret_end, Error *err)
{
    int count = 0;
    const struct sigaction action = {.sa_handler = take_signal};
    struct sigaction stops, resizes;
    sigaction(SIGTSTP, &action, &stops);
    sigaction(SIGWINCH, &action, &resizes);
    el_set(line->edit, EL_PREP_TERM, 1); /* before the prompt is seen, for those who type fast */
    const char *text = el_gets(line->edit, &count);
    sigaction(SIGTSTP, &stops, NULL);
    sigaction(SIGWINCH, &resizes, NULL);
    if (text && count > 0 && !interrupted) {
        *ret_end = SHELL_LINE_TEXT;
        return buf_append_str(ret, chop((Str){text, (size_t)count}), err);
    }
    if (shell_line_interrupted() && !ended) {
        *ret_end = SHELL_LINE_INTERRUPTED;
        el_reset(line->edit);
        fputs("^C\n", stdout);
    } else {
        fputs("\n", stdout);
    }
    fflush(stdout);
    return true;
}

static bool read_plain(Buf *ret, ShellLineEnd *ret_end, Error *err)
{
    char part[4096];
    while (fgets(part, sizeof part, stdin)) {
        size_t len = strlen(part);
        *ret_end = SHELL_LINE_TEXT;
        if (!buf_append(ret, part, len, err)) {
            *ret_end = SHELL_LINE_END;
            return false;
        }
        if (len && part[len - 1] == '\n')
            break;
    }
    ret->len = chop(buf_str(ret)).len;
    return true;
}

bool shell_line_read(ShellLine *line, const char *prompt, Buf *ret, ShellLineEnd *ret_end,
                     Error *err)
{
    *ret_end = SHELL_LINE_END;
    ret->len = 0;
    if (ended)
        return true;
    line->prompt = prompt;
    return line->edit ? read_edited(line, ret, ret_end, err) : read_plain(ret, ret_end, err);
}

void shell_line_remember(ShellLine *line, Str statement)
{
    Error err = {0};
    HistEvent event;
    if (!line->history || !statement.len || statement.ptr[0] == ' ')
        return;
    char *copy = mem_text(statement.ptr, statement.len, &err);
    if (copy)
        history(line->history, &event, H_ENTER, copy);
    if (copy && line->path[0])
        shell_history_add(line->path, statement);
    mem_free(copy);
}

void shell_line_free(ShellLine *line)
{
    if (!line)
        return;
    if (line->edit)
        el_end(line->edit);
    if (line->history)
        history_end(line->history);
    for (size_t i = 0; i < 3; i++)
        sigaction(SIGNALS[i], &line->before[i], NULL);
    mem_free(line);
}
