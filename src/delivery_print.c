#include "delivery_print.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/cell.h"
#include "base/json.h"

enum { SOURCE_BYTES_MAX = 1 << 16 };

static bool print_source(DbStatement *row, bool json, bool first, Error *err)
{
    BUF_AUTO Buf source = buf_init(SOURCE_BYTES_MAX);
    Str name = db_text(row, 0);
    if (!(json ? json_append_string(&source, name, err) : cell_visible(name, &source, err)))
        return false;
    if (json)
        printf("%s{\"source\":%.*s,\"median_s\":%" PRId64 ",\"p99_s\":%" PRId64
               ",\"records\":%" PRId64 "}",
               first ? "" : ",", STR_ARG(buf_str(&source)), db_int(row, 1), db_int(row, 2),
               db_int(row, 3));
    else
        printf("%s  %-30.*s half within %" PRId64 " s, 99 of 100 within %" PRId64 " s\n",
               first ? "\ndelivery of logs behind their events, last 7 days\n" : "",
               STR_ARG(buf_str(&source)), db_int(row, 1), db_int(row, 2));
    return true;
}

bool delivery_print(Lake *lake, bool json, Error *err)
{
    bool row = true, first = true;
    DbStatement *select = db_statement(
        lake->db, "SELECT source, median_s, p99_s, records FROM delivery_quantiles ORDER BY 1",
        err);
    if (!select)
        return false;
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (!print_source(select, json, first, err)) {
            db_reset(select);
            return false;
        }
        first = false;
    }
    return false;
}
