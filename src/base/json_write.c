#include "base/json_write.h"

#include <inttypes.h>

#include "base/json.h"

/* A comma where another value stands before this one, and the member's name. */
static void begin(JsonWriter *to, const char *name)
{
    Buf *out = to->out;
    char last = '[';
    if (out->len)
        last = out->ptr[out->len - 1];
    if (to->ok && last != '{' && last != '[')
        to->ok = buf_append_byte(out, ',', to->err);
    if (to->ok && name)
        to->ok = buf_printf(out, to->err, "\"%s\":", name);
}

void json_write_open(JsonWriter *to, const char *name, char bracket)
{
    begin(to, name);
    to->ok = to->ok && buf_append_byte(to->out, (unsigned char)bracket, to->err);
}

void json_write_close(JsonWriter *to, char bracket)
{
    to->ok = to->ok && buf_append_byte(to->out, (unsigned char)bracket, to->err);
}

void json_write_text(JsonWriter *to, const char *name, Str text)
{
    begin(to, name);
    to->ok = to->ok && json_append_string(to->out, text, to->err);
}

void json_write_some(JsonWriter *to, const char *name, Str text)
{
    if (text.len)
        json_write_text(to, name, text);
}

void json_write_value(JsonWriter *to, const char *name, Str json)
{
    begin(to, name);
    to->ok = to->ok && buf_append_str(to->out, json, to->err);
}

void json_write_int(JsonWriter *to, const char *name, int64_t number)
{
    begin(to, name);
    to->ok = to->ok && buf_printf(to->out, to->err, "%" PRId64, number);
}

void json_write_texts(JsonWriter *to, const char *name, const Str *texts, size_t count)
{
    json_write_open(to, name, '[');
    for (size_t i = 0; i < count; i++)
        json_write_text(to, NULL, texts[i]);
    json_write_close(to, ']');
}
