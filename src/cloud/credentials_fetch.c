#include "base/clock.h"
#include "cloud/credentials_source.h"

enum { PAUSE_US = 200000, REPLY_BYTES_MAX = 128 << 10, STATUS_MANY = 429, STATUS_SERVER = 500 };

/* Between the half and the whole of a time that doubles. */
static void pause_before(int attempt)
{
    int64_t most = (int64_t)PAUSE_US << (attempt < 6 ? attempt : 6);
    clock_sleep_us(most / 2 + clock_monotonic_us() % (most / 2));
}

static bool is_busy(const HttpReply *reply)
{
    return reply->status == STATUS_MANY || reply->status >= STATUS_SERVER;
}

HttpCall *credentials_fetch(CredentialsSearch *search, HttpRequest *request, int attempts,
                            CredentialsAgain again, Error *err)
{
    request->reply_max = REPLY_BYTES_MAX;
    request->secret = true;
    for (int attempt = 0;; attempt++) {
        HttpCall *call = http_start(search->client, request, err);
        if (!call)
            return NULL;
        bool ok = http_await(search->client, call, err);
        bool last = attempt + 1 >= attempts;
        const HttpReply *reply = http_call_reply(call);
        if (ok && (last || !(is_busy(reply) || (again && again(reply)))))
            return call;
        http_call_free(call);
        if (!ok && (last || err->kind != ERROR_BUSY))
            return NULL;
        error_clear(err);
        pause_before(attempt);
    }
}

bool credentials_fetch_refused(const HttpReply *reply, Error *err)
{
    return error_set(err, is_busy(reply) ? ERROR_BUSY : ERROR_ACCESS, "it answered with status %d",
                     reply->status);
}
