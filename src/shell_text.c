#include "shell_text.h"

#include "parser/lexer.h"

enum { TOKENS_BYTES_MAX = 256 << 20 };

/* Quotes and comments that are not closed begin a bad token of these. */
static bool is_unclosed(Str bad)
{
    static const Str OPENERS[] = {{"'", 1}, {"\"", 1}, {"`", 1}, {"/*", 2}, {"x'", 2}, {"u&'", 3}};
    for (size_t i = 0; i < sizeof OPENERS / sizeof *OPENERS; i++)
        if (str_equal_nocase(bad, OPENERS[i]))
            return true;
    return false;
}

static const Token *list(const Buf *tokens, size_t *ret_count)
{
    *ret_count = tokens->len / sizeof(Token);
    return (const Token *)(const void *)tokens->ptr;
}

/* A piece up to the first character that no token begins with, from *from* on. Returns where to go
 * on; the text's length when it is through. */
static size_t look(Str text, size_t from, const Buf *tokens, ShellText *ret)
{
    size_t count;
    const Token *token = list(tokens, &count);
    for (size_t i = 0; i < count; i++) {
        size_t at = from + token[i].place.at, end = from + token[i].place.end;
        if (token[i].kind == TOKEN_END)
            break;
        if (ret->state == SHELL_TEXT_BLANK)
            *ret = (ShellText){SHELL_TEXT_OPEN, at, text.len};
        if (token[i].kind == TOKEN_SEMICOLON) {
            *ret = (ShellText){SHELL_TEXT_WHOLE, ret->begin, end};
            break;
        }
        if (token[i].kind == TOKEN_BAD)
            return is_unclosed(str_slice(text, at, end)) ? text.len : end;
    }
    return text.len;
}

bool shell_text_next(Str text, ShellText *ret, Error *err)
{
    BUF_AUTO Buf tokens = buf_init(TOKENS_BYTES_MAX);
    char complaint[LEXER_COMPLAINT_BYTES];
    ShellText found = {SHELL_TEXT_BLANK, 0, 0};
    for (size_t from = 0; from < text.len && found.state != SHELL_TEXT_WHOLE;) {
        tokens.len = 0;
        if (!lexer_read(str_slice(text, from, text.len), &tokens, complaint, err))
            return false;
        from = look(text, from, &tokens, &found);
    }
    *ret = found;
    return true;
}

bool shell_text_join(Str statement, Buf *out, Error *err)
{
    BUF_AUTO Buf tokens = buf_init(TOKENS_BYTES_MAX);
    char complaint[LEXER_COMPLAINT_BYTES];
    size_t count, behind = 0;
    bool ok = lexer_read(statement, &tokens, complaint, err);
    const Token *token = list(&tokens, &count);
    for (size_t i = 0; ok && i < count; i++) {
        if (token[i].kind == TOKEN_END)
            return true;
        Str gap = str_slice(statement, behind, token[i].place.at);
        bool one_line = str_find_byte(gap, '\n', 0) == gap.len && str_equal(str_trim(gap), STR(""));
        if (i > 0)
            ok = buf_append_str(out, one_line ? gap : STR(" "), err);
        if (token[i].kind == TOKEN_BAD) /* nobody knows how it goes on */
            return ok &&
                   buf_append_str(out, str_slice(statement, token[i].place.at, statement.len), err);
        ok = ok &&
             buf_append_str(out, str_slice(statement, token[i].place.at, token[i].place.end), err);
        behind = token[i].place.end;
    }
    return ok;
}
