#include "finding_export.h"

#include <inttypes.h>

#include "base/json.h"
#include "findings/asff_check.h"
#include "findings/finding_story.h"
#include "findings/ocsf.h"

enum { LINE_BYTES_MAX = 32 << 20, ARENA_BYTES_MAX = 256 << 20, IDS_BYTES_MAX = 256 << 20 };

typedef struct Exporting {
    Db *db;
    FILE *out;
    Arena *arena;
    Buf line;
    int64_t written, left_out;
} Exporting;

/* Appends one finding to the line. */
typedef bool (*Append)(Exporting *to, Str id, Error *err);

static bool each(Exporting *to, const FindingQuery *query, Append append, Error *err)
{
    BUF_AUTO Buf ids = buf_init(IDS_BYTES_MAX);
    to->arena = arena_new(ARENA_BYTES_MAX, err);
    to->line = buf_init(LINE_BYTES_MAX);
    bool ok = to->arena && finding_ids(to->db, query, &ids, err);
    for (size_t at = 0; ok && at < ids.len; at += FINDING_ID_BYTES - 1) {
        arena_reset(to->arena);
        to->line.len = 0;
        ok = append(to, str_slice(buf_str(&ids), at, at + FINDING_ID_BYTES - 1), err);
        if (ok && to->line.len && fwrite(to->line.ptr, 1, to->line.len, to->out) != to->line.len)
            ok = error_errno(err, "cannot write the findings");
    }
    buf_free(&to->line);
    arena_free(to->arena);
    return ok;
}

static bool check(const Exporting *to, Error *err)
{
    static const JsonLimits LIMITS = {JSON_DEPTH_MAX, true};
    const Json *finding = json_read(buf_str(&to->line), &LIMITS, to->arena, err);
    return finding && asff_check(finding, err);
}

static bool append_asff(Exporting *to, Str id, Error *err)
{
    Error wrong = {0};
    if (!finding_story_document(to->db, id, to->arena, &to->line, err))
        return false;
    if (!check(to, &wrong)) {
        fprintf(stderr, "spoor: the finding '%.*s' is left out: %s\n", STR_ARG(id), wrong.text);
        to->line.len = 0;
        to->left_out++;
        return true;
    }
    return fputs(to->written++ ? ",\n" : "\n", to->out) >= 0 ||
           error_errno(err, "cannot write the findings");
}

static bool append_ocsf(Exporting *to, Str id, Error *err)
{
    Finding finding;
    Story story;
    return finding_story_load(to->db, id, to->arena, &finding, &story, err) &&
           ocsf_append(&story, &to->line, err) && buf_append_byte(&to->line, '\n', err);
}

bool finding_export_asff(Db *db, const FindingQuery *query, FILE *out, int64_t *ret_left_out,
                         Error *err)
{
    Exporting to = {.db = db, .out = out};
    if (fputs("[", out) < 0 || !each(&to, query, append_asff, err))
        return false;
    *ret_left_out = to.left_out;
    return fputs("\n]\n", out) >= 0 || error_errno(err, "cannot write the findings");
}

bool finding_export_ocsf(Db *db, const FindingQuery *query, FILE *out, Error *err)
{
    Exporting to = {.db = db, .out = out};
    return each(&to, query, append_ocsf, err);
}
