/* natives_row.h - functions of ours that the engine calls, written for one row at a time.
 *
 * names -> printer -> engine -> [natives]. natives_text.c, natives_json.c and so on each hold a
 * table of them; natives_row.c reads and writes the engine's vectors around each call.
 *
 * Invariants
 *   1. A call sees no NULL, and gives NULL for one, unless its line says `nulls`.
 *   2. Texts that come out are UTF-8, of at most NATIVES_TEXT_BYTES_MAX bytes.
 *   3. A call keeps nothing: the engine calls it from all of its threads.
 */
#ifndef NATIVES_NATIVES_ROW_H
#define NATIVES_NATIVES_ROW_H

#include "base/buf.h"
#include "base/engine.h"

enum { NATIVES_ARGUMENTS_MAX = 4, NATIVES_TEXT_BYTES_MAX = 64 << 20 };

/* Types of arguments and results; INTEGER is the engine's BIGINT. */
typedef enum {
    NATIVES_END, /* behind the last argument */
    NATIVES_TEXT,
    NATIVES_BYTES,
    NATIVES_JSON,
    NATIVES_INTEGER,
    NATIVES_REAL,
    NATIVES_BOOLEAN, /* an integer, 0 or 1 */
} NativesType;

typedef struct NativesValue {
    bool is_null;
    Str text; /* of TEXT, BYTES and JSON */
    int64_t integer;
    double real;
} NativesValue;

/* One call. A result that is text is appended to `out`, which is empty at first. */
typedef struct NativesRow {
    NativesValue arguments[NATIVES_ARGUMENTS_MAX];
    NativesValue result;
    Buf *out;
    Error *err;
} NativesRow;

typedef struct NativesFunction {
    const char *name;
    NativesType arguments[NATIVES_ARGUMENTS_MAX + 1];
    NativesType result;
    bool (*call)(NativesRow *row); /* false with err filled fails the statement */
    bool nulls;                    /* it sees NULLs itself */
} NativesFunction;

/* The tables; a line without a name ends each. */
extern const NativesFunction NATIVES_ADDRESSES[];
extern const NativesFunction NATIVES_BYTE_TEXTS[];
extern const NativesFunction NATIVES_FORMATS[];
extern const NativesFunction NATIVES_JSON_TEXTS[];
extern const NativesFunction NATIVES_NUMBERS[];
extern const NativesFunction NATIVES_REGEXPS[];
extern const NativesFunction NATIVES_SEARCHES[];
extern const NativesFunction NATIVES_SHAPES[];
extern const NativesFunction NATIVES_TEXTS[];

/* Makes all of them known to the engine. */
bool natives_row_register(Engine *engine, Error *err) __attribute__((warn_unused_result));

/* Fails the call with words of Athena's; false. */
bool natives_row_fail(NativesRow *row, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The call's result is NULL; true. */
bool natives_row_null(NativesRow *row);

#endif
