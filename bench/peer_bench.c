/* peer_bench FOLDER OUT: the SQL engine's own way from log files to Parquet, on one thread: its
 * read_json with an explicit schema, unnested, written with zstd. The peer of `spoor ingest`. */
#include <stdio.h>

#include "base/clock.h"
#include "base/engine.h"

enum { SQL_BYTES_MAX = 1 << 20 };

/* The members that the table has as columns; nested parts are JSON, which is the engine's fastest
 * form for them. */
static const char SELECT_SQL[] =
    "COPY (SELECT r.* FROM (SELECT unnest(Records) AS r FROM read_json('%s/**/*.json.gz',"
    " maximum_object_size = 67108864, columns = {Records: 'STRUCT(eventVersion VARCHAR,"
    " userIdentity JSON, eventTime TIMESTAMP, eventSource VARCHAR, eventName VARCHAR,"
    " awsRegion VARCHAR, sourceIPAddress VARCHAR, userAgent VARCHAR, errorCode VARCHAR,"
    " errorMessage VARCHAR, requestParameters JSON, responseElements JSON,"
    " additionalEventData JSON, requestID VARCHAR, eventID VARCHAR, readOnly BOOLEAN,"
    " resources JSON, eventType VARCHAR, managementEvent BOOLEAN, recipientAccountId VARCHAR,"
    " eventCategory VARCHAR, tlsDetails JSON, sessionCredentialFromConsole VARCHAR)[]'})))"
    " TO '%s' (FORMAT parquet, COMPRESSION zstd)";

int main(int argc, char **argv)
{
    char sql[4096];
    Error err = {0};
    EngineOptions options = {.memory_bytes = UINT64_C(8) << 30, .threads = 1};
    if (argc != 3) {
        fprintf(stderr, "usage: peer_bench FOLDER OUT.parquet\n");
        return 2;
    }
    Engine *engine = engine_open(&options, &err);
    snprintf(sql, sizeof sql, SELECT_SQL, argv[1], argv[2]);
    int64_t started = clock_monotonic_us();
    bool ok = engine && engine_run(engine, sql, &err);
    if (!ok)
        fprintf(stderr, "peer_bench: %s\n", err.text);
    else
        printf("%.3f\n", (double)(clock_monotonic_us() - started) / 1e6);
    engine_close(engine);
    return !ok;
}
