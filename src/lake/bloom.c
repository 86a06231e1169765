#include "lake/bloom.h"

#include <string.h>

#include "lake/thrift.h"

enum { BLOCK_BYTES = 32, WORDS = 8 };

static const uint32_t SALT[WORDS] = {0x47B6137B, 0x44974D91, 0x8824AD5B, 0xA2B7289D,
                                     0x705495C7, 0x2DF1424B, 0x9EFC4947, 0x5C6BFB31};

size_t bloom_bytes(size_t distinct)
{
    size_t need = distinct * 122 / 100 + 1; /* 9.7 bits a value give one in a hundred */
    size_t bytes = BLOCK_BYTES;
    while (bytes < need && bytes < BLOOM_BYTES_MAX)
        bytes *= 2;
    return bytes;
}

static size_t block_of(size_t bytes, uint64_t hash)
{
    return (size_t)(((hash >> 32) * (bytes / BLOCK_BYTES)) >> 32) * BLOCK_BYTES;
}

void bloom_add(uint8_t *filter, size_t bytes, uint64_t hash)
{
    uint8_t *block = filter + block_of(bytes, hash);
    uint32_t key = (uint32_t)hash;
    for (int i = 0; i < WORDS; i++) {
        uint32_t word;
        memcpy(&word, block + 4 * i, sizeof word);
        word |= UINT32_C(1) << ((key * SALT[i]) >> 27);
        memcpy(block + 4 * i, &word, sizeof word);
    }
}

bool bloom_holds(const uint8_t *filter, size_t bytes, uint64_t hash)
{
    const uint8_t *block = filter + block_of(bytes, hash);
    uint32_t key = (uint32_t)hash;
    for (int i = 0; i < WORDS; i++) {
        uint32_t word;
        memcpy(&word, block + 4 * i, sizeof word);
        if (!(word & UINT32_C(1) << ((key * SALT[i]) >> 27)))
            return false;
    }
    return true;
}

bool bloom_header(Buf *out, size_t bytes, Error *err)
{
    Thrift thrift = thrift_begin(out, err);
    thrift_i32(&thrift, 1, (int32_t)bytes);
    for (int id = 2; id <= 4; id++) { /* block split, XXH64, not compressed: unions of one */
        thrift_struct(&thrift, id);
        thrift_struct(&thrift, 1);
        thrift_close(&thrift);
        thrift_close(&thrift);
    }
    return thrift_end(&thrift);
}
