#include "planner/names.h"

#include <string.h>

#include "planner/names_scope.h"

bool names_bind(const NamesInput *input, NamesStatement *ret, Place *ret_culprit, Error *err)
{
    Names names = {.input = input, .arena = input->arena, .err = err, .culprit = ret_culprit};
    error_clear(err);
    names.tables =
        arena_calloc(names.arena, input->catalog->count, sizeof *names.tables, names.err);
    if (!names.tables)
        return false;
    const NamesOutput *output = names_query(&names, input->query, NULL);
    if (!output)
        return false;
    if (names.parameters < input->parameter_count)
        return error_set(err, ERROR_USAGE, "%u values are given for %u parameters",
                         input->parameter_count, names.parameters);
    *ret = (NamesStatement){.query = input->query,
                            .output = output,
                            .scans = names.scan_list,
                            .scan_count = names.scans,
                            .tables = names.tables,
                            .table_count = names.table_count};
    return true;
}
