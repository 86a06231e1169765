#include "left_out.h"

#include <stdio.h>

#include "base/cell.h"
#include "base/json_write.h"
#include "base/timestamp.h"
#include "cloud/trail_kinds.h"
#include "lake/state.h"

enum { KEPT_BYTES_MAX = 1 << 20 };

/* What a TrailKindLeft is called in the kept document, and for readers. */
static const struct {
    const char *name, *words;
} LEFT[] = {[TRAIL_KIND_ALL] = {"all", "none is logged"},
            [TRAIL_KIND_PART] = {"part", "some are not logged"},
            [TRAIL_KIND_UNKNOWN] = {"unknown", "AWS did not tell its selectors"}};

static void write_kind(void *context, Str kind, TrailKindLeft left)
{
    JsonWriter *to = context;
    json_write_open(to, NULL, '{');
    json_write_text(to, "kind", kind);
    json_write_text(to, "left_out", str_of(LEFT[left].name));
    json_write_close(to, '}');
}

bool left_out_keep(Lake *lake, const Json *document, int64_t asked_us, Error *err)
{
    char asked[TIMESTAMP_TEXT_BYTES];
    BUF_AUTO Buf text = buf_init(KEPT_BYTES_MAX);
    JsonWriter to = {&text, err, true};
    const Json *trails = json_member(document, STR("trails"));
    timestamp_format(asked_us, asked);
    json_write_open(&to, NULL, '{');
    json_write_text(&to, "asked", str_of(asked));
    json_write_int(&to, "trails", trails ? trails->count : 0);
    json_write_open(&to, "kinds", '[');
    if (!trail_kinds(document, write_kind, &to, err))
        return false;
    json_write_close(&to, ']');
    json_write_close(&to, '}');
    return to.ok && state_set(lake->db, STR("selectors"), buf_str(&text), err);
}

static Str words_of(Str left)
{
    for (size_t i = 0; i < sizeof LEFT / sizeof *LEFT; i++)
        if (str_equal(left, str_of(LEFT[i].name)))
            return str_of(LEFT[i].words);
    return left;
}

static bool print_kind(const Json *kind, Error *err)
{
    BUF_AUTO Buf shown = buf_init(KEPT_BYTES_MAX);
    if (!cell_visible(json_text(json_member(kind, STR("kind")), STR("")), &shown, err))
        return false;
    printf("  %.*s: %.*s\n", STR_ARG(buf_str(&shown)),
           STR_ARG(words_of(json_text(json_member(kind, STR("left_out")), STR("")))));
    return true;
}

static bool print_lines(Str kept, Error *err)
{
    Arena *arena = arena_new(16 * KEPT_BYTES_MAX, err);
    const Json *document = arena ? json_read(kept, &JSON_LIMITS_DEFAULT, arena, err) : NULL;
    const Json *kinds = json_member(document, STR("kinds"));
    int64_t trails = 0;
    bool ok = document != NULL;
    if (ok && json_int(json_member(document, STR("trails")), &trails))
        printf("\nevents that no trail logs, by the selectors of %lld trail%s at %.*s\n",
               (long long)trails, trails == 1 ? "" : "s",
               STR_ARG(json_text(json_member(document, STR("asked")), STR(""))));
    for (const Json *kind = kinds ? kinds->first : NULL; ok && kind; kind = kind->next)
        ok = print_kind(kind, err);
    arena_free(arena);
    return ok;
}

bool left_out_print(Lake *lake, bool json, Error *err)
{
    BUF_AUTO Buf kept = buf_init(KEPT_BYTES_MAX);
    bool row;
    DbStatement *select =
        db_statement(lake->db, "SELECT value FROM meta WHERE name = 'selectors'", err);
    if (!select || !db_next(select, &row, err))
        return false;
    bool ok = !row || buf_append_str(&kept, db_blob(select, 0), err);
    db_reset(select);
    if (!ok)
        return false;
    if (json)
        printf("%.*s", row ? (int)kept.len : 4, row ? kept.ptr : "null");
    else if (row)
        return print_lines(buf_str(&kept), err);
    else
        printf("\nwhich events no trail logs is not known: spoor trail check --lake %s\n",
               lake->folder);
    return true;
}
