#include "redact/redact_detector.h"

#include <string.h>

enum {
    KEY_ID_BYTES = 20,
    SECRET_BYTES = 40,
    LOCAL_MAX = 64,
    DOMAIN_MAX = 253,
    CARD_DIGITS_MIN = 13,
    CARD_DIGITS_MAX = 19,
    RESIDENT_DIGITS = 13,
    RESIDENT_BIRTH = 6, /* digits in front of the dash */
};

/* ---- letters ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_word(char c)
{
    return is_digit(c) || is_upper(c) || is_lower(c);
}

static bool is_base64(char c)
{
    return is_word(c) || c == '+' || c == '/' || c == '=';
}

static bool is_url_safe(char c)
{
    return is_word(c) || c == '-' || c == '_';
}

static bool is_bearer(char c)
{
    return is_word(c) || c == '-' || c == '.' || c == '_' || c == '~' || c == '+' || c == '/' ||
           c == '=';
}

static bool is_dashed(char c)
{
    return is_word(c) || c == '-';
}

static bool is_underscored(char c)
{
    return is_word(c) || c == '_';
}

static bool is_local(char c)
{
    return is_word(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-';
}

/* How many bytes at *at* are of a kind. */
static size_t run_of(Str text, size_t at, bool (*is)(char c))
{
    size_t end = at;
    while (end < text.len && is(text.ptr[end]))
        end++;
    return end - at;
}

/* Nothing of a kind stands in front of *at*. */
static bool begins(Str text, size_t at, bool (*is)(char c))
{
    return at == 0 || !is(text.ptr[at - 1]);
}

static bool starts(Str text, size_t at, const char *prefix)
{
    size_t len = strlen(prefix);
    return text.len - at >= len && memcmp(text.ptr + at, prefix, len) == 0;
}

/* ---- keys ---- */

static size_t access_key(Str text, size_t at)
{
    static const char *const PREFIXES[] = {"AKIA", "ASIA", "ABIA", "ACCA"};
    if (text.ptr[at] != 'A' || !begins(text, at, is_word) ||
        run_of(text, at, is_word) != KEY_ID_BYTES)
        return 0;
    for (size_t i = at; i < at + KEY_ID_BYTES; i++)
        if (is_lower(text.ptr[i]))
            return 0;
    for (size_t i = 0; i < sizeof PREFIXES / sizeof *PREFIXES; i++)
        if (starts(text, at, PREFIXES[i]))
            return KEY_ID_BYTES;
    return 0;
}

static size_t secret_key(Str text, size_t at)
{
    bool upper = false, lower = false, digit = false, other = false;
    if (!begins(text, at, is_base64) || run_of(text, at, is_base64) != SECRET_BYTES)
        return 0;
    for (size_t i = at; i < at + SECRET_BYTES; i++) {
        char c = text.ptr[i];
        upper |= is_upper(c);
        lower |= is_lower(c);
        digit |= is_digit(c);
        other |= c == '=';
    }
    return upper && lower && digit && !other ? SECRET_BYTES : 0;
}

/* The end of the line's frame "-----"; 0: there is none in the *within* bytes behind *at*. */
static size_t frame_end(Str text, size_t at, size_t within)
{
    size_t end = at + within < text.len ? at + within : text.len;
    for (size_t i = at; i + 5 <= end; i++)
        if (memcmp(text.ptr + i, "-----", 5) == 0)
            return i + 5;
    return 0;
}

static size_t private_key(Str text, size_t at)
{
    enum { LABEL_MAX = 64 };
    static const char BEGIN[] = "-----BEGIN ", END[] = "-----END ";
    if (!starts(text, at, BEGIN))
        return 0;
    size_t inside = frame_end(text, at + sizeof BEGIN - 1, LABEL_MAX);
    if (!inside || !str_ends(str_slice(text, at, inside), STR("PRIVATE KEY-----")))
        return 0;
    for (size_t i = inside; i < text.len; i++)
        if (text.ptr[i] == '-' && starts(text, i, END)) {
            size_t end = frame_end(text, i + sizeof END - 1, LABEL_MAX);
            return (end ? end : text.len) - at;
        }
    return text.len - at;
}

/* ---- tokens ---- */

typedef struct TokenForm {
    const char *prefix;
    bool (*is)(char c);
    size_t least; /* letters behind the prefix */
} TokenForm;

static const TokenForm TOKENS[] = {
    {"ghp_", is_word, 36},       {"gho_", is_word, 36},      {"ghu_", is_word, 36},
    {"ghs_", is_word, 36},       {"ghr_", is_word, 36},      {"github_pat_", is_underscored, 22},
    {"glpat-", is_url_safe, 20}, {"xoxb-", is_dashed, 10},   {"xoxa-", is_dashed, 10},
    {"xoxp-", is_dashed, 10},    {"xoxr-", is_dashed, 10},   {"xoxs-", is_dashed, 10},
    {"IQoJ", is_base64, 100},    {"FwoG", is_base64, 100},   {"FQoG", is_base64, 100},
    {"Bearer ", is_bearer, 20},  {"bearer ", is_bearer, 20},
};

/* A JSON web token: three parts, of which the first is a JSON object in base64. */
static size_t web_token(Str text, size_t at)
{
    enum { PART_MIN = 8 };
    size_t end = at;
    for (int part = 0; part < 2; part++) {
        size_t len = run_of(text, end, is_url_safe);
        end += len;
        if (len < PART_MIN || end == text.len || text.ptr[end] != '.')
            return 0;
        end++;
    }
    return end + run_of(text, end, is_url_safe) - at;
}

static size_t token(Str text, size_t at)
{
    if (!strchr("eghxIFBb", text.ptr[at]) || !begins(text, at, is_url_safe))
        return 0;
    if (starts(text, at, "eyJ"))
        return web_token(text, at);
    for (size_t i = 0; i < sizeof TOKENS / sizeof *TOKENS; i++) {
        const TokenForm *form = &TOKENS[i];
        if (text.ptr[at] != form->prefix[0] || !starts(text, at, form->prefix))
            continue;
        size_t len = strlen(form->prefix), more = run_of(text, at + len, form->is);
        return more >= form->least ? len + more : 0;
    }
    return 0;
}

/* ---- addresses ---- */

/* The bytes of a domain: labels with dots between them, the last of two letters or more. */
static size_t domain_of(Str text, size_t at)
{
    size_t end = at, last = 0;
    while (end - at < DOMAIN_MAX) {
        size_t label = run_of(text, end, is_dashed);
        if (!label)
            break;
        last = label;
        end += label;
        if (end + 1 >= text.len || text.ptr[end] != '.' || !is_word(text.ptr[end + 1]))
            break;
        end++;
    }
    size_t label_at = end - last;
    bool ok = last >= 2 && label_at > at;
    for (size_t i = label_at; ok && i < end; i++)
        ok = !is_digit(text.ptr[i]) && text.ptr[i] != '-';
    return ok ? end - at : 0;
}

/* An address whose first letter is at *at*: signs in front of it are no part of it. */
static size_t email(Str text, size_t at)
{
    if (!is_word(text.ptr[at]))
        return 0;
    size_t local = run_of(text, at, is_local);
    if (local > LOCAL_MAX || at + local >= text.len || text.ptr[at + local] != '@')
        return 0;
    size_t domain = domain_of(text, at + local + 1);
    return domain ? local + 1 + domain : 0;
}

/* ---- numbers ---- */

/* Digits with at most one space or dash between two of them. */
typedef struct Number {
    unsigned char digits[CARD_DIGITS_MAX];
    size_t ends[CARD_DIGITS_MAX]; /* behind each digit, from the number's begin */
    int count;
    bool dashed_birth; /* the only separator stands behind the sixth digit */
    int separators;
} Number;

static bool is_separator(char c)
{
    return c == ' ' || c == '-';
}

/* Reads the digits at *at*, as many as a card may have. */
static void read_number(Str text, size_t at, Number *ret)
{
    *ret = (Number){.count = 0};
    for (size_t i = at; i < text.len && ret->count < CARD_DIGITS_MAX; i++) {
        char c = text.ptr[i];
        bool next = i + 1 < text.len && is_digit(text.ptr[i + 1]);
        if (is_digit(c)) {
            ret->ends[ret->count] = i + 1 - at;
            ret->digits[ret->count++] = (unsigned char)(c - '0');
        } else if (is_separator(c) && next && is_digit(text.ptr[i - 1])) {
            ret->separators++;
            ret->dashed_birth = ret->count == RESIDENT_BIRTH && c == '-';
        } else {
            break;
        }
    }
}

static bool is_luhn(const Number *number)
{
    int sum = 0;
    for (int i = 0; i < number->count; i++) {
        int digit = number->digits[number->count - 1 - i];
        if (i & 1)
            digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        sum += digit;
    }
    return sum % 10 == 0;
}

/* Numbers that a brand begins with, their digits, and how long its cards are. */
static const struct {
    int from, to, digits, shortest, longest;
} BRANDS[] = {
    {4, 4, 1, 13, 19},   {51, 55, 2, 16, 16},     {2221, 2720, 4, 16, 16}, {34, 34, 2, 15, 15},
    {37, 37, 2, 15, 15}, {6011, 6011, 4, 16, 19}, {644, 659, 3, 16, 19},   {3528, 3589, 4, 16, 19},
    {62, 62, 2, 16, 19}, {300, 305, 3, 14, 19},   {36, 36, 2, 14, 19},     {38, 39, 2, 14, 19},
    {9, 9, 1, 16, 16}, /* local cards of Korea */
};

static bool is_of_brand(const Number *number)
{
    for (size_t i = 0; i < sizeof BRANDS / sizeof *BRANDS; i++) {
        int prefix = 0;
        for (int d = 0; d < BRANDS[i].digits; d++)
            prefix = prefix * 10 + number->digits[d];
        if (prefix >= BRANDS[i].from && prefix <= BRANDS[i].to &&
            number->count >= BRANDS[i].shortest && number->count <= BRANDS[i].longest)
            return true;
    }
    return false;
}

/* Where a number can begin: no digit, point or letter belongs to it from the left. */
static bool begins_number(Str text, size_t at)
{
    return is_digit(text.ptr[at]) &&
           (at == 0 || (!is_word(text.ptr[at - 1]) && text.ptr[at - 1] != '.'));
}

static bool ends_number(Str text, size_t end)
{
    return end == text.len || !is_word(text.ptr[end]);
}

/* The longest that is one: what stands behind it may be another number. */
static size_t card(Str text, size_t at)
{
    Number number;
    if (!begins_number(text, at))
        return 0;
    read_number(text, at, &number);
    for (; number.count >= CARD_DIGITS_MIN; number.count--) {
        size_t len = number.ends[number.count - 1];
        if (ends_number(text, at + len) && is_of_brand(&number) && is_luhn(&number))
            return len;
    }
    return 0;
}

static bool is_date(const Number *number)
{
    const unsigned char *d = number->digits;
    int month = d[2] * 10 + d[3], day = d[4] * 10 + d[5];
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* The seventh digit tells century, sex, and whether the person is a foreigner (5 to 8). */
static bool is_resident_check(const Number *number)
{
    static const int WEIGHTS[RESIDENT_DIGITS - 1] = {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5};
    int sum = 0, kind = number->digits[RESIDENT_BIRTH];
    for (int i = 0; i < RESIDENT_DIGITS - 1; i++)
        sum += number->digits[i] * WEIGHTS[i];
    int base = kind >= 5 && kind <= 8 ? 13 : 11;
    return (base - sum % 11) % 10 == number->digits[RESIDENT_DIGITS - 1];
}

static size_t resident(Str text, size_t at)
{
    Number number;
    if (!begins_number(text, at))
        return 0;
    read_number(text, at, &number);
    if (number.count != RESIDENT_DIGITS ||
        !(number.separators == 0 || (number.separators == 1 && number.dashed_birth)))
        return 0;
    size_t len = number.ends[RESIDENT_DIGITS - 1];
    return ends_number(text, at + len) && is_date(&number) && is_resident_check(&number) ? len : 0;
}

/* ---- all of them ---- */

static const struct {
    const char *name;
    size_t (*find)(Str text, size_t at); /* how many bytes at *at* are one; 0: none */
} FORMS[DETECTORS] = {
    [DETECTOR_ACCESS_KEY] = {"access-key", access_key},
    [DETECTOR_SECRET_KEY] = {"secret-key", secret_key},
    [DETECTOR_PRIVATE_KEY] = {"private-key", private_key},
    [DETECTOR_TOKEN] = {"token", token},
    [DETECTOR_EMAIL] = {"email", email},
    [DETECTOR_CARD] = {"card", card},
    [DETECTOR_RESIDENT] = {"resident-registration-number", resident},
};

const char *redact_detector_name(RedactDetector detector)
{
    return FORMS[detector].name;
}

bool redact_detector_named(Str name, RedactDetector *ret)
{
    for (int i = 0; i < DETECTORS; i++)
        if (str_equal(name, str_of(FORMS[i].name))) {
            *ret = (RedactDetector)i;
            return true;
        }
    return false;
}

/* What can begin with *c*, behind anything but a letter or digit; '-' behind anything. */
static unsigned beginning_with(char c)
{
    unsigned set = 0;
    if (c == '-')
        return DETECTOR_BIT(DETECTOR_PRIVATE_KEY);
    if (is_base64(c))
        set |= DETECTOR_BIT(DETECTOR_SECRET_KEY);
    if (!is_word(c))
        return set;
    set |= DETECTOR_BIT(DETECTOR_EMAIL);
    if (is_digit(c))
        return set | DETECTOR_BIT(DETECTOR_CARD) | DETECTOR_BIT(DETECTOR_RESIDENT);
    return set | DETECTOR_BIT(DETECTOR_TOKEN) | DETECTOR_BIT(DETECTOR_ACCESS_KEY);
}

bool redact_detector_find(unsigned set, Str text, size_t from, size_t *ret_from, size_t *ret_to)
{
    for (size_t at = from; at < text.len; at++) {
        if (at > 0 && is_word(text.ptr[at - 1]) && text.ptr[at] != '-')
            continue;
        unsigned may = set & beginning_with(text.ptr[at]);
        for (int i = 0; may >> i; i++) {
            size_t len = may & DETECTOR_BIT(i) ? FORMS[i].find(text, at) : 0;
            if (len) {
                *ret_from = at;
                *ret_to = at + len;
                return true;
            }
        }
    }
    return false;
}
