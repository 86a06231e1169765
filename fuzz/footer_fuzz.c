/* The reader of our data files' footers. */
#include <assert.h>
#include <stdint.h>

#include "lake/parquet.h"
#include "lake/parquet_inspect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Error err = {0};
    ParquetInspection found;
    ParquetSummary summary;
    if (!parquet_inspect_footer((Str){(const char *)data, size}, 1000000, &found, &err)) {
        assert(err.kind != ERROR_NONE);
        return 0;
    }
    bool ok = parquet_summary_read(buf_str(&found.summary), &summary, &err);
    assert(ok && summary.rows == found.rows);
    parquet_summary_free(&summary);
    parquet_inspect_free(&found);
    return 0;
}
