/* natives_time.h - natives that read and write times by patterns (time_pattern.h); natives.c lists
 * them. Called by the engine's threads, several at once: nothing is shared. */
#ifndef NATIVES_NATIVES_TIME_H
#define NATIVES_NATIVES_TIME_H

#include <duckdb.h>

/* athena_write_joda(time, offset, zone, pattern) and athena_write_mysql: the text of what the wall
 * clock of a zone shows, so many seconds east of UTC. NULL when an argument is. */
void natives_write_joda(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);
void natives_write_mysql(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);

/* athena_parse_joda(text, pattern) and athena_parse_mysql: the time. */
void natives_parse_joda(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);
void natives_parse_mysql(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);

/* athena_iso_time(text), athena_iso_day(text): ISO 8601. */
void natives_iso_time(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);
void natives_iso_day(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);

#endif
