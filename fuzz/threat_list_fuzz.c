/* A threat list: whatever it holds, what is taken is in the table and reports add up. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "derive/threat_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Error err = {0};
    ThreatList list = {.name = "list", .now_us = 0, .value = 1};
    list.builder = prefix_table_builder_new(&err);
    if (!list.builder)
        return 0;
    bool ok = threat_list_read(&list, (Str){(const char *)data, size}, &err);
    assert(ok == (err.kind == ERROR_NONE));
    PrefixTable *table = prefix_table_build(list.builder, &err);
    if (table) {
        assert(prefix_table_rows(table) <= list.report.taken);
        assert(!ok || !list.report.taken || prefix_table_rows(table) > 0);
    }
    for (int i = 0; i < THREAT_LIST_SHOWN; i++)
        assert(memchr(list.report.shown[i], '\0', THREAT_LIST_SHOWN_BYTES));
    prefix_table_free(table);
    prefix_table_builder_free(list.builder);
    return 0;
}
