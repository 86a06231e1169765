/* One conversion of format(), as Java does it: halves round away from zero, on the decimal digits
 * that the number is written with. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "natives/format_spec.h"
#include "natives/natives_row.h"

enum { DIGITS_MAX = 1400, PRECISION_DEFAULT = 6 };

/* A number as digits: 0.digits times ten to the point. */
typedef struct Digits {
    bool negative;
    int count, point;
    char text[DIGITS_MAX];
} Digits;

static int read_exponent(Str text)
{
    int exponent = 0;
    bool minus = text.len && text.ptr[0] == '-';
    for (size_t i = 0; i < text.len && exponent < DIGITS_MAX; i++)
        if (text.ptr[i] >= '0' && text.ptr[i] <= '9')
            exponent = exponent * 10 + (text.ptr[i] - '0');
    return minus ? -exponent : exponent;
}

static void read_digits(Str text, Digits *ret)
{
    bool behind = false;
    size_t at = 0;
    ret->negative = text.len && text.ptr[0] == '-';
    ret->count = ret->point = 0;
    for (at += ret->negative; at < text.len && (text.ptr[at] | 0x20) != 'e'; at++) {
        char c = text.ptr[at];
        if (c == '.')
            behind = true;
        else if (ret->count || c != '0') {
            if (ret->count < DIGITS_MAX - 1)
                ret->text[ret->count++] = c;
            ret->point += !behind;
        } else
            ret->point -= behind; /* zeros behind the point, before the digits */
    }
    ret->point += read_exponent(at < text.len ? str_slice(text, at + 1, text.len) : STR(""));
}

/* Keeps *keep* digits. */
static void round_digits(Digits *digits, int keep)
{
    bool up = keep >= 0 && keep < digits->count && digits->text[keep] >= '5';
    if (keep >= digits->count)
        return;
    int at = digits->count = keep < 0 ? 0 : keep;
    while (up && at > 0 && digits->text[at - 1] == '9')
        digits->text[--at] = '0';
    if (up && at > 0)
        digits->text[at - 1]++;
    if (up && at == 0) {
        memmove(digits->text + 1, digits->text, (size_t)digits->count);
        digits->text[0] = '1';
        digits->count++;
        digits->point++;
    }
}

/* The digit of weight ten to the *place*. */
static char digit_at(const Digits *digits, int place)
{
    int index = digits->point - 1 - place;
    return index >= 0 && index < digits->count ? digits->text[index] : '0';
}

/* Digits before the point, in groups where the conversion says so. */
static bool put_whole(NativesRow *row, const FormatSpec *spec, const Digits *digits)
{
    int places = digits->point > 0 && digits->count ? digits->point : 1;
    bool ok = true;
    for (int place = places - 1; ok && place >= 0; place--)
        ok = buf_append_byte(row->out, (unsigned char)digit_at(digits, place), row->err) &&
             (!spec->groups || place == 0 || place % 3 != 0 ||
              buf_append_byte(row->out, ',', row->err));
    return ok;
}

static bool put_fixed(NativesRow *row, const FormatSpec *spec, Digits *digits)
{
    int precision = spec->precision < 0 ? PRECISION_DEFAULT : spec->precision;
    round_digits(digits, digits->point + precision);
    bool ok = put_whole(row, spec, digits) &&
              (precision == 0 || buf_append_byte(row->out, '.', row->err));
    for (int place = -1; ok && place >= -precision; place--)
        ok = buf_append_byte(row->out, (unsigned char)digit_at(digits, place), row->err);
    return ok;
}

static bool put_scientific(NativesRow *row, const FormatSpec *spec, Digits *digits)
{
    int precision = spec->precision < 0 ? PRECISION_DEFAULT : spec->precision;
    round_digits(digits, precision + 1);
    int exponent = digits->count ? digits->point - 1 : 0;
    bool ok = buf_append_byte(row->out, (unsigned char)digit_at(digits, exponent), row->err) &&
              (precision == 0 || buf_append_byte(row->out, '.', row->err));
    for (int i = 1; ok && i <= precision; i++)
        ok = buf_append_byte(row->out, (unsigned char)digit_at(digits, exponent - i), row->err);
    return ok && buf_printf(row->out, row->err, "%c%c%02d", spec->letter, exponent < 0 ? '-' : '+',
                            abs(exponent));
}

/* The sign of a number, before its digits. */
static const char *sign_of(const FormatSpec *spec, bool negative)
{
    if (negative)
        return spec->parentheses ? "(" : "-";
    return spec->plus ? "+" : spec->blank ? " " : "";
}

/* Moves what was written to the right or left of its width; zeros stand behind *sign_bytes*. */
static bool pad(NativesRow *row, const FormatSpec *spec, size_t sign_bytes, bool zeros)
{
    size_t characters = 0;
    for (size_t i = 0; i < row->out->len; i++)
        characters += ((unsigned char)row->out->ptr[i] & 0xc0) != 0x80;
    if (characters >= spec->width)
        return true;
    size_t missing = spec->width - characters, old = row->out->len;
    size_t at = spec->left ? old : zeros ? sign_bytes : 0;
    if (!buf_reserve(row->out, missing, row->err))
        return false;
    memmove(row->out->ptr + at + missing, row->out->ptr + at, old - at);
    memset(row->out->ptr + at, zeros ? '0' : ' ', missing);
    row->out->len += missing;
    return true;
}

/* %d %f %e */
static bool put_number(NativesRow *row, const FormatSpec *spec, Str value)
{
    Digits digits;
    bool finite = !memchr(value.ptr, 'n', value.len); /* nan, inf, NaN, Infinity */
    read_digits(value, &digits);
    const char *sign = sign_of(spec, digits.negative);
    bool ok = buf_append_str(row->out, str_of(sign), row->err);
    if (!finite)
        ok = ok && buf_append_str(row->out,
                                  value.ptr[value.len - 1] == 'N' || value.ptr[0] == 'n'
                                      ? STR("NaN")
                                      : STR("Infinity"),
                                  row->err);
    else if (spec->letter == 'd')
        ok = ok && put_whole(row, spec, &digits);
    else
        ok = ok && (spec->letter == 'f' ? put_fixed(row, spec, &digits)
                                        : put_scientific(row, spec, &digits));
    if (ok && digits.negative && spec->parentheses)
        ok = buf_append_byte(row->out, ')', row->err);
    return ok && pad(row, spec, strlen(sign), spec->zeros && finite);
}

/* %x %X %o: of 64 bits */
static bool put_bits(NativesRow *row, const FormatSpec *spec, Str value)
{
    char text[32] = "";
    snprintf(text, sizeof text, "%.*s", STR_ARG(value));
    uint64_t bits = (uint64_t)strtoll(text, NULL, 10);
    const char *prefix = !spec->alternate ? "" : spec->letter == 'o' ? "0" : "0x";
    bool ok = spec->letter == 'o'   ? buf_printf(row->out, row->err, "%s%" PRIo64, prefix, bits)
              : spec->letter == 'x' ? buf_printf(row->out, row->err, "%s%" PRIx64, prefix, bits)
                                    : buf_printf(row->out, row->err, "%s%" PRIX64, prefix, bits);
    return ok && pad(row, spec, strlen(prefix), spec->zeros);
}

/* %s, %b: a text, cut to the precision */
static bool put_text(NativesRow *row, const FormatSpec *spec, Str value)
{
    size_t end = 0;
    for (int left = spec->precision; end < value.len; end++)
        if (((unsigned char)value.ptr[end] & 0xc0) != 0x80 && left-- == 0)
            break;
    return buf_append_str(row->out, str_slice(value, 0, end), row->err) && pad(row, spec, 0, false);
}

/* athena_format(conversion, value): the value as the engine writes it */
static bool format(NativesRow *row)
{
    FormatSpec spec;
    size_t at = 0;
    const NativesValue *value = &row->arguments[1];
    if (row->arguments[0].is_null)
        return natives_row_null(row);
    if (!format_spec_read(row->arguments[0].text, &at, &spec, row->err))
        return false;
    if (value->is_null)
        return put_text(row, &spec, spec.letter == 'b' ? STR("false") : STR("null"));
    switch (spec.letter) {
    case 'd':
    case 'f':
    case 'e':
    case 'E':
        return put_number(row, &spec, value->text);
    case 'x':
    case 'X':
    case 'o':
        return put_bits(row, &spec, value->text);
    default:
        return put_text(row, &spec, value->text);
    }
}

const NativesFunction NATIVES_FORMATS[] = {
    {"athena_format", {NATIVES_TEXT, NATIVES_TEXT}, NATIVES_TEXT, format, true},
    {NULL, {NATIVES_END}, NATIVES_END, NULL, false},
};
