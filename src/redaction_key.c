#include "redaction_key.h"

#include <ctype.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/hash.h"
#include "cloud/json_call.h"
#include "sources_aws.h"

enum { ASK_BYTES_MAX = 16 << 10 };

void redaction_key_wipe(RedactionKey *key)
{
    if (key->bytes.ptr)
        hash_wipe(key->bytes.ptr, key->bytes.cap);
    buf_free(&key->bytes);
    key->key = (RedactKey){{"", 0}, {"", 0}};
}

static bool is_id(Str id)
{
    bool ok = id.len > 0 && id.len <= REDACT_KEY_ID_MAX;
    for (size_t i = 0; ok && i < id.len; i++)
        ok = isalnum((unsigned char)id.ptr[i]) || id.ptr[i] == '-' || id.ptr[i] == '_';
    return ok;
}

/* ---- KMS ---- */

/* The bytes of *ret* are decrypted by KMS: as aws kms gives them they are base64, or are taken as
 * they are. */
static bool write_question(const Buf *sealed, Buf *body, Error *err)
{
    BUF_AUTO Buf bytes = buf_init(REDACT_KEY_BYTES_MAX);
    Error ignored = {0};
    Str text = str_trim(buf_str(sealed));
    bool plain = base64_decode(&bytes, text, &ignored);
    return buf_append_str(body, STR("{\"CiphertextBlob\":\""), err) &&
           (plain ? buf_append_str(body, text, err) : base64_append(body, buf_str(sealed), err)) &&
           buf_append_str(body, STR("\"}"), err);
}

static bool ask(Aws *aws, RequestLine *line, Str region, Str body, Buf *ret, Error *err)
{
    static const JsonAction DECRYPT = {"kms", "TrentService.Decrypt", "kms:Decrypt"};
    Endpoint endpoint;
    JsonAnswer answer = {.arena = NULL};
    const Json *tree = aws_endpoint(aws, STR("kms"), region, &endpoint, err)
                           ? json_call(&endpoint, line, &DECRYPT, body, &answer, err)
                           : NULL;
    Str plain = json_text(json_member(tree, STR("Plaintext")), STR(""));
    hash_wipe(ret->ptr, ret->len);
    ret->len = 0;
    bool ok = tree && base64_decode(ret, plain, err);
    if (answer.body.ptr)
        hash_wipe(answer.body.ptr, answer.body.len);
    json_call_end(&answer);
    return ok;
}

static bool decrypt(const Config *config, Str region, Buf *ret, Error *err)
{
    const SourcesAwsOptions own = {.region = config_text(config, CONFIG_REDACT_KMS)};
    BUF_AUTO Buf body = buf_init(ASK_BYTES_MAX);
    if (!write_question(ret, &body, err))
        return false;
    Aws *aws = sources_aws_configured(config, "redact", &own, false, err);
    RequestLine *line = aws ? aws_take_line(aws, err) : NULL;
    bool ok = line && ask(aws, line, region, buf_str(&body), ret, err);
    if (line)
        aws_give_line(aws, line);
    aws_free(aws);
    return ok || error_context(err, "redact.key: KMS");
}

/* ---- all of it ---- */

static bool check(const char *path, RedactionKey *key, bool trims, Error *err)
{
    Str bytes = trims ? str_trim(buf_str(&key->bytes)) : buf_str(&key->bytes);
    if (bytes.len < REDACT_KEY_BYTES_MIN)
        return error_set(err, ERROR_INPUT,
                         "'%s' holds %zu bytes: the key of redactions has %d or more, for instance "
                         "of 'openssl rand -hex 32'",
                         path, bytes.len, REDACT_KEY_BYTES_MIN);
    key->key.bytes = bytes;
    return true;
}

bool redaction_key_read(const Config *config, RedactionKey *ret, Error *err)
{
    const char *path = config_text(config, CONFIG_REDACT_KEY);
    Str region = str_of(config_text(config, CONFIG_REDACT_KMS));
    *ret = (RedactionKey){.key = {{"", 0}, {"", 0}}, .bytes = buf_init(REDACT_KEY_BYTES_MAX)};
    if (!*path)
        return true;
    ret->key.id = str_of(config_text(config, CONFIG_REDACT_KEY_ID));
    if (!is_id(ret->key.id))
        return error_set(err, ERROR_USAGE,
                         "redact.key_id is 1 to %d letters, digits, - and _, not '%.*s'",
                         REDACT_KEY_ID_MAX, STR_ARG(str_slice(ret->key.id, 0, 80)));
    if (!file_read(path, &ret->bytes, NULL, err))
        return error_context(err, "redact.key");
    return (!region.len || decrypt(config, region, &ret->bytes, err)) &&
           check(path, ret, !region.len, err);
}

void redaction_key_stamp(const Config *config, FileStamp *stamp)
{
    const char *path = config_text(config, CONFIG_REDACT_KEY);
    if (*path)
        file_stamp_add(stamp, path, NULL);
}
