#include "verify/missing_keys.h"

#include "cloud/cloudtrail.h"

/* A regional service tells keys of its own region only, hence region by region. */
static const char REGIONS_SQL[] =
    "SELECT d.region, min(d.end_us), max(d.end_us) FROM digests d JOIN objects o ON o.id ="
    " d.object_id AND o.superseded_by IS NULL WHERE o.source = 's3' AND d.problem IS NULL AND"
    " d.verified IS NULL AND d.region IS NOT NULL AND d.end_us IS NOT NULL AND NOT EXISTS (SELECT 1"
    " FROM public_keys k WHERE k.fingerprint = d.fingerprint) GROUP BY 1 ORDER BY 1";

static bool take_answer(void *context, Str answer, Error *err)
{
    return public_keys_read_text(context, answer, "ListPublicKeys", err);
}

bool missing_keys_of(Aws *aws, RequestLine *line, Str region, const int64_t times_us[2],
                     PublicKeys *keys, Error *err)
{
    const CloudtrailKeys wanted = {region, times_us[0] - MISSING_KEYS_MARGIN_US,
                                   times_us[1] + MISSING_KEYS_MARGIN_US};
    return cloudtrail_public_keys(aws, line, &wanted, take_answer, keys, err);
}

static bool ask_regions(Lake *lake, Aws *aws, RequestLine *line, PublicKeys *keys,
                        Error *ret_trouble, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(lake->db, REGIONS_SQL, err);
    if (!select)
        return false;
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        Error trouble = {0};
        const int64_t times_us[2] = {db_int(select, 1), db_int(select, 2)};
        if (!missing_keys_of(aws, line, db_text(select, 0), times_us, keys, &trouble) &&
            ret_trouble->kind == ERROR_NONE)
            *ret_trouble = trouble;
    }
    return false;
}

bool missing_keys_ask(Lake *lake, Aws *aws, PublicKeys *keys, Error *ret_trouble, Error *err)
{
    RequestLine *line = aws_take_line(aws, err);
    bool ok = line && ask_regions(lake, aws, line, keys, ret_trouble, err);
    aws_give_line(aws, line);
    return ok;
}
