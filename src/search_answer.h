/* search_answer.h - answers a search: counts by time and value, then the events. */
#ifndef SEARCH_ANSWER_H
#define SEARCH_ANSWER_H

#include "search_question.h"

/* Answers *question* over the lake in *folder*, or the configuration's when it is NULL. */
bool search_answer_run(const CommandLine *line, SearchQuestion *question, const char *folder,
                       Error *err) __attribute__((warn_unused_result));

/* Prints the statement that finds the events. */
bool search_answer_show(const CommandLine *line, const SearchQuestion *question, Error *err)
    __attribute__((warn_unused_result));

#endif
