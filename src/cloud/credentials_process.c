#include "base/child.h"
#include "base/hash.h"
#include "cloud/credentials_source.h"

enum {
    OUTPUT_BYTES_MAX = 64 << 10,
    COMMAND_BYTES_MAX = 16 << 10,
    WORDS_MAX = 256,
    TIMEOUT_US = 120000000 /* some of these programs ask a person */
};

/* A command cut into words, which stand behind each other in *text*, each with a NUL. */
typedef struct Command {
    Buf text;
    char *words[WORDS_MAX + 1];
    size_t count;
} Command;

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static char byte_at(Str text, size_t at)
{
    return at < text.len ? text.ptr[at] : '\0';
}

/* Whether a backslash within *quote* (0: none) frees *next*. */
static bool is_freed(char quote, char next)
{
    return quote == '"' ? next == '"' || next == '\\' : !quote && next;
}

/* One word from *at* on, as a POSIX shell reads it, but nothing is expanded: '...' as it stands,
 * "..." where a backslash frees '"' and itself, outside where it frees any. */
static bool read_word(Str text, size_t *at, Buf *ret, Error *err)
{
    char quote = 0;
    bool ok = true;
    for (; ok && *at < text.len && (quote || !is_space(text.ptr[*at])); ++*at) {
        char c = text.ptr[*at], next = byte_at(text, *at + 1);
        bool opens = !quote && (c == '"' || c == '\'');
        if (opens || c == quote) {
            quote = opens ? c : '\0';
            continue;
        }
        bool frees = c == '\\' && is_freed(quote, next);
        ok = buf_append_byte(ret, (unsigned char)(frees ? next : c), err);
        *at += frees;
    }
    if (ok && quote)
        return error_set(err, ERROR_USAGE, "credential_process has a %c without its other one",
                         quote);
    return ok && buf_append_byte(ret, '\0', err);
}

static bool split(Str text, Command *ret, Error *err)
{
    size_t starts[WORDS_MAX] = {0};
    for (size_t at = 0;;) {
        while (at < text.len && is_space(text.ptr[at]))
            at++;
        if (at == text.len)
            break;
        if (ret->count == WORDS_MAX)
            return error_set(err, ERROR_LIMIT, "credential_process has more than %d words",
                             WORDS_MAX);
        starts[ret->count++] = ret->text.len;
        if (!read_word(text, &at, &ret->text, err))
            return false;
    }
    for (size_t i = 0; i < ret->count; i++)
        ret->words[i] = ret->text.ptr + starts[i];
    ret->words[ret->count] = NULL;
    return ret->count || error_set(err, ERROR_USAGE, "credential_process names no program");
}

static bool take_output(Str output, Credentials *ret, Error *err)
{
    CREDENTIALS_JSON_AUTO CredentialsJson json = {.top = NULL};
    int64_t version;
    if (!credentials_json(output, &json, err))
        return false;
    if (!json_int(json_member(json.top, STR("Version")), &version) || version != 1)
        return error_set(err, ERROR_INPUT, "the answer's Version is not 1");
    return credentials_json_keys(json.top, STR("SessionToken"), false, ret, err);
}

static bool run(Str command_text, Credentials *ret, Error *err)
{
    Command command = {.text = buf_init(COMMAND_BYTES_MAX)};
    Buf output = buf_init(OUTPUT_BYTES_MAX);
    bool ok =
        split(command_text, &command, err) && child_run(command.words, TIMEOUT_US, &output, err) &&
        (take_output(buf_str(&output), ret, err) || error_context(err, "'%s'", command.words[0]));
    if (output.cap)
        hash_wipe(output.ptr, output.cap);
    if (command.text.cap) /* a command's arguments may be secrets too */
        hash_wipe(command.text.ptr, command.text.cap);
    buf_free(&output);
    buf_free(&command.text);
    return ok;
}

CredentialsVerdict credentials_process(CredentialsSearch *search, const CredentialsProfile *profile,
                                       Credentials *ret, Error *why)
{
    Str command =
        profiles_get(search->profiles, SECTION_PROFILE, profile->name, STR("credential_process"));
    if (!command.len) {
        error_set(why, ERROR_ACCESS, "profile '%.*s' has none", STR_ARG(profile->name));
        return CREDENTIALS_ABSENT;
    }
    return run(command, ret, why) ? CREDENTIALS_FOUND : CREDENTIALS_FAILED;
}
