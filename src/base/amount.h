/* amount.h - numbers for people. */
#ifndef BASE_AMOUNT_H
#define BASE_AMOUNT_H

#include <stdint.h>

enum { AMOUNT_TEXT_BYTES = 32 };

/* "1.4 GiB", "812 B". */
void amount_bytes(uint64_t bytes, char ret[AMOUNT_TEXT_BYTES]);

/* "2,900": a number with separators. */
void amount_count(uint64_t count, char ret[AMOUNT_TEXT_BYTES]);

#endif
