/* magic, version of the format; number of the files; 1 when there are many; count of texts, each
 * its length and its bytes; XXH64 of all that. Numbers are of 8 bytes, little-endian. */
#include "query/asked.h"

#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "lake/layout.h"

enum { FILE_BYTES_MAX = 64 << 20, PATHS_BYTES_MAX = 512 << 20 };

static const char MAGIC[8] = {'s', 'p', 'o', 'o', 'r', 'k', 'p', '1'};

bool asked_files(Lake *lake, uint64_t *ret, Error *err)
{
    BUF_AUTO Buf paths = buf_init(PATHS_BYTES_MAX);
    bool row = true;
    DbStatement *select = db_statement(
        lake->db, "SELECT path FROM parts WHERE removed_seq IS NULL ORDER BY path", err);
    while (select && db_next(select, &row, err)) {
        if (!row) {
            *ret = hash_xxh64(paths.ptr, paths.len);
            return true;
        }
        if (!buf_append_str(&paths, db_text(select, 0), err) ||
            !buf_append_byte(&paths, '\n', err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

static bool path_of(const Asked *asked, char ret[LAYOUT_PATH_BYTES], Error *err)
{
    return layout_path(ret, err, asked->lake->folder, LAYOUT_ASKED "/%.*s", STR_ARG(asked->name));
}

static bool take_number(Str *in, uint64_t *ret)
{
    if (in->len < sizeof *ret)
        return false;
    memcpy(ret, in->ptr, sizeof *ret);
    *in = str_slice(*in, sizeof *ret, in->len);
    return true;
}

/* Whether the file is whole, and of these files; *in* stands at its texts then. */
static bool take_head(const Asked *asked, Str *in, uint64_t *ret_many, uint64_t *ret_count)
{
    uint64_t files, sum;
    if (in->len < sizeof MAGIC + sizeof sum || memcmp(in->ptr, MAGIC, sizeof MAGIC) != 0)
        return false;
    memcpy(&sum, in->ptr + in->len - sizeof sum, sizeof sum);
    in->len -= sizeof sum;
    if (hash_xxh64(in->ptr, in->len) != sum)
        return false;
    *in = str_slice(*in, sizeof MAGIC, in->len);
    return take_number(in, &files) && files == asked->files && take_number(in, ret_many) &&
           take_number(in, ret_count);
}

static bool take_texts(Str in, uint64_t count, Arena *texts, Buf *ret_list, bool *ret_found,
                       Error *err)
{
    uint64_t len;
    size_t before = ret_list->len;
    *ret_found = false;
    for (uint64_t i = 0; i < count; i++) {
        if (!take_number(&in, &len) || len > in.len) {
            ret_list->len = before;
            return true;
        }
        const Str text = {arena_text(texts, str_slice(in, 0, len), err), len};
        if (!text.ptr || !buf_append(ret_list, &text, sizeof text, err))
            return false;
        in = str_slice(in, len, in.len);
    }
    *ret_found = true;
    return true;
}

bool asked_read(const Asked *asked, Arena *texts, Buf *ret_list, bool *ret_many, bool *ret_found,
                Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    BUF_AUTO Buf bytes = buf_init(FILE_BYTES_MAX);
    Error unread = {0};
    FileInfo info;
    uint64_t many = 0, count = 0;
    *ret_found = *ret_many = false;
    if (!path_of(asked, path, err))
        return false;
    if (!file_exists(path))
        return true;
    if (!file_read(path, &bytes, &info, &unread)) {
        error_clear(&unread); /* it is asked again */
        return true;
    }
    Str in = buf_str(&bytes);
    if (!take_head(asked, &in, &many, &count))
        return true;
    *ret_many = many != 0;
    return take_texts(in, count, texts, ret_list, ret_found, err);
}

static bool put_number(Buf *out, uint64_t number, Error *err)
{
    return buf_append(out, &number, sizeof number, err);
}

static bool put_all(const Asked *asked, const Str *list, size_t count, bool many, Buf *out,
                    Error *err)
{
    bool ok = buf_append(out, MAGIC, sizeof MAGIC, err) && put_number(out, asked->files, err) &&
              put_number(out, many, err) && put_number(out, many ? 0 : count, err);
    for (size_t i = 0; ok && !many && i < count; i++)
        ok = put_number(out, list[i].len, err) && buf_append_str(out, list[i], err);
    return ok && put_number(out, hash_xxh64(out->ptr, out->len), err);
}

void asked_write(const Asked *asked, const Str *list, size_t count, bool many)
{
    char path[LAYOUT_PATH_BYTES], folder[LAYOUT_PATH_BYTES];
    BUF_AUTO Buf bytes = buf_init(FILE_BYTES_MAX);
    Error err = {0};
    if (!layout_path(folder, &err, asked->lake->folder, LAYOUT_ASKED) ||
        !file_make_folders(folder, &err) || !path_of(asked, path, &err) ||
        !put_all(asked, list, count, many, &bytes, &err) ||
        !file_replace(path, buf_str(&bytes), &err))
        error_clear(&err);
}
