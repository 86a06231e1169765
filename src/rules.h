/* rules.h - the rules that a command works with: those it is given, else those that ship. */
#ifndef RULES_H
#define RULES_H

#include "base/command.h"
#include "detect/ruleset.h"

/* Options of the commands that take rules. */
#define RULES_OPTIONS                                                                              \
    {"rules",                                                                                      \
     'r',                                                                                          \
     VALUE_TEXT,                                                                                   \
     "PATH",                                                                                       \
     NULL,                                                                                         \
     CONFIG_NONE,                                                                                  \
     "a rule file or a folder of them; may be given several times (default: the rules that "       \
     "ship)"},                                                                                     \
        {"retired",                                                                                \
         0,                                                                                        \
         VALUE_FLAG,                                                                               \
         NULL,                                                                                     \
         NULL,                                                                                     \
         CONFIG_NONE,                                                                              \
         "let rules of status deprecated and unsupported tell what they find"},                    \
    {                                                                                              \
        "strict", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, "refuse what Sigma only advises against" \
    }

/* Loads the rules of --rules, of *paths* (may be NULL: NULL at its end) and, without any, those
 * that ship; ties them together. What is wrong with them is in the set. NULL with *err*. */
RuleSet *rules_open(const CommandLine *line, const char *const *paths, Error *err)
    __attribute__((warn_unused_result));

/* As rules_open, but of these only the rules with a query; what is wrong is not told. */
RuleSet *rules_open_queries(const CommandLine *line, Error *err)
    __attribute__((warn_unused_result));

/* Adds to *stamp* how the files of --rules look; those that ship never change. */
void rules_stamp(const CommandLine *line, FileStamp *stamp);

/* Tells the errors on standard error, at most *most* of them. */
void rules_tell_errors(const RuleSet *set, size_t most);

/* Tells the problems on standard error, at most *most* of them; of warnings only how many rules are
 * retired, unless *all*. */
void rules_tell(const RuleSet *set, bool all, size_t most);

#endif
