#include "lake/ledger_sum.h"

#include <string.h>

#include "base/mem.h"
#include "base/sha256_pair.h"
#include "lake/reread.h"

enum {
    BLOCK_BYTES = 64,
    MESSAGE_BYTES = LEDGER_SUM_KEY_BYTES + 20, /* it and its padding are one block */
    ROWS = 8192,
    BATCH_BYTES_MAX = 96 << 20
};

LedgerSummer ledger_sum_new(const Lake *lake)
{
    static const char LABEL[] = "spoor ledger";
    uint8_t text[sizeof LABEL - 1 + HASH_SECRET_BYTES], hash[HASH_SHA256_BYTES];
    LedgerSummer self = {.pair_works = sha256_pair_works()};
    memcpy(text, LABEL, sizeof LABEL - 1);
    memcpy(text + sizeof LABEL - 1, lake->secret, HASH_SECRET_BYTES);
    hash_sha256(text, sizeof text, hash);
    memcpy(self.key, hash, sizeof self.key);
    hash_wipe(text, sizeof text);
    hash_wipe(hash, sizeof hash);
    return self;
}

/* What a row's `sample_factor` adds to its content hash, times the factor; NULL adds nothing. */
static const uint64_t FACTOR_WEIGHT = 0x9e3779b97f4a7c15;

static void put_number(uint8_t *at, uint64_t number, int bytes)
{
    for (int i = 0; i < bytes; i++)
        at[i] = (uint8_t)(number >> 8 * i);
}

/* The row's message with the padding of SHA-256 (FIPS 180-4, 5.1.1). */
static void write_block(const LedgerSummer *self, const Batch *batch, uint32_t row,
                        uint8_t block[BLOCK_BYTES])
{
    const uint64_t *hashes = batch->stored_hash ? batch->stored_hash : batch->content_hash;
    memset(block, 0, BLOCK_BYTES);
    memcpy(block, self->key, LEDGER_SUM_KEY_BYTES);
    uint64_t factor = (uint64_t)batch->sample_factor[row];
    put_number(block + LEDGER_SUM_KEY_BYTES, hashes[row] + factor * FACTOR_WEIGHT, 8);
    put_number(block + LEDGER_SUM_KEY_BYTES + 8, (uint64_t)batch->object_id[row], 8);
    put_number(block + LEDGER_SUM_KEY_BYTES + 16, (uint32_t)batch->record_index[row], 4);
    block[MESSAGE_BYTES] = 0x80;
    block[BLOCK_BYTES - 2] = (uint8_t)(MESSAGE_BYTES * 8 >> 8);
    block[BLOCK_BYTES - 1] = (uint8_t)(MESSAGE_BYTES * 8);
}

/* The words of a digest, the highest first. */
static void add_words(LedgerSum *sum, const uint32_t state[8])
{
    LedgerSum hash;
    for (int i = 0; i < 4; i++)
        hash.words[3 - i] = (uint64_t)state[2 * i] << 32 | state[2 * i + 1];
    ledger_sum_add(sum, &hash);
}

static void add_one(const uint8_t block[BLOCK_BYTES], LedgerSum *sum)
{
    uint8_t hash[HASH_SHA256_BYTES];
    hash_sha256(block, MESSAGE_BYTES, hash);
    const LedgerSum number = ledger_sum_read(hash);
    ledger_sum_add(sum, &number);
}

/* Two rows side by side: a padded block's state is the digest. */
static void add_two(uint8_t blocks[2][BLOCK_BYTES], LedgerSum *sum)
{
    Sha256Stream a, b;
    sha256_pair_start(&a, (Str){(const char *)blocks[0], BLOCK_BYTES});
    sha256_pair_start(&b, (Str){(const char *)blocks[1], BLOCK_BYTES});
    sha256_pair_run(&a, &b);
    add_words(sum, a.state);
    add_words(sum, b.state);
}

void ledger_sum_rows(const LedgerSummer *self, const Batch *batch, const uint32_t *order,
                     uint32_t count, LedgerSum *sum)
{
    uint8_t blocks[2][BLOCK_BYTES];
    uint32_t at = 0;
    for (; self->pair_works && at + 1 < count; at += 2) {
        write_block(self, batch, order[at], blocks[0]);
        write_block(self, batch, order[at + 1], blocks[1]);
        add_two(blocks, sum);
    }
    for (; at < count; at++) {
        write_block(self, batch, order[at], blocks[0]);
        add_one(blocks[0], sum);
    }
}

void ledger_sum_add(LedgerSum *sum, const LedgerSum *more)
{
    uint64_t carry = 0;
    for (int i = 0; i < 4; i++) {
        uint64_t word = sum->words[i] + more->words[i], with = word + carry;
        carry = (word < more->words[i]) | (with < word);
        sum->words[i] = with;
    }
}

void ledger_sum_subtract(LedgerSum *sum, const LedgerSum *less)
{
    uint64_t borrow = 0;
    for (int i = 0; i < 4; i++) {
        uint64_t word = sum->words[i] - less->words[i], with = word - borrow;
        borrow = (sum->words[i] < less->words[i]) | (word < borrow);
        sum->words[i] = with;
    }
}

bool ledger_sum_equal(const LedgerSum *a, const LedgerSum *b)
{
    return memcmp(a->words, b->words, sizeof a->words) == 0;
}

void ledger_sum_write(const LedgerSum *sum, uint8_t ret[LEDGER_SUM_BYTES])
{
    for (int i = 0; i < LEDGER_SUM_BYTES; i++)
        ret[i] = (uint8_t)(sum->words[3 - i / 8] >> 8 * (7 - i % 8));
}

LedgerSum ledger_sum_read(const uint8_t bytes[LEDGER_SUM_BYTES])
{
    LedgerSum sum = {{0}};
    for (int i = 0; i < LEDGER_SUM_BYTES; i++)
        sum.words[3 - i / 8] = sum.words[3 - i / 8] << 8 | bytes[i];
    return sum;
}

/* What reading a file takes. */
typedef struct Reading {
    Reread *reread;
    Batch *batch;
    uint32_t *order;
    int64_t *commit_seqs;
} Reading;

static bool sum_all(Reading *reading, const Lake *lake, LedgerSum *ret, uint64_t *ret_rows,
                    Error *err)
{
    const LedgerSummer summer = ledger_sum_new(lake);
    Batch *batch = reading->batch;
    for (uint32_t i = 0; i < ROWS; i++)
        reading->order[i] = i;
    do {
        batch_reset(batch);
        if (!reread_fill(reading->reread, batch, ROWS, reading->commit_seqs, err))
            return false;
        ledger_sum_rows(&summer, batch, reading->order, batch->rows, ret);
        *ret_rows += batch->rows;
    } while (batch->rows);
    return true;
}

bool ledger_sum_file(const Lake *lake, Engine *engine, const char *path, LedgerSum *ret,
                     uint64_t *ret_rows, Error *err)
{
    Reading reading = {0};
    *ret = (LedgerSum){{0}};
    *ret_rows = 0;
    reading.batch = batch_new(ROWS, BATCH_BYTES_MAX, lake->secret, err);
    reading.order = reading.batch ? mem_calloc(ROWS, sizeof *reading.order, err) : NULL;
    reading.commit_seqs = reading.order ? mem_calloc(ROWS, sizeof *reading.commit_seqs, err) : NULL;
    reading.reread = reading.commit_seqs ? reread_file(engine, path, err) : NULL;
    bool ok = reading.reread && sum_all(&reading, lake, ret, ret_rows, err);
    reread_free(reading.reread);
    mem_free(reading.commit_seqs);
    mem_free(reading.order);
    batch_free(reading.batch);
    return ok;
}
