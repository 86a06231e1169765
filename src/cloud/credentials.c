#include "cloud/credentials.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cloud/credentials_source.h"
#include "cloud/profiles_files.h"

#define MINUTE_US INT64_C(60000000)
/* Before the end of keys that live long; of others a half and a quarter of their life. */
#define ADVISED_US (15 * MINUTE_US)
#define NEEDED_US  (10 * MINUTE_US)
#define PAUSE_US   MINUTE_US        /* between two tries that are only advised */
#define YOUNG_US   INT64_C(5000000) /* keys that were asked for just now */

enum { LINE_BYTES = ERROR_TEXT_MAX + 200 };

typedef enum { NEED_NOTHING, NEED_ADVISED, NEED_NOW } Need;

struct CredentialsChain {
    char *profile, *region, *ca_file; /* owned; NULL: none */
    void (*tell)(void *context, const char *line);
    void *context;
    /* Held while the sources are asked, taken before *lock*; protects told_files and told. */
    pthread_mutex_t asking;
    bool told_files;
    bool told; /* that refreshing fails; once until it succeeds */
    /* Held for moments; protects all below. */
    pthread_mutex_t lock;
    Credentials current;           /* no origin: none yet */
    int64_t advised_us, needed_us; /* wall times */
    int64_t taken_us, pause_us;    /* of the monotonic clock: when they came; no try before */
    uint64_t asked;                /* how often the sources were, and how that ended last */
    Error failure;
};

static void tell_nobody(void *context, const char *line)
{
    (void)context;
    (void)line;
}

static bool copy_text(const char *text, char **ret, Error *err)
{
    return !text || (*ret = mem_text(text, strlen(text), err)) != NULL;
}

CredentialsChain *credentials_new(const CredentialsOptions *options, Error *err)
{
    CredentialsChain *chain = mem_calloc(1, sizeof *chain, err);
    if (!chain)
        return NULL;
    pthread_mutex_init(&chain->asking, NULL);
    pthread_mutex_init(&chain->lock, NULL);
    chain->tell = options->tell ? options->tell : tell_nobody;
    chain->context = options->context;
    if (copy_text(options->profile, &chain->profile, err) &&
        copy_text(options->region, &chain->region, err) &&
        copy_text(options->ca_file ? options->ca_file : getenv("AWS_CA_BUNDLE"), &chain->ca_file,
                  err))
        return chain;
    credentials_free(chain);
    return NULL;
}

void credentials_free(CredentialsChain *chain)
{
    if (!chain)
        return;
    credentials_wipe(&chain->current);
    pthread_mutex_destroy(&chain->asking);
    pthread_mutex_destroy(&chain->lock);
    mem_free(chain->profile);
    mem_free(chain->region);
    mem_free(chain->ca_file);
    mem_free(chain);
}

/* A line of a file that is passed over is told the first time that the files are read. */
static void tell_line(void *context, ProfilesFile file, size_t line, const char *problem)
{
    const CredentialsChain *chain = context;
    char text[LINE_BYTES];
    if (chain->told_files)
        return;
    snprintf(text, sizeof text, "AWS's %s file, line %zu is passed over: %s",
             file == PROFILES_CONFIG ? "config" : "credentials", line, problem);
    chain->tell(chain->context, text);
}

static bool is_named(const CredentialsChain *chain)
{
    const char *names[] = {chain->profile, getenv("AWS_PROFILE"), getenv("AWS_DEFAULT_PROFILE")};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i] && *names[i])
            return true;
    return false;
}

static bool search_with(CredentialsChain *chain, const Profiles *profiles, HttpClient *client,
                        Credentials *ret, Error *err)
{
    CredentialsSearch search = {.profiles = profiles,
                                .profile = profiles_chosen(chain->profile),
                                .given = chain->profile != NULL && *chain->profile,
                                .named = is_named(chain),
                                .region = str_of(chain->region),
                                .client = client,
                                .tell = chain->tell,
                                .context = chain->context};
    bool ok = credentials_search(&search, ret, err);
    /* once there were keys, a source that is out of reach may come back; *current* is read, which
     * changes only with *asking* held */
    if (!ok && search.unreachable && chain->current.origin && err->kind == ERROR_ACCESS)
        err->kind = ERROR_BUSY;
    return ok;
}

static bool check_life(const Credentials *keys, Error *err)
{
    return keys->expires_us > clock_now_us() ||
           error_set(err, ERROR_ACCESS, "credentials: %s: they have expired", keys->origin);
}

/* Asks the sources, with files and connections of this time alone. */
static bool search_anew(CredentialsChain *chain, Credentials *ret, Error *err)
{
    const HttpOptions options = {.ca_file = chain->ca_file, .parallel = 1};
    Profiles *profiles = profiles_load(tell_line, chain, err);
    HttpClient *client = profiles ? http_client_new(&options, err) : NULL;
    bool ok = client && search_with(chain, profiles, client, ret, err) && check_life(ret, err);
    chain->told_files = chain->told_files || profiles;
    http_client_free(client);
    profiles_free(profiles);
    return ok;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Puts *fresh*, which is given away, in the place of what there was. */
static void keep(CredentialsChain *chain, Credentials *fresh)
{
    int64_t life_us = fresh->expires_us - clock_now_us();
    bool for_ever = fresh->expires_us == INT64_MAX;
    credentials_wipe(&chain->current);
    chain->current = *fresh;
    chain->advised_us = for_ever ? INT64_MAX : fresh->expires_us - least(ADVISED_US, life_us / 2);
    chain->needed_us = for_ever ? INT64_MAX : fresh->expires_us - least(NEEDED_US, life_us / 4);
    chain->taken_us = clock_monotonic_us();
}

/* Asks, with *asking* held. */
static bool ask(CredentialsChain *chain, Error *err)
{
    Credentials fresh = {.expires_us = 0};
    error_clear(err);
    bool ok = search_anew(chain, &fresh, err);
    if (ok)
        error_clear(err); /* why the sources before did not do */
    pthread_mutex_lock(&chain->lock);
    if (ok)
        keep(chain, &fresh);
    chain->pause_us = ok ? 0 : clock_monotonic_us() + PAUSE_US;
    chain->asked++;
    chain->failure = *err;
    pthread_mutex_unlock(&chain->lock);
    if (!ok)
        credentials_wipe(&fresh);
    chain->told = chain->told && !ok;
    return ok;
}

/* With *lock* held. */
static Need need(const CredentialsChain *chain)
{
    int64_t now_us = clock_now_us();
    if (!chain->current.origin || now_us >= chain->needed_us)
        return NEED_NOW;
    bool advised = now_us >= chain->advised_us && clock_monotonic_us() >= chain->pause_us;
    return advised ? NEED_ADVISED : NEED_NOTHING;
}

static bool copy(CredentialsChain *chain, Credentials *ret, Error *err)
{
    const Credentials *from = &chain->current;
    if (!credentials_keep(ret, from->access_key, from->secret_key, from->session_token, err))
        return false;
    ret->expires_us = from->expires_us;
    ret->origin = from->origin;
    return true;
}

static Need look(CredentialsChain *chain, uint64_t *ret_asked)
{
    pthread_mutex_lock(&chain->lock);
    Need now = need(chain);
    *ret_asked = chain->asked;
    pthread_mutex_unlock(&chain->lock);
    return now;
}

/* Tries while the keys at hand still do; nobody waits for it. */
static void ask_ahead(CredentialsChain *chain)
{
    Error err = {0};
    uint64_t asked;
    if (pthread_mutex_trylock(&chain->asking) != 0)
        return;
    if (look(chain, &asked) == NEED_ADVISED && !ask(chain, &err) && !chain->told) {
        char line[LINE_BYTES];
        snprintf(line, sizeof line, "credentials that expire soon could not be refreshed yet: %s",
                 err.text);
        chain->tell(chain->context, line);
        chain->told = true;
    }
    pthread_mutex_unlock(&chain->asking);
}

/* How the asking ended that another thread did while this one waited. */
static bool share(CredentialsChain *chain, Error *err)
{
    pthread_mutex_lock(&chain->lock);
    *err = chain->failure;
    pthread_mutex_unlock(&chain->lock);
    return err->kind == ERROR_NONE;
}

/* Asks, or takes the result of who did since *before* was counted. */
static bool ask_once(CredentialsChain *chain, uint64_t before, Error *err)
{
    uint64_t asked;
    pthread_mutex_lock(&chain->asking);
    look(chain, &asked);
    bool ok = asked == before ? ask(chain, err) : share(chain, err);
    pthread_mutex_unlock(&chain->asking);
    return ok;
}

bool credentials_get(CredentialsChain *chain, Credentials *ret, Error *err)
{
    uint64_t asked;
    Need now = look(chain, &asked);
    if (now == NEED_ADVISED)
        ask_ahead(chain);
    bool ok = now != NEED_NOW || ask_once(chain, asked, err);
    pthread_mutex_lock(&chain->lock);
    ok = ok && copy(chain, ret, err);
    pthread_mutex_unlock(&chain->lock);
    if (!ok)
        credentials_wipe(ret);
    return ok;
}

bool credentials_refresh(CredentialsChain *chain, Error *err)
{
    pthread_mutex_lock(&chain->lock);
    bool young = chain->current.origin && clock_monotonic_us() - chain->taken_us < YOUNG_US;
    uint64_t asked = chain->asked;
    pthread_mutex_unlock(&chain->lock);
    return young || ask_once(chain, asked, err);
}
