/* An ip-ranges.json: what is taken answers for its own addresses. */
#include <assert.h>
#include <stdint.h>

#include "derive/aws_ranges.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const ADDRESSES[] = {"3.5.140.1", "13.34.1.1", "0.0.0.0", "2600:1f14::1"};
    Error err = {0};
    AwsRanges *ranges = aws_ranges_read((Str){(const char *)data, size}, &err);
    assert((ranges != NULL) == (err.kind == ERROR_NONE));
    for (size_t i = 0; ranges && i < sizeof ADDRESSES / sizeof *ADDRESSES; i++) {
        AddressKey key;
        AwsRange range;
        bool read = address_parse(str_of(ADDRESSES[i]), &key);
        assert(read);
        if (aws_ranges_find(ranges, key, &range))
            assert(range.service.len && range.region.len && aws_ranges_count(ranges) > 0);
    }
    aws_ranges_free(ranges);
    return 0;
}
