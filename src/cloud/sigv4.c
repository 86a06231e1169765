#include "cloud/sigv4.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/timestamp.h"

#define ALGORITHM "AWS4-HMAC-SHA256"

enum { NAME_BYTES_MAX = 1024, PRESIGN_PAIRS = 6 };

void sigv4_time(int64_t time_us, char ret[SIGV4_TIME_BYTES])
{
    char text[TIMESTAMP_TEXT_BYTES];
    timestamp_format(time_us, text);
    snprintf(ret, SIGV4_TIME_BYTES, "%.4s%.2s%.2sT%.2s%.2s%.2sZ", text, text + 5, text + 8,
             text + 11, text + 14, text + 17);
}

static bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

bool sigv4_encode(Buf *ret, Str text, bool keep_slashes, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < text.len; i++) {
        char c = text.ptr[i];
        if (is_unreserved(c) || (keep_slashes && c == '/'))
            ok = buf_append_byte(ret, (unsigned char)c, err);
        else
            ok = buf_printf(ret, err, "%%%02X", (unsigned char)c);
    }
    return ok;
}

static int compare_pairs(const void *a, const void *b)
{
    const Sigv4Pair *left = a, *right = b;
    int order = str_compare(left->name, right->name);
    return order ? order : str_compare(left->value, right->value);
}

/* Appends *text* encoded to *texts*, whose memory stays where it is. */
static bool encode_into(Buf *texts, Str text, Str *ret, Error *err)
{
    size_t start = texts->len;
    if (!sigv4_encode(texts, text, false, err))
        return false;
    *ret = (Str){texts->ptr + start, texts->len - start};
    return true;
}

bool sigv4_query(Buf *ret, const Sigv4Pair *query, size_t count, Error *err)
{
    Sigv4Pair encoded[SIGV4_PAIRS_MAX];
    BUF_AUTO Buf texts = buf_init(SIGV4_TEXT_BYTES_MAX);
    size_t bytes = 1;
    if (count > SIGV4_PAIRS_MAX)
        return error_set(err, ERROR_LIMIT, "a query of more than %d parameters", SIGV4_PAIRS_MAX);
    for (size_t i = 0; i < count; i++)
        bytes += 3 * (query[i].name.len + query[i].value.len);
    if (!buf_reserve(&texts, bytes, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!encode_into(&texts, query[i].name, &encoded[i].name, err) ||
            !encode_into(&texts, query[i].value, &encoded[i].value, err))
            return false;
    qsort(encoded, count, sizeof *encoded, compare_pairs);
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++)
        ok = (!i || buf_append_byte(ret, '&', err)) && buf_append_str(ret, encoded[i].name, err) &&
             buf_append_byte(ret, '=', err) && buf_append_str(ret, encoded[i].value, err);
    return ok;
}

/* A header's name as it is signed. */
static bool append_name(Buf *out, Str name, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < name.len; i++)
        ok = buf_append_byte(out, (unsigned char)str_lower(name.ptr[i]), err);
    return ok;
}

/* A header's value as it is signed: trimmed, with single blanks. */
static bool append_value(Buf *out, Str value, Error *err)
{
    bool ok = true, blank = false;
    value = str_trim(value);
    for (size_t i = 0; ok && i < value.len; i++) {
        bool is_blank = value.ptr[i] == ' ';
        if (!is_blank || !blank)
            ok = buf_append_byte(out, (unsigned char)value.ptr[i], err);
        blank = is_blank;
    }
    return ok;
}

/* Order of headers: by name without case; equal names as they were given. */
static int compare_headers(const void *a, const void *b)
{
    const Sigv4Pair *const *left = a, *const *right = b;
    Str x = (*left)->name, y = (*right)->name;
    size_t shorter = x.len < y.len ? x.len : y.len;
    for (size_t i = 0; i < shorter; i++)
        if (str_lower(x.ptr[i]) != str_lower(y.ptr[i]))
            return str_lower(x.ptr[i]) < str_lower(y.ptr[i]) ? -1 : 1;
    if (x.len != y.len)
        return x.len < y.len ? -1 : 1;
    return (*left > *right) - (*left < *right);
}

/* One header; values of one name are joined, so that its *first* has the name and its *last* ends
 * the line. */
static bool append_header(const Sigv4Pair *header, bool first, bool last, Buf *lines, Error *err)
{
    return (!first || append_name(lines, header->name, err)) &&
           buf_append_byte(lines, first ? ':' : ',', err) &&
           append_value(lines, header->value, err) && (!last || buf_append_byte(lines, '\n', err));
}

/* The headers as they are signed, and their names. */
static bool append_headers(const Sigv4Request *request, Buf *lines, Buf *names, Error *err)
{
    const Sigv4Pair *sorted[SIGV4_PAIRS_MAX];
    size_t count = request->header_count;
    bool ok = true, first = true;
    if (count > SIGV4_PAIRS_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d headers", SIGV4_PAIRS_MAX);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &request->headers[i];
    qsort(sorted, count, sizeof *sorted, compare_headers);
    for (size_t i = 0; ok && i < count; i++) {
        bool last = i + 1 == count || !str_equal_nocase(sorted[i]->name, sorted[i + 1]->name);
        if (first)
            ok = (!i || buf_append_byte(names, ';', err)) &&
                 append_name(names, sorted[i]->name, err);
        ok = ok && append_header(sorted[i], first, last, lines, err);
        first = last;
    }
    return ok;
}

/* "20150830/us-east-1/service/aws4_request". */
static bool append_scope(Buf *out, const Sigv4Scope *scope, Error *err)
{
    char time[SIGV4_TIME_BYTES];
    sigv4_time(scope->time_us, time);
    return buf_printf(out, err, "%.8s/%.*s/%.*s/aws4_request", time, STR_ARG(scope->region),
                      STR_ARG(scope->service));
}

/* The signature of a text in hexadecimal, by the key that is derived from the secret. */
static bool append_signature(Buf *out, const Sigv4Scope *scope, Str text, Error *err)
{
    char time[SIGV4_TIME_BYTES], hex[2 * HASH_SHA256_BYTES + 1];
    uint8_t key[HASH_SHA256_BYTES];
    BUF_AUTO Buf secret = buf_init(NAME_BYTES_MAX);
    sigv4_time(scope->time_us, time);
    bool ok = buf_append_str(&secret, STR("AWS4"), err) &&
              buf_append_str(&secret, scope->secret_key, err);
    if (ok) {
        hash_hmac_sha256(buf_str(&secret), (Str){time, 8}, key);
        hash_hmac_sha256((Str){(char *)key, sizeof key}, scope->region, key);
        hash_hmac_sha256((Str){(char *)key, sizeof key}, scope->service, key);
        hash_hmac_sha256((Str){(char *)key, sizeof key}, STR("aws4_request"), key);
        hash_hmac_sha256((Str){(char *)key, sizeof key}, text, key);
        hash_hex(key, sizeof key, hex);
    }
    if (secret.cap)
        hash_wipe(secret.ptr, secret.cap);
    hash_wipe(key, sizeof key);
    return ok && buf_append(out, hex, sizeof hex - 1, err);
}

/* The request in the one form that both sides hash; *query* is encoded and sorted. */
static bool append_canonical(Buf *out, const Sigv4Request *request, Str query, Buf *names,
                             Error *err)
{
    return buf_append_str(out, request->method, err) && buf_append_byte(out, '\n', err) &&
           sigv4_encode(out, request->path, true, err) && buf_append_byte(out, '\n', err) &&
           buf_append_str(out, query, err) && buf_append_byte(out, '\n', err) &&
           append_headers(request, out, names, err) && buf_append_byte(out, '\n', err) &&
           buf_append_str(out, buf_str(names), err) && buf_append_byte(out, '\n', err) &&
           buf_append_str(out, request->payload_hash, err);
}

/* The signature of a request in hexadecimal; the names of its headers into *names*. */
static bool sign(const Sigv4Request *request, const Sigv4Scope *scope, Str query, Buf *names,
                 Buf *ret, Error *err)
{
    uint8_t hash[HASH_SHA256_BYTES];
    char hex[2 * HASH_SHA256_BYTES + 1], time[SIGV4_TIME_BYTES];
    BUF_AUTO Buf canonical = buf_init(SIGV4_TEXT_BYTES_MAX), text = buf_init(NAME_BYTES_MAX);
    if (!append_canonical(&canonical, request, query, names, err))
        return false;
    hash_sha256(canonical.ptr, canonical.len, hash);
    hash_hex(hash, sizeof hash, hex);
    sigv4_time(scope->time_us, time);
    return buf_printf(&text, err, ALGORITHM "\n%s\n", time) && append_scope(&text, scope, err) &&
           buf_printf(&text, err, "\n%s", hex) && append_signature(ret, scope, buf_str(&text), err);
}

bool sigv4_authorization(const Sigv4Request *request, const Sigv4Scope *scope, Buf *ret, Error *err)
{
    BUF_AUTO Buf query = buf_init(SIGV4_TEXT_BYTES_MAX), names = buf_init(SIGV4_TEXT_BYTES_MAX);
    BUF_AUTO Buf signature = buf_init(NAME_BYTES_MAX);
    return sigv4_query(&query, request->query, request->query_count, err) &&
           sign(request, scope, buf_str(&query), &names, &signature, err) &&
           buf_printf(ret, err, ALGORITHM " Credential=%.*s/", STR_ARG(scope->access_key)) &&
           append_scope(ret, scope, err) &&
           buf_printf(ret, err, ", SignedHeaders=%.*s, Signature=%.*s", STR_ARG(buf_str(&names)),
                      STR_ARG(buf_str(&signature)));
}

bool sigv4_presign(const Sigv4Request *request, const Sigv4Scope *scope, int64_t expires_s,
                   Buf *ret, Error *err)
{
    Sigv4Pair pairs[SIGV4_PAIRS_MAX + PRESIGN_PAIRS];
    char time[SIGV4_TIME_BYTES], expires[24];
    BUF_AUTO Buf credential = buf_init(NAME_BYTES_MAX), names = buf_init(SIGV4_TEXT_BYTES_MAX);
    BUF_AUTO Buf lines = buf_init(SIGV4_TEXT_BYTES_MAX), query = buf_init(SIGV4_TEXT_BYTES_MAX);
    BUF_AUTO Buf signature = buf_init(NAME_BYTES_MAX), again = buf_init(SIGV4_TEXT_BYTES_MAX);
    size_t count = 0;
    if (expires_s < 1 || expires_s > SIGV4_EXPIRES_MAX)
        return error_set(err, ERROR_USAGE, "a presigned URL holds 1 to %d seconds, not %" PRId64,
                         SIGV4_EXPIRES_MAX, expires_s);
    if (request->query_count > SIGV4_PAIRS_MAX - PRESIGN_PAIRS)
        return error_set(err, ERROR_LIMIT, "a query of more than %d parameters",
                         SIGV4_PAIRS_MAX - PRESIGN_PAIRS);
    if (!buf_printf(&credential, err, "%.*s/", STR_ARG(scope->access_key)) ||
        !append_scope(&credential, scope, err) || !append_headers(request, &lines, &names, err))
        return false;
    sigv4_time(scope->time_us, time);
    snprintf(expires, sizeof expires, "%" PRId64, expires_s);
    for (; count < request->query_count; count++)
        pairs[count] = request->query[count];
    pairs[count++] = (Sigv4Pair){STR("X-Amz-Algorithm"), STR(ALGORITHM)};
    pairs[count++] = (Sigv4Pair){STR("X-Amz-Credential"), buf_str(&credential)};
    pairs[count++] = (Sigv4Pair){STR("X-Amz-Date"), str_of(time)};
    pairs[count++] = (Sigv4Pair){STR("X-Amz-Expires"), str_of(expires)};
    pairs[count++] = (Sigv4Pair){STR("X-Amz-SignedHeaders"), buf_str(&names)};
    if (scope->session_token.len)
        pairs[count++] = (Sigv4Pair){STR("X-Amz-Security-Token"), scope->session_token};
    return sigv4_query(&query, pairs, count, err) &&
           sign(request, scope, buf_str(&query), &again, &signature, err) &&
           buf_printf(ret, err, "%.*s&X-Amz-Signature=%.*s", STR_ARG(buf_str(&query)),
                      STR_ARG(buf_str(&signature)));
}
