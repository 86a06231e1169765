/* function_page.h - the page docs/sql.md, made from the tables of functions. */
#ifndef PLANNER_FUNCTION_PAGE_H
#define PLANNER_FUNCTION_PAGE_H

#include "base/buf.h"

/* Appends a heading and a Markdown table for each group: name, arguments and result, meaning, and
 * an example with its value. Errors are those of *ret*: its maximum, memory. */
bool function_page(Buf *ret, Error *err) __attribute__((warn_unused_result));

#endif
