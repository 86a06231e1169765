/* The reader of a part's summary. */
#include <assert.h>
#include <stdint.h>

#include "lake/parquet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Error err;
    ParquetSummary summary;
    if (!parquet_summary_read((Str){(const char *)data, size}, &summary, &err))
        return 0;
    assert(summary.group_count <= PARQUET_GROUPS_MAX);
    for (int node = 0; node < FIELD_COUNT; node++)
        assert(summary.leaves[node].lower.len <= BOUNDS_BYTES_MAX &&
               summary.leaves[node].upper.len <= BOUNDS_BYTES_MAX);
    parquet_summary_free(&summary);
    return 0;
}
