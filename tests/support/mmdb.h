/* mmdb.h - small MaxMind databases for tests, made by tests/support/mmdb. */
#ifndef SUPPORT_MMDB_H
#define SUPPORT_MMDB_H

/* Writes *path*, of a database type such as GeoLite2-City, from lines ["NETWORK", {data}]. */
void mmdb_write(const char *path, const char *type, const char *lines);

#endif
