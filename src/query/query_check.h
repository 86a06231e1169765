/* query_check.h - whether a query can be understood, before there is anything to ask it of. */
#ifndef QUERY_QUERY_CHECK_H
#define QUERY_QUERY_CHECK_H

#include "base/error.h"
#include "base/str.h"

/* Reads *sql* as a session would (statement.h), and looks whether its result has all of *columns*.
 * ERROR_USAGE says what is wrong; *ret_line* is the line of it, from 0. Any thread. */
bool query_check(Str sql, const Str *columns, size_t count, uint32_t *ret_line, Error *err)
    __attribute__((warn_unused_result));

#endif
