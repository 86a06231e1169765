/* cmd.h - the subcommands; main.c lists them in the order of help. */
#ifndef CMD_H
#define CMD_H

#include "base/command.h"

extern const Command cmd_generate;
extern const Command cmd_ingest;
extern const Command cmd_serve;
extern const Command cmd_sql;
extern const Command cmd_who;
extern const Command cmd_export;
extern const Command cmd_search;
extern const Command cmd_hunt;
extern const Command cmd_rules;
extern const Command cmd_match;
extern const Command cmd_filter;
extern const Command cmd_function;
extern const Command cmd_findings;
extern const Command cmd_alarms;
extern const Command cmd_notify;
extern const Command cmd_verify;
extern const Command cmd_prove;
extern const Command cmd_report;
extern const Command cmd_trail;
extern const Command cmd_status;
extern const Command cmd_summary;
extern const Command cmd_lake;
extern const Command cmd_keep;
extern const Command cmd_quarantine;
extern const Command cmd_help;

/* All of them, ending with NULL. */
extern const Command *const CMD_TABLE[];

#endif
