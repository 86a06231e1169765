/* support.h - what every unit test includes: cmocka in its required order, and test data. */
#ifndef SUPPORT_SUPPORT_H
#define SUPPORT_SUPPORT_H

/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

/* Fails the running test with the error's text when *ok* is false. */
void support_ok(bool ok, const Error *err);

/* A fresh empty folder of this process; removed by support_folder_end. The caller owns neither. */
const char *support_folder(void);
void support_folder_end(void);

/* Folder of real data (SPOOR_TEST_DATA), or NULL: the test then calls skip() and says why. */
const char *support_real_data(void);

/* Reads a file below tests/ of the source tree into *buf*, or fails the test. */
void support_read(const char *path_below_tests, Buf *buf);

#endif
