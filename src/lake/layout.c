#include "lake/layout.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/timestamp.h"

bool layout_path(char ret[LAYOUT_PATH_BYTES], Error *err, const char *folder, const char *format,
                 ...)
{
    int used = snprintf(ret, LAYOUT_PATH_BYTES, "%s/", folder);
    if (used > 0 && used < LAYOUT_PATH_BYTES) {
        va_list args;
        va_start(args, format);
        int more = vsnprintf(ret + used, (size_t)(LAYOUT_PATH_BYTES - used), format, args);
        va_end(args);
        used += more;
    }
    return used < LAYOUT_PATH_BYTES ||
           error_set(err, ERROR_LIMIT, "the lake's path '%.64s...' is too long: at most %d bytes",
                     folder, LAYOUT_PATH_BYTES);
}

bool layout_data_file(char ret[LAYOUT_PATH_BYTES], int32_t day, int64_t commit_seq,
                      const char *uuid, int number, Error *err)
{
    char text[TIMESTAMP_TEXT_BYTES];
    timestamp_format_day(day, text);
    int used = snprintf(ret, LAYOUT_PATH_BYTES,
                        LAYOUT_DATA "/eventtime_day=%s/%010" PRId64 "-%s-%d.parquet", text,
                        commit_seq, uuid, number);
    return used < LAYOUT_PATH_BYTES ||
           error_set(err, ERROR_LIMIT, "a data file's name is too long");
}

bool layout_make_folder_of(const char *path, Error *err)
{
    char folder[LAYOUT_PATH_BYTES];
    size_t len = (size_t)(strrchr(path, '/') - path);
    memcpy(folder, path, len);
    folder[len] = '\0';
    return file_exists(folder) || file_make_folders(folder, err);
}

bool layout_make(const char *folder, Error *err)
{
    static const char *const FOLDERS[] = {
        LAYOUT_DATA,        "cloudtrail/metadata", LAYOUT_SUMMARY, "objects/data",
        "objects/metadata", "fingerprints",        "quarantine",   "tmp"};
    char path[LAYOUT_PATH_BYTES];
    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++)
        if (!layout_path(path, err, folder, "%s", FOLDERS[i]) || !file_make_folders(path, err))
            return false;
    return true;
}
