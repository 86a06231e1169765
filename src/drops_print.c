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
    char dropped[AMOUNT_TEXT_BYTES], spared[AMOUNT_TEXT_BYTES];
    (void)err;
    if (printing->json) {
        printf("%s{\"name\":\"%.*s\",\"does\":\"%.*s\",\"dropped\":%" PRId64 ",\"spared\":%" PRId64
               "}",
               printing->count++ ? "," : "", STR_ARG(total->name), STR_ARG(total->verb),
               total->dropped, total->spared);
        return true;
    }
    amount_count((uint64_t)total->dropped, dropped);
    amount_count((uint64_t)total->spared, spared);
    printf("    %-22.*s %12s", STR_ARG(total->name), dropped);
    printf(total->spared ? ", and spared %s that raised a signal\n" : "\n", spared);
    return true;
}

bool drops_print(Lake *lake, int64_t first_object, bool json, Error *err)
{
    Printing printing = {.json = json};
    const DropRange range = {first_object, INT64_MIN, INT64_MAX};
    return drops_each(lake->db, &range, print, &printing, err);
}

/* "kms-by-services (20,481), trail-deliveries (12)" */
static bool name(void *context, const DropTotal *total, Error *err)
{
    Buf *names = context;
    char dropped[AMOUNT_TEXT_BYTES];
    amount_count((uint64_t)total->dropped, dropped);
    return !total->dropped || buf_printf(names, err, "%s%.*s (%s)", names->len ? ", " : "",
                                         STR_ARG(total->name), dropped);
}

bool drops_tell(Lake *lake, int64_t since_us, int64_t until_us, Error *err)
{
    BUF_AUTO Buf names = buf_init(NAMES_BYTES_MAX);
    const DropRange range = {0, since_us, until_us};
    if (!drops_each(lake->db, &range, name, &names, err))
        return false;
    if (names.len)
        log_tell(LOG_WARN, NULL, "the lake lacks records of this time, which filters dropped: %.*s",
                 STR_ARG(buf_str(&names)));
    return true;
}
