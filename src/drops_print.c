#include "drops_print.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/amount.h"
#include "base/buf.h"
#include "base/log.h"
#include "lake/drops.h"

enum { NAMES_BYTES_MAX = 1 << 20 };

typedef struct Printing {
    bool json;
    int count;
} Printing;

/* Names of filters are of letters that need no escape. */
static bool print(void *context, const DropTotal *total, Error *err)
{
    Printing *printing = context;
    char dropped[AMOUNT_TEXT_BYTES], spared[AMOUNT_TEXT_BYTES], redacted[AMOUNT_TEXT_BYTES];
    (void)err;
    if (printing->json) {
        printf("%s{\"name\":\"%.*s\",\"does\":\"%.*s\",\"dropped\":%" PRId64 ",\"spared\":%" PRId64
               ",\"redacted\":%" PRId64 "}",
               printing->count++ ? "," : "", STR_ARG(total->name), STR_ARG(total->verb),
               total->dropped, total->spared, total->redacted);
        return true;
    }
    amount_count((uint64_t)total->dropped, dropped);
    amount_count((uint64_t)total->spared, spared);
    amount_count((uint64_t)total->redacted, redacted);
    if (str_equal(total->verb, STR("redact"))) {
        printf("    %-22.*s %12s with something hidden\n", STR_ARG(total->name), redacted);
        return true;
    }
    printf("    %-22.*s %12s", STR_ARG(total->name), dropped);
    if (str_equal(total->verb, STR("function")))
        printf(" dropped, and changed %s", redacted);
    printf(total->spared ? ", and spared %s that raised a signal\n" : "\n", spared);
    return true;
}

bool drops_print_is_due(Lake *lake, int64_t first_object, bool *ret, Error *err)
{
    DbStatement *select =
        db_statement(lake->db, "SELECT 1 FROM drops WHERE object_id >= ? LIMIT 1", err);
    if (!select)
        return false;
    db_bind_int(select, 1, first_object);
    bool ok = db_next(select, ret, err);
    db_reset(select);
    return ok;
}

bool drops_print(Lake *lake, int64_t first_object, bool json, Error *err)
{
    Printing printing = {.json = json};
    const DropRange range = {first_object, INT64_MIN, INT64_MAX};
    return drops_each(lake->db, &range, print, &printing, err);
}

/* "kms-by-services (20,481), trail-deliveries (12)" */
static bool name(Buf *names, Str filter, int64_t number, Error *err)
{
    char count[AMOUNT_TEXT_BYTES];
    amount_count((uint64_t)number, count);
    return !number ||
           buf_printf(names, err, "%s%.*s (%s)", names->len ? ", " : "", STR_ARG(filter), count);
}

typedef struct Names {
    Buf dropped, redacted;
} Names;

static bool name_both(void *context, const DropTotal *total, Error *err)
{
    Names *names = context;
    return name(&names->dropped, total->name, total->dropped, err) &&
           name(&names->redacted, total->name, total->redacted, err);
}

static void tell(const char *what, const Buf *names)
{
    if (names->len)
        log_tell(LOG_WARN, NULL, "%s: %.*s", what, STR_ARG(buf_str(names)));
}

bool drops_tell(Lake *lake, int64_t since_us, int64_t until_us, Error *err)
{
    Names names = {buf_init(NAMES_BYTES_MAX), buf_init(NAMES_BYTES_MAX)};
    const DropRange range = {0, since_us, until_us};
    bool ok = drops_each(lake->db, &range, name_both, &names, err);
    if (ok) {
        tell("the lake lacks records of this time, which filters dropped", &names.dropped);
        tell("filters hid something in records of this time", &names.redacted);
    }
    buf_free(&names.dropped);
    buf_free(&names.redacted);
    return ok;
}
