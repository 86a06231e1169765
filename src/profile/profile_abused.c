#include "profile/profile_abused.h"

#include "base/engine.h"

static const ProfileAbused ALL[] = {
#define ABUSED(service, call, tactic) {service, call, tactic},
#include "profile/profile_abused_harm_table.h"
#include "profile/profile_abused_reach_table.h"
#undef ABUSED
};

const ProfileAbused *profile_abused(size_t *ret_count)
{
    *ret_count = sizeof ALL / sizeof *ALL;
    return ALL;
}

static bool put_one(const ProfileAbused *abused, Buf *sql, Error *err)
{
    return buf_append_byte(sql, '(', err) && engine_quote(sql, str_of(abused->service), err) &&
           buf_append_str(sql, STR(", "), err) && engine_quote(sql, str_of(abused->call), err) &&
           buf_append_str(sql, STR(", "), err) && engine_quote(sql, str_of(abused->tactic), err) &&
           buf_append_byte(sql, ')', err);
}

bool profile_abused_put(Buf *sql, Error *err)
{
    bool ok = buf_append_str(
        sql, STR("abused (abused_source, abused_name, abused_tactic) AS (VALUES "), err);
    for (size_t i = 0; ok && i < sizeof ALL / sizeof *ALL; i++)
        ok = (!i || buf_append_str(sql, STR(", "), err)) && put_one(&ALL[i], sql, err);
    return ok && buf_append_byte(sql, ')', err);
}
