#include "lake/day_column.h"

const DayColumn DAY_COLUMNS[DAY_COLUMN_COUNT] = {{{"year", 4}, "%Y"},
                                                 {{"month", 5}, "%m"},
                                                 {{"day", 3}, "%d"},
                                                 {{"timestamp", 9}, "%Y/%m/%d"},
                                                 {{"partition", 9}, "eventtime_day=%Y-%m-%d"}};

const DayColumn *day_column_find(Str name)
{
    for (size_t i = 0; i < DAY_COLUMN_COUNT; i++)
        if (str_equal(name, DAY_COLUMNS[i].name))
            return &DAY_COLUMNS[i];
    return NULL;
}

bool day_column_select(Buf *out, Str asked, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < DAY_COLUMN_COUNT; i++)
        ok = !str_has_name(asked, DAY_COLUMNS[i].name) ||
             buf_printf(out, err, "strftime(eventtime, '%s') AS \"%.*s\", ", DAY_COLUMNS[i].format,
                        STR_ARG(DAY_COLUMNS[i].name));
    return ok;
}
