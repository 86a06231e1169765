#include "verify/walk.h"

#include <string.h>

enum { KEY_BYTES_MAX = 1 << 16 };

/* What the digest before said of the next one. */
typedef struct Expected {
    bool known;
    Buf key, hash, signature;
    int64_t start_us; /* of the one that said it */
} Expected;

typedef struct Walk {
    const WalkTools *tools;
    Chain *chain;
    bool backfill;
    uint32_t home;
    size_t first, left; /* listed places that were not passed yet: [first, first + left) */
    Buf bucket, key;    /* what comes next; no key: nothing */
    int64_t last_start_us;
    Expected expected;
    bool inferred; /* told that signatures are inferred */
} Walk;

static void set_home(Walk *walk, uint32_t home)
{
    walk->home = home;
    walk->first = catalogue_range(walk->chain, home, walk->backfill, &walk->left);
}

static bool set_text(Buf *buf, Str text, Error *err)
{
    buf->len = 0;
    return buf_append_str(buf, text, err);
}

/* Goes to the newest listed digest that ended before *before_us*; *ret* is its end, or nothing is
 * next. */
static bool next_listed(Walk *walk, int64_t before_us, const DigestPlace **ret, Error *err)
{
    const WalkTools *tools = walk->tools;
    *ret = NULL;
    walk->key.len = 0;
    while (walk->left && !*ret) {
        const DigestPlace *place = &walk->chain->places[walk->first + --walk->left];
        if (place->end_us < before_us)
            *ret = place;
    }
    if (!*ret)
        return true;
    return set_text(&walk->bucket, catalogue_home(tools->catalogue, walk->home)->bucket, err) &&
           catalogue_key(tools->catalogue, walk->chain, *ret, &walk->key, err);
}

/* The slot of the next digest; a new window is loaded when it is in none. */
static WindowSlot *load(Walk *walk, Error *err)
{
    const WalkTools *tools = walk->tools;
    Str bucket = buf_str(&walk->bucket), key = buf_str(&walk->key);
    WindowSlot *slot = window_find(tools->window, bucket, key);
    DigestPlace *place = catalogue_find(tools->catalogue, walk->chain, bucket, key);
    if (place)
        place->seen = true;
    if (slot)
        return slot;
    if (!window_flush(tools->window, err))
        return NULL;
    bool ok;
    if (place) {
        size_t count, at = (size_t)(place - walk->chain->places);
        size_t first = catalogue_range(walk->chain, place->home, place->backfill, &count);
        ok = window_load(tools->window, tools->catalogue, walk->chain, at, at - first + 1, err);
    } else {
        ok = window_load_one(tools->window, bucket, key, walk->backfill, err);
    }
    return ok ? window_find(tools->window, bucket, key) : NULL;
}

static bool remark(const Walk *walk, Remark what, const WindowSlot *slot, Error *err)
{
    const VerifyEvent event = {.kind = VERIFY_REMARK,
                               .remark = what,
                               .backfill = walk->backfill,
                               .chain = walk->chain,
                               .detail = ""};
    return window_note(walk->tools->window, &event, slot, err);
}

/* What the CLI does not look at, of a valid digest. */
static bool remark_digest(const Walk *walk, const WindowSlot *slot, Error *err)
{
    const DigestCheck *check = &slot->check;
    const Digest *digest = &check->digest;
    const Expected *expected = &walk->expected;
    char hash[2 * HASH_SHA256_BYTES + 1];
    bool linked = expected->known && str_equal(buf_str(&expected->key), buf_str(&slot->key));
    Str signature = str_of(check->metadata.signature);
    hash_hex(digest->sha256, sizeof digest->sha256, hash);
    const struct {
        bool holds;
        Remark remark;
    } REMARKS[] = {
        {linked && !str_equal_nocase(buf_str(&expected->hash), str_of(hash)), REMARK_PREVIOUS_HASH},
        {linked && signature.len && !str_equal_nocase(buf_str(&expected->signature), signature),
         REMARK_PREVIOUS_SIGNATURE},
        {linked && digest->end_us != expected->start_us, REMARK_NOT_CONTIGUOUS},
        {!str_equal(digest->signature_algorithm, STR("SHA256withRSA")), REMARK_ALGORITHM},
        {digest->end_us < check->key->from_us || digest->end_us > check->key->to_us,
         REMARK_KEY_TIME},
        {!check->key->fingerprint_fits, REMARK_KEY_FINGERPRINT},
    };
    for (size_t i = 0; i < sizeof REMARKS / sizeof *REMARKS; i++)
        if (REMARKS[i].holds && !remark(walk, REMARKS[i].remark, slot, err))
            return false;
    return true;
}

/* Cuts what was found to what was asked. */
static void note_found(const WalkTools *tools, const Digest *digest)
{
    const VerifyOptions *options = tools->options;
    VerifyReport *report = tools->report;
    int64_t from = digest->start_us > options->since_us ? digest->start_us : options->since_us;
    int64_t to = digest->end_us < options->until_us ? digest->end_us : options->until_us;
    if (from < report->found_from_us)
        report->found_from_us = from;
    if (to > report->found_to_us)
        report->found_to_us = to;
}

static bool expect(Expected *expected, const Digest *digest, Error *err)
{
    expected->known = digest->has_previous;
    expected->start_us = digest->start_us;
    return set_text(&expected->key, digest->previous_key, err) &&
           set_text(&expected->hash, digest->previous_hash, err) &&
           set_text(&expected->signature, digest->previous_signature, err);
}

/* The home that a link into another bucket leads to, if any digest of it is listed. */
static void follow_bucket(Walk *walk)
{
    const Catalogue *catalogue = walk->tools->catalogue;
    DigestName name;
    walk->left = 0;
    if (!object_name_digest(buf_str(&walk->key), &name))
        return;
    for (uint32_t i = 0; i < catalogue_homes(catalogue); i++) {
        const ChainHome *home = catalogue_home(catalogue, i);
        if (str_equal(home->bucket, buf_str(&walk->bucket)) &&
            str_equal(home->prefix, name.prefix) &&
            str_equal(home->organization, name.organization)) {
            set_home(walk, i);
            return;
        }
    }
}

/* Behind a valid digest: where it links to, or over a gap to the next listed one. */
static bool go_on(Walk *walk, const Digest *digest, Error *err)
{
    const DigestPlace *place;
    walk->last_start_us = digest->start_us;
    if (digest->has_previous) {
        bool moves = !str_equal(buf_str(&walk->bucket), digest->previous_bucket);
        if (!set_text(&walk->bucket, digest->previous_bucket, err) ||
            !set_text(&walk->key, digest->previous_key, err))
            return false;
        if (moves)
            follow_bucket(walk);
        return true;
    }
    if (!next_listed(walk, walk->last_start_us, &place, err))
        return false;
    if (!place)
        return true;
    const VerifyEvent gap = {.kind = VERIFY_GAP,
                             .backfill = walk->backfill,
                             .chain = walk->chain,
                             .detail = "",
                             .from_us = place->end_us,
                             .to_us = walk->last_start_us};
    return window_note(walk->tools->window, &gap, NULL, err);
}

static bool take_valid(Walk *walk, const WindowSlot *slot, Error *err)
{
    const Digest *digest = &slot->check.digest;
    const int64_t range[2] = {digest->start_us, digest->end_us};
    note_found(walk->tools, digest);
    return remark_digest(walk, slot, err) && expect(&walk->expected, digest, err) &&
           coverage_add_digest(walk->tools->coverage, walk->chain->account, walk->chain->region,
                               range, err) &&
           go_on(walk, digest, err);
}

/* Gives a digest without metadata the signature that its successor knows. */
static bool infer_signature(Walk *walk, WindowSlot *slot, Error *err)
{
    const Expected *expected = &walk->expected;
    bool linked = expected->known && str_equal(buf_str(&expected->key), buf_str(&slot->key));
    if (!slot->check.signature_awaited)
        return true;
    if (!file_check_digest_sign(&slot->check, linked ? buf_str(&expected->signature) : STR(""),
                                err))
        return false;
    if (walk->inferred || slot->check.verdict != VERDICT_VALID)
        return true;
    walk->inferred = true;
    return remark(walk, REMARK_SIGNATURE_INFERRED, slot, err);
}

static bool step(Walk *walk, Error *err)
{
    const DigestPlace *place;
    WindowSlot *slot = load(walk, err);
    if (!slot || !infer_signature(walk, slot, err))
        return false;
    const VerifyEvent event = {.kind = VERIFY_DIGEST,
                               .verdict = slot->check.verdict,
                               .backfill = walk->backfill,
                               .chain = walk->chain};
    if (!window_note(walk->tools->window, &event, slot, err))
        return false;
    if (slot->check.verdict == VERDICT_VALID)
        return take_valid(walk, slot, err);
    /* Without metadata the next signature stands in this one, valid or not. */
    if (slot->check.has_document && !walk->tools->options->store->has_metadata &&
        !expect(&walk->expected, &slot->check.digest, err))
        return false;
    return next_listed(walk, walk->last_start_us, &place, err);
}

/* From the newest listed digest of *home*. */
static bool walk_home(const WalkTools *tools, Chain *chain, uint32_t home, bool backfill,
                      Error *err)
{
    Walk walk = {.tools = tools, .chain = chain, .backfill = backfill};
    const DigestPlace *newest;
    walk.bucket = walk.key = buf_init(KEY_BYTES_MAX);
    walk.expected.key = walk.expected.hash = walk.expected.signature = buf_init(KEY_BYTES_MAX);
    set_home(&walk, home);
    bool ok = next_listed(&walk, INT64_MAX, &newest, err);
    if (ok && newest)
        walk.last_start_us = newest->end_us;
    while (ok && walk.key.len && walk.last_start_us >= tools->options->since_us)
        ok = step(&walk, err);
    ok = ok && window_flush(tools->window, err);
    buf_free(&walk.bucket);
    buf_free(&walk.key);
    buf_free(&walk.expected.key);
    buf_free(&walk.expected.hash);
    buf_free(&walk.expected.signature);
    return ok;
}

/* The home with the newest digest of those that no walk came to; false when there is none. */
static bool find_home(const WalkTools *tools, const Chain *chain, bool backfill, uint32_t *ret)
{
    int64_t newest = INT64_MIN;
    bool found = false;
    for (uint32_t home = 0; home < catalogue_homes(tools->catalogue); home++) {
        size_t count, first = catalogue_range(chain, home, backfill, &count);
        bool seen = false;
        for (size_t i = 0; i < count && !seen; i++)
            seen = chain->places[first + i].seen;
        if (!count || seen || (found && chain->places[first + count - 1].end_us <= newest))
            continue;
        found = true;
        newest = chain->places[first + count - 1].end_us;
        *ret = home;
    }
    return found;
}

static bool remark_unreached(const WalkTools *tools, const Chain *chain, Error *err)
{
    BUF_AUTO Buf key = buf_init(KEY_BYTES_MAX);
    for (size_t i = 0; i < chain->count; i++) {
        const DigestPlace *place = &chain->places[i];
        if (place->seen ||
            tools->report->remarks[REMARK_DIGEST_UNREACHED]++ >= VERIFY_REMARKS_TOLD_MAX)
            continue;
        if (!catalogue_key(tools->catalogue, chain, place, &key, err))
            return false;
        const VerifyEvent event = {.kind = VERIFY_REMARK,
                                   .remark = REMARK_DIGEST_UNREACHED,
                                   .backfill = place->backfill,
                                   .chain = chain,
                                   .bucket = catalogue_home(tools->catalogue, place->home)->bucket,
                                   .key = buf_str(&key),
                                   .detail = ""};
        if (!tools->options->event(tools->options->context, &event, err))
            return false;
    }
    return true;
}

bool walk_chain(const WalkTools *tools, Chain *chain, Error *err)
{
    const VerifyEvent start = {.kind = VERIFY_CHAIN, .chain = chain, .detail = ""};
    uint32_t home;
    tools->report->chains++;
    if (!tools->options->event(tools->options->context, &start, err))
        return false;
    for (int backfill = 0; backfill < 2; backfill++)
        while (find_home(tools, chain, backfill, &home))
            if (!walk_home(tools, chain, home, backfill, err))
                return false;
    return remark_unreached(tools, chain, err);
}
