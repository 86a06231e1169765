#include "natives/format_spec.h"

static bool is_digit(Str text, size_t at)
{
    return at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9';
}

/* Digits as a number; beyond the ceiling it stays there. */
static uint32_t read_number(Str text, size_t *at)
{
    uint32_t number = 0;
    for (; is_digit(text, *at); ++*at)
        if (number <= FORMAT_SPEC_WIDTH_MAX)
            number = number * 10 + (uint32_t)(text.ptr[*at] - '0');
    return number;
}

static bool take_flag(char c, FormatSpec *spec)
{
    const struct {
        char letter;
        bool *flag;
    } FLAGS[] = {
        {'-', &spec->left},   {'+', &spec->plus},        {' ', &spec->blank},
        {'0', &spec->zeros},  {'(', &spec->parentheses}, {'#', &spec->alternate},
        {',', &spec->groups},
    };
    for (size_t i = 0; i < sizeof FLAGS / sizeof *FLAGS; i++)
        if (c == FLAGS[i].letter) {
            *FLAGS[i].flag = true;
            return true;
        }
    return false;
}

/* 2$ or <, which say whose turn it is. */
static void read_argument(Str text, size_t *at, FormatSpec *spec)
{
    size_t end = *at;
    if (end < text.len && text.ptr[end] == '<') {
        spec->previous = true;
        ++*at;
        return;
    }
    if (end < text.len && text.ptr[end] == '0')
        return;
    uint32_t number = read_number(text, &end);
    if (end > *at && end < text.len && text.ptr[end] == '$') {
        spec->argument = number;
        *at = end + 1;
    }
}

bool format_spec_read(Str text, size_t *at, FormatSpec *ret, Error *err)
{
    size_t from = (*at)++;
    *ret = (FormatSpec){.precision = -1};
    read_argument(text, at, ret);
    while (*at < text.len && take_flag(text.ptr[*at], ret))
        ++*at;
    ret->width = read_number(text, at);
    if (*at < text.len && text.ptr[*at] == '.') {
        ++*at;
        ret->precision =
            is_digit(text, *at) ? (int)read_number(text, at) : FORMAT_SPEC_WIDTH_MAX + 1;
    }
    if (ret->width > FORMAT_SPEC_WIDTH_MAX || ret->precision > FORMAT_SPEC_WIDTH_MAX)
        return error_set(err, ERROR_LIMIT, "a width or precision in a format is a number up to %d",
                         FORMAT_SPEC_WIDTH_MAX);
    ret->letter = *at < text.len ? text.ptr[(*at)++] : '\0';
    if (ret->letter == 't' || ret->letter == 'T')
        ret->time = *at < text.len ? text.ptr[(*at)++] : '\0';
    if (ret->letter == '\0' || (ret->time == '\0' && (ret->letter | 0x20) == 't'))
        return error_set(err, ERROR_USAGE, "a format ends within '%.*s'",
                         STR_ARG(str_slice(text, from, text.len)));
    return true;
}
