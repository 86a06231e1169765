/* Functions over texts that the engine lacks or means otherwise ("athena", section 3). Positions
 * are of characters, code points, from 1. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "natives/natives_row.h"

enum { DISTANCE_CELLS_MAX = 1000000, SOUNDEX_LETTERS = 4 };

/* Bytes of the character at *at*. */
static size_t character(Str text, size_t at)
{
    unsigned length = json_utf8_length(text.ptr + at, text.ptr + text.len);
    return length ? length : 1;
}

static int64_t count_characters(Str text)
{
    int64_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    return count;
}

/* athena_position(text, part, instance): the instance from the end when it is negative; 0: none */
static bool position(NativesRow *row)
{
    Str text = row->arguments[0].text, part = row->arguments[1].text;
    int64_t instance = row->arguments[2].integer;
    int64_t step = instance < 0 ? -1 : 1;
    if (instance == 0)
        return natives_row_fail(row, "'instance' must not be 0");
    if (part.len == 0 || part.len > text.len) {
        row->result.integer = part.len == 0;
        return true;
    }
    int64_t last = (int64_t)(text.len - part.len);
    for (int64_t at = instance < 0 ? last : 0; at >= 0 && at <= last; at += step) {
        if (memcmp(text.ptr + at, part.ptr, part.len) != 0)
            continue;
        instance -= step;
        if (instance == 0) {
            row->result.integer = 1 + count_characters(str_slice(text, 0, (size_t)at));
            break;
        }
    }
    return true;
}

/* The characters of *text*, *ret_count* of them; NULL with the row's error. */
static uint32_t *characters(Str text, size_t *ret_count, Error *err)
{
    uint32_t *all = mem_alloc((text.len + 1) * sizeof *all, err);
    *ret_count = 0;
    for (size_t at = 0; all && at < text.len;) {
        size_t length = character(text, at);
        uint32_t code = 0;
        for (size_t i = 0; i < length; i++)
            code = code << 8 | (unsigned char)text.ptr[at + i];
        all[(*ret_count)++] = code;
        at += length;
    }
    return all;
}

static size_t least(size_t a, size_t b, size_t c)
{
    size_t least_of_two = a < b ? a : b;
    return least_of_two < c ? least_of_two : c;
}

/* The Levenshtein distance, one line of its matrix at a time in *line*. */
static size_t distance(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count,
                       size_t *line)
{
    for (size_t j = 0; j <= b_count; j++)
        line[j] = j;
    for (size_t i = 0; i < a_count; i++) {
        size_t diagonal = line[0];
        line[0] = i + 1;
        for (size_t j = 0; j < b_count; j++) {
            size_t above = line[j + 1];
            line[j + 1] = least(above + 1, line[j] + 1, diagonal + (a[i] != b[j]));
            diagonal = above;
        }
    }
    return line[b_count];
}

/* athena_levenshtein(a, b) */
static bool levenshtein(NativesRow *row)
{
    size_t a_count = 0, b_count = 0;
    MEM_AUTO uint32_t *a = characters(row->arguments[0].text, &a_count, row->err);
    MEM_AUTO uint32_t *b = a ? characters(row->arguments[1].text, &b_count, row->err) : NULL;
    if (!b)
        return false;
    if (b_count > 1 && a_count * (b_count - 1) > DISTANCE_CELLS_MAX)
        return natives_row_fail(row, "The combined inputs for Levenshtein distance are too large");
    MEM_AUTO size_t *line = mem_alloc((b_count + 1) * sizeof *line, row->err);
    if (!line)
        return false;
    row->result.integer = (int64_t)distance(a, a_count, b, b_count, line);
    return true;
}

/* athena_hamming(a, b) */
static bool hamming(NativesRow *row)
{
    Str a = row->arguments[0].text, b = row->arguments[1].text;
    size_t i = 0, j = 0;
    while (i < a.len && j < b.len) {
        size_t left = character(a, i), right = character(b, j);
        row->result.integer += left != right || memcmp(a.ptr + i, b.ptr + j, left) != 0;
        i += left;
        j += right;
    }
    return (i == a.len && j == b.len) ||
           natives_row_fail(row, "The input strings to hamming_distance function must have the "
                                 "same length");
}

/* athena_luhn(digits) */
static bool luhn(NativesRow *row)
{
    Str text = row->arguments[0].text;
    int sum = 0;
    for (size_t i = 0; i < text.len; i++) {
        int digit = text.ptr[text.len - 1 - i] - '0';
        if (digit < 0 || digit > 9)
            return natives_row_fail(row, "luhn_check takes digits only: '%.*s'",
                                    STR_ARG(str_slice(text, 0, 40)));
        digit *= 1 + (int)(i % 2);
        sum += digit > 9 ? digit - 9 : digit;
    }
    row->result.integer = text.len > 0 && sum % 10 == 0;
    return true;
}

/* athena_soundex(text): letters beyond ASCII have no sound */
static bool soundex(NativesRow *row)
{
    static const char SOUNDS[] = "01230120022455012623010202";
    char code[SOUNDEX_LETTERS + 1] = "0000";
    int filled = 0;
    char last = '\0';
    Str text = row->arguments[0].text;
    for (size_t i = 0; i < text.len && filled < SOUNDEX_LETTERS; i++) {
        if ((unsigned char)text.ptr[i] >= 0x80)
            return natives_row_fail(row, "soundex takes letters from A to Z: '%.*s'",
                                    STR_ARG(str_slice(text, 0, str_utf8_prefix(text, 40))));
        char letter = (char)(text.ptr[i] & ~0x20);
        if (letter < 'A' || letter > 'Z')
            continue;
        char sound = SOUNDS[letter - 'A'];
        if (filled == 0)
            code[filled++] = letter;
        else if (sound != '0' && sound != last)
            code[filled++] = sound;
        if (letter != 'H' && letter != 'W')
            last = sound;
    }
    return filled == 0 || buf_append(row->out, code, SOUNDEX_LETTERS, row->err);
}

/* athena_readable_seconds(seconds): 93 weeks, 1 day, 8 hours, 31 minutes, 3 seconds */
static bool readable_seconds(NativesRow *row)
{
    static const struct {
        int64_t seconds;
        const char *word;
    } UNITS[] = {{604800, "week"}, {86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};
    double given = fabs(row->arguments[0].real);
    if (!isfinite(given) || given > 1e15)
        return natives_row_fail(row, "Invalid argument found: %g", row->arguments[0].real);
    int64_t left = llround(given);
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++) {
        int64_t count = left / UNITS[i].seconds;
        bool shown = count > 0 || (UNITS[i].seconds == 1 && row->out->len == 0);
        left -= count * UNITS[i].seconds;
        if (shown &&
            !buf_printf(row->out, row->err, "%s%" PRId64 " %s%s", row->out->len ? ", " : "", count,
                        UNITS[i].word, count == 1 ? "" : "s"))
            return false;
    }
    return true;
}

/* athena_readable_number(number): at most three digits and a unit, 123K */
static bool readable_number(NativesRow *row)
{
    static const char *const UNITS[] = {"", "K", "M", "B", "T", "Q"};
    double number = row->arguments[0].real;
    size_t unit = 0;
    while (fabs(number) >= 1000 && unit + 1 < sizeof UNITS / sizeof *UNITS) {
        number /= 1000;
        unit++;
    }
    char text[64];
    double size = fabs(number);
    snprintf(text, sizeof text, "%.*f", size < 10 ? 2 : size < 100 ? 1 : 0, number);
    size_t len = strlen(text);
    while (memchr(text, '.', len) && (text[len - 1] == '0' || text[len - 1] == '.'))
        len--;
    return buf_printf(row->out, row->err, "%.*s%s", (int)len, text, UNITS[unit]);
}

const NativesFunction NATIVES_TEXTS[] = {
    {"athena_position",
     {NATIVES_TEXT, NATIVES_TEXT, NATIVES_INTEGER},
     NATIVES_INTEGER,
     position,
     false},
    {"athena_levenshtein", {NATIVES_TEXT, NATIVES_TEXT}, NATIVES_INTEGER, levenshtein, false},
    {"athena_hamming", {NATIVES_TEXT, NATIVES_TEXT}, NATIVES_INTEGER, hamming, false},
    {"athena_luhn", {NATIVES_TEXT}, NATIVES_BOOLEAN, luhn, false},
    {"athena_soundex", {NATIVES_TEXT}, NATIVES_TEXT, soundex, false},
    {"athena_readable_seconds", {NATIVES_REAL}, NATIVES_TEXT, readable_seconds, false},
    {"athena_readable_number", {NATIVES_REAL}, NATIVES_TEXT, readable_number, false},
    {NULL, {NATIVES_END}, NATIVES_END, NULL, false},
};
