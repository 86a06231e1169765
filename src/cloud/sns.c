#include "cloud/sns.h"

enum { BODY_BYTES_MAX = 1 << 20, REPLY_BYTES_MAX = 1 << 18, ARN_BYTES_MAX = 512, NAME_MAX = 256 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_region(char c)
{
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-';
}

static bool is_name(char c)
{
    char lower = str_lower(c);
    return (lower >= 'a' && lower <= 'z') || is_digit(c) || c == '-' || c == '_';
}

static bool is_all(Str text, bool (*is)(char c))
{
    for (size_t i = 0; i < text.len; i++)
        if (!is(text.ptr[i]))
            return false;
    return text.len > 0;
}

bool sns_split(Str arn, SnsTopic *ret)
{
    enum { PREFIX, PARTITION, SERVICE, REGION, ACCOUNT, NAME, FIELDS };
    Str fields[FIELDS], rest = arn;
    for (int i = 0; i < FIELDS; i++) {
        size_t end = i == NAME ? rest.len : str_find_byte(rest, ':', 0);
        fields[i] = str_slice(rest, 0, end);
        rest = str_slice(rest, end + 1, rest.len);
    }
    *ret = (SnsTopic){.arn = arn, .region = fields[REGION]};
    ret->fifo = str_ends(fields[NAME], STR(".fifo"));
    Str name = str_slice(fields[NAME], 0, fields[NAME].len - (ret->fifo ? 5 : 0));
    return arn.len <= ARN_BYTES_MAX && str_equal(fields[PREFIX], STR("arn")) &&
           str_starts(fields[PARTITION], STR("aws")) && is_all(fields[PARTITION], is_region) &&
           str_equal(fields[SERVICE], STR("sns")) && is_all(fields[REGION], is_region) &&
           fields[ACCOUNT].len == 12 && is_all(fields[ACCOUNT], is_digit) &&
           fields[NAME].len <= NAME_MAX && is_all(name, is_name);
}

static bool put(Buf *to, const char *name, Str value, Error *err)
{
    return buf_printf(to, err, "&%s=", name) && sigv4_encode(to, value, false, err);
}

/* One '?' for each character that a subject cannot have. */
static bool put_subject(Buf *to, Str text, Error *err)
{
    char subject[SNS_SUBJECT_MAX];
    size_t len = 0;
    for (size_t i = 0; i < text.len && len < sizeof subject; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if ((byte & 0xc0) != 0x80)
            subject[len++] = byte < ' ' || byte > '~' ? '?' : text.ptr[i];
    }
    return put(to, "Subject", (Str){subject, len}, err);
}

static bool is_key(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] <= ' ' || text.ptr[i] > '~')
            return false;
    return text.len > 0 && text.len <= SNS_KEY_MAX;
}

bool sns_body(const SnsTopic *topic, const SnsMessage *message, Buf *ret, Error *err)
{
    if (topic->fifo && (!is_key(message->key) || !is_key(message->group)))
        return error_set(err, ERROR_USAGE, "a FIFO topic needs a key and a group of 1 to %d bytes",
                         SNS_KEY_MAX);
    return buf_append_str(ret, STR("Action=Publish&Version=2010-03-31"), err) &&
           put(ret, "TopicArn", topic->arn, err) && put_subject(ret, message->subject, err) &&
           put(ret, "Message", message->text, err) &&
           (!topic->fifo || (put(ret, "MessageDeduplicationId", message->key, err) &&
                             put(ret, "MessageGroupId", message->group, err)));
}

static bool ask(RequestLine *line, const Endpoint *endpoint, Str body, int64_t timeout_us,
                Error *err)
{
    const Sigv4Pair headers[] = {
        {STR("content-type"), STR("application/x-www-form-urlencoded; charset=utf-8")}};
    const Request request = {.endpoint = endpoint,
                             .service = STR("sns"),
                             .method = STR("POST"),
                             .path = STR("/"),
                             .headers = headers,
                             .header_count = sizeof headers / sizeof *headers,
                             .body = body,
                             .reply_max = REPLY_BYTES_MAX,
                             .timeout_us = timeout_us};
    Failure failure = {.status = 0};
    RequestCall *call = request_start(line, &request, err);
    bool ok = call && request_await_for(line, call, timeout_us, &failure, err);
    if (!ok && (str_starts(str_of(failure.code), STR("AuthorizationError")) ||
                str_starts(str_of(failure.code), STR("AccessDenied"))))
        error_context(err, "sns:Publish is needed");
    request_free(call);
    return ok;
}

bool sns_publish(Aws *aws, const SnsTopic *topic, const SnsMessage *message, int64_t timeout_us,
                 Error *err)
{
    Endpoint endpoint;
    BUF_AUTO Buf body = buf_init(BODY_BYTES_MAX);
    if (!sns_body(topic, message, &body, err) ||
        !aws_endpoint(aws, STR("sns"), topic->region, &endpoint, err))
        return false;
    RequestLine *line = aws_line(aws, err);
    bool ok = line && ask(line, &endpoint, buf_str(&body), timeout_us, err);
    request_line_free(line);
    return ok || error_context(err, "%.*s", STR_ARG(topic->arn));
}
