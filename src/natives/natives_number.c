/* Functions over numbers that the engine lacks or means otherwise ("athena", section 3). */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "natives/natives_row.h"

enum { BASE_MIN = 2, BASE_MAX = 36, SIZE_DIGITS = 80, SIZE_DIGITS_MAX = 38 };

static bool check_base(NativesRow *row, int64_t base)
{
    return (base >= BASE_MIN && base <= BASE_MAX) ||
           natives_row_fail(row, "Radix must be between %d and %d", BASE_MIN, BASE_MAX);
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'z' ? c - 'a' + 10 : BASE_MAX;
}

/* athena_from_base(text, base) */
static bool from_base(NativesRow *row)
{
    Str text = row->arguments[0].text;
    uint64_t base = (uint64_t)row->arguments[1].integer, value = 0;
    bool minus = text.len && text.ptr[0] == '-';
    size_t at = minus || (text.len && text.ptr[0] == '+');
    uint64_t ceiling = (uint64_t)INT64_MAX + minus;
    bool ok = at < text.len;
    if (!check_base(row, row->arguments[1].integer))
        return false;
    for (; ok && at < text.len; at++) {
        uint64_t digit = (uint64_t)digit_of(text.ptr[at]);
        ok = digit < base && value <= (ceiling - digit) / base;
        value = value * base + digit;
    }
    row->result.integer = (int64_t)(minus ? 0 - value : value);
    return ok || natives_row_fail(row, "Not a valid base-%" PRIu64 " number: %.*s", base,
                                  STR_ARG(str_slice(text, 0, 100)));
}

/* athena_to_base(number, base) */
static bool to_base(NativesRow *row)
{
    static const char DIGITS[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    int64_t number = row->arguments[0].integer;
    uint64_t base = (uint64_t)row->arguments[1].integer;
    uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    char text[65];
    size_t at = sizeof text;
    if (!check_base(row, row->arguments[1].integer))
        return false;
    do
        text[--at] = DIGITS[left % base];
    while (left /= base);
    return (number >= 0 || buf_append_byte(row->out, '-', row->err)) &&
           buf_append(row->out, text + at, sizeof text - at, row->err);
}

/* The lowest *bits* of *value*, the highest of them its sign. */
static int64_t narrow(uint64_t value, int64_t bits)
{
    unsigned above = (unsigned)(64 - bits);
    return (int64_t)(value << above) >> above;
}

/* athena_shift_left(value, shift, bits): a value of so many bits; nothing is left behind its end */
static bool shift_left(NativesRow *row)
{
    int64_t bits = row->arguments[2].integer, shift = row->arguments[1].integer;
    uint64_t value = (uint64_t)row->arguments[0].integer;
    row->result.integer = shift < 0 || shift >= bits ? 0 : narrow(value << shift, bits);
    return true;
}

/* athena_shift_right(value, shift, bits): zeros come in */
static bool shift_right(NativesRow *row)
{
    int64_t bits = row->arguments[2].integer, shift = row->arguments[1].integer;
    uint64_t value = (uint64_t)row->arguments[0].integer;
    if (bits < 64)
        value &= (UINT64_C(1) << bits) - 1;
    row->result.integer = shift < 0 || shift >= bits ? 0 : narrow(value >> shift, bits);
    return true;
}

/* athena_shift_sign(value, shift): the sign comes in */
static bool shift_sign(NativesRow *row)
{
    int64_t shift = row->arguments[1].integer;
    row->result.integer = row->arguments[0].integer >> (shift < 0 || shift > 63 ? 63 : shift);
    return true;
}

/* athena_bit_count(value, bits) */
static bool bit_count(NativesRow *row)
{
    int64_t value = row->arguments[0].integer, bits = row->arguments[1].integer;
    if (bits < 2 || bits > 64)
        return natives_row_fail(
            row, "Bits specified in bit_count must be between 2 and 64, got %" PRId64, bits);
    if (narrow((uint64_t)value, bits) != value)
        return natives_row_fail(row,
                                "Number must be representable with the bits specified. %" PRId64
                                " cannot be represented with %" PRId64 " bits",
                                value, bits);
    uint64_t left = (uint64_t)value & (UINT64_MAX >> (64 - bits));
    for (; left; left &= left - 1)
        row->result.integer++;
    return true;
}

/* Digits of a decimal number, the lowest first. */
typedef struct Digits {
    uint8_t digits[SIZE_DIGITS];
    size_t count, scale;
} Digits;

static bool read_digits(Str text, size_t *at, Digits *ret)
{
    bool behind = false;
    size_t from = *at;
    *ret = (Digits){.count = 0};
    for (; *at < text.len; ++*at) {
        char c = text.ptr[*at];
        if (c == '.' && !behind && *at > from) {
            behind = true;
            continue;
        }
        if (c < '0' || c > '9')
            break;
        if (ret->count == SIZE_DIGITS_MAX)
            return false;
        memmove(ret->digits + 1, ret->digits, ret->count++);
        ret->digits[0] = (uint8_t)(c - '0');
        ret->scale += behind;
    }
    return ret->count > 0 && text.ptr[*at - 1] != '.';
}

static void multiply(Digits *number, unsigned by)
{
    unsigned carry = 0;
    for (size_t i = 0; i < SIZE_DIGITS; i++) {
        carry += number->digits[i] * by;
        number->digits[i] = (uint8_t)(carry % 10);
        carry /= 10;
    }
    number->count = SIZE_DIGITS;
    while (number->count && !number->digits[number->count - 1])
        number->count--;
}

/* athena_data_size(text): "2.3MB" in bytes, as digits */
static bool data_size(NativesRow *row)
{
    static const char UNITS[] = "BkMGTPEZY";
    Str text = row->arguments[0].text;
    Digits number;
    size_t at = 0;
    bool ok = read_digits(text, &at, &number);
    Str word = str_slice(text, at, text.len);
    const char *unit = ok && word.len ? memchr(UNITS, word.ptr[0], sizeof UNITS - 1) : NULL;
    size_t power = unit ? (size_t)(unit - UNITS) : 0;
    if (!unit || word.len != (power ? 2U : 1U) || word.ptr[word.len - 1] != 'B')
        return natives_row_fail(row, "Invalid data size: '%.*s'", STR_ARG(str_slice(text, 0, 100)));
    for (size_t i = 0; i < power; i++)
        multiply(&number, 1024);
    if (number.count > number.scale + SIZE_DIGITS_MAX)
        return natives_row_fail(row, "Value out of range: '%.*s'", STR_ARG(text));
    for (size_t i = number.count; i > number.scale; i--)
        if (!buf_append_byte(row->out, (unsigned char)('0' + number.digits[i - 1]), row->err))
            return false;
    return row->out->len > 0 || buf_append_byte(row->out, '0', row->err);
}

/* The standard normal distribution below *x*. */
static double normal_below(double x)
{
    return erfc(-x / sqrt(2)) / 2;
}

/* athena_normal_cdf(mean, deviation, value) */
static bool normal_cdf(NativesRow *row)
{
    double mean = row->arguments[0].real, deviation = row->arguments[1].real;
    if (!(deviation > 0) || !isfinite(mean) || !isfinite(deviation))
        return natives_row_fail(row, "standardDeviation must be > 0");
    row->result.real = normal_below((row->arguments[2].real - mean) / deviation);
    return true;
}

/* Finds where a growing function of one number reaches *p*, between *low* and *high*. */
static double reach(double (*function)(double, const double *), const double *parameters, double p,
                    double low, double high)
{
    enum { STEPS = 200 };
    for (int i = 0; i < STEPS; i++) {
        double middle = low + (high - low) / 2;
        if (middle == low || middle == high)
            break;
        if (function(middle, parameters) < p)
            low = middle;
        else
            high = middle;
    }
    return low + (high - low) / 2;
}

static double normal_at(double x, const double *parameters)
{
    (void)parameters;
    return normal_below(x);
}

/* athena_inverse_normal_cdf(mean, deviation, p) */
static bool inverse_normal_cdf(NativesRow *row)
{
    double mean = row->arguments[0].real, deviation = row->arguments[1].real;
    double p = row->arguments[2].real;
    if (!(p > 0 && p < 1))
        return natives_row_fail(row, "p must be 0 > p > 1");
    if (!(deviation > 0))
        return natives_row_fail(row, "standardDeviation must be > 0");
    bool upper = p > 0.5; /* the lower half has the more exact function */
    double x = p == 0.5 ? 0 : reach(normal_at, NULL, upper ? 1 - p : p, -40, 0);
    row->result.real = mean + deviation * (upper ? -x : x);
    return true;
}

/* The continued fraction of the incomplete beta function, by Lentz's method. */
static double beta_fraction(double a, double b, double x)
{
    const double tiny = 1e-300, enough = 1e-16;
    enum { TERMS_MAX = 10000 };
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < tiny ? tiny : d);
    double result = d;
    for (int m = 1; m <= TERMS_MAX; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        const double terms[] = {even, odd};
        double change = 1;
        for (int i = 0; i < 2; i++) {
            d = 1 + terms[i] * d;
            c = 1 + terms[i] / c;
            d = 1 / (fabs(d) < tiny ? tiny : d);
            c = fabs(c) < tiny ? tiny : c;
            change = d * c;
            result *= change;
        }
        if (fabs(change - 1) < enough)
            break;
    }
    return result;
}

/* The beta distribution below *x*; parameters are a and b. */
static double beta_at(double x, const double *parameters)
{
    double a = parameters[0], b = parameters[1];
    if (x <= 0 || x >= 1)
        return x <= 0 ? 0 : 1;
    double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
    return x < (a + 1) / (a + b + 2) ? front * beta_fraction(a, b, x) / a
                                     : 1 - front * beta_fraction(b, a, 1 - x) / b;
}

static bool check_beta(NativesRow *row)
{
    return (row->arguments[0].real > 0 && row->arguments[1].real > 0) ||
           natives_row_fail(row, "a and b must be > 0");
}

/* athena_beta_cdf(a, b, value) */
static bool beta_cdf(NativesRow *row)
{
    const double parameters[] = {row->arguments[0].real, row->arguments[1].real};
    double value = row->arguments[2].real;
    if (!check_beta(row))
        return false;
    if (!(value >= 0 && value <= 1))
        return natives_row_fail(row, "value must be in the interval [0, 1]");
    row->result.real = beta_at(value, parameters);
    return true;
}

/* athena_inverse_beta_cdf(a, b, p) */
static bool inverse_beta_cdf(NativesRow *row)
{
    const double parameters[] = {row->arguments[0].real, row->arguments[1].real};
    double p = row->arguments[2].real;
    if (!check_beta(row))
        return false;
    if (!(p >= 0 && p <= 1))
        return natives_row_fail(row, "p must be in the interval [0, 1]");
    row->result.real = reach(beta_at, parameters, p, 0, 1);
    return true;
}

/* athena_cbrt(x): the library's is brought nearer by one of Newton's steps */
static bool cube_root(NativesRow *row)
{
    double x = row->arguments[0].real, root = cbrt(x);
    bool plain = x != 0 && isfinite(x);
    row->result.real = plain ? root - (root * root * root - x) / (3 * root * root) : root;
    return true;
}

const NativesFunction NATIVES_NUMBERS[] = {
    {"athena_cbrt", {NATIVES_REAL}, NATIVES_REAL, cube_root, false},
    {"athena_from_base", {NATIVES_TEXT, NATIVES_INTEGER}, NATIVES_INTEGER, from_base, false},
    {"athena_to_base", {NATIVES_INTEGER, NATIVES_INTEGER}, NATIVES_TEXT, to_base, false},
    {"athena_shift_left",
     {NATIVES_INTEGER, NATIVES_INTEGER, NATIVES_INTEGER},
     NATIVES_INTEGER,
     shift_left,
     false},
    {"athena_shift_right",
     {NATIVES_INTEGER, NATIVES_INTEGER, NATIVES_INTEGER},
     NATIVES_INTEGER,
     shift_right,
     false},
    {"athena_shift_sign", {NATIVES_INTEGER, NATIVES_INTEGER}, NATIVES_INTEGER, shift_sign, false},
    {"athena_bit_count", {NATIVES_INTEGER, NATIVES_INTEGER}, NATIVES_INTEGER, bit_count, false},
    {"athena_data_size", {NATIVES_TEXT}, NATIVES_TEXT, data_size, false},
    {"athena_normal_cdf",
     {NATIVES_REAL, NATIVES_REAL, NATIVES_REAL},
     NATIVES_REAL,
     normal_cdf,
     false},
    {"athena_inverse_normal_cdf",
     {NATIVES_REAL, NATIVES_REAL, NATIVES_REAL},
     NATIVES_REAL,
     inverse_normal_cdf,
     false},
    {"athena_beta_cdf", {NATIVES_REAL, NATIVES_REAL, NATIVES_REAL}, NATIVES_REAL, beta_cdf, false},
    {"athena_inverse_beta_cdf",
     {NATIVES_REAL, NATIVES_REAL, NATIVES_REAL},
     NATIVES_REAL,
     inverse_beta_cdf,
     false},
    {NULL, {NATIVES_END}, NATIVES_END, NULL, false},
};
