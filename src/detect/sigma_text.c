/* Escapes and wildcards of Sigma's texts, to the letter ("sigma", section 4). */
#include "detect/sigma.h"

static bool is_special(char c)
{
    return c == '\\' || c == '*' || c == '?';
}

bool sigma_read_text(Str text, GlobText *out, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '*' || c == '?') {
            ok = glob_add(out, c == '*' ? GLOB_ANY : GLOB_ONE, 0, err);
            continue;
        }
        if (c == '\\' && i + 1 < text.len && is_special(text.ptr[i + 1]))
            c = text.ptr[++i];
        ok = glob_add(out, GLOB_LITERAL, c, err);
    }
    return ok;
}
