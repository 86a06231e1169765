/* Any bytes as an object: sniffing, gzip, windows, containers. */
#include "decode_target.h" /* beside this file */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    target_run((Str){(const char *)data, size});
    return 0;
}
