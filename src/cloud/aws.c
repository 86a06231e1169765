#include "cloud/aws.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cloud/profiles_files.h"

enum { BUCKETS_MAX = 64, BUCKET_NAME_BYTES = 64, SPARE_MAX = 64, LINE_BYTES = 200 };

struct Aws {
    AwsOptions options; /* texts owned */
    char *texts[4];
    int text_count;
    Profiles *profiles;
    CredentialsChain *credentials;
    pthread_mutex_t spare_lock; /* protects the two below */
    RequestLine *spare[SPARE_MAX];
    int spare_count;
    pthread_mutex_t lock; /* protects what is below */
    S3Bucket *buckets[BUCKETS_MAX];
    int bucket_count;
    struct Lent {
        char name[BUCKET_NAME_BYTES];
        Aws *owner;
    } lent[BUCKETS_MAX];
    int lent_count;
};

static const char *const FILE_NAMES[] = {
    [PROFILES_CONFIG] = "config file", [PROFILES_CREDENTIALS] = "credentials file"};

static void tell_line(void *context, ProfilesFile file, size_t line, const char *problem)
{
    const Aws *aws = context;
    char text[LINE_BYTES];
    snprintf(text, sizeof text, "line %zu of AWS's %s is passed over: %s", line, FILE_NAMES[file],
             problem);
    if (aws->options.tell)
        aws->options.tell(aws->options.context, text);
}

/* A copy of an option's text in *aws*; NULL for none. */
static bool keep_text(Aws *aws, const char **text, Error *err)
{
    if (!*text || !**text) {
        *text = NULL;
        return true;
    }
    *text = aws->texts[aws->text_count] = mem_text(*text, strlen(*text), err);
    aws->text_count += *text != NULL;
    return *text != NULL;
}

static bool open_chain(Aws *aws, Error *err)
{
    const CredentialsOptions options = {.profile = aws->options.profile,
                                        .region = aws->options.region,
                                        .ca_file = aws->options.ca_file,
                                        .tell = aws->options.tell,
                                        .context = aws->options.context};
    aws->profiles = profiles_load(tell_line, aws, err);
    aws->credentials = aws->profiles ? credentials_new(&options, err) : NULL;
    return aws->credentials != NULL;
}

Aws *aws_open(const AwsOptions *options, Error *err)
{
    Aws *aws = mem_calloc(1, sizeof *aws, err);
    if (!aws)
        return NULL;
    aws->options = *options;
    pthread_mutex_init(&aws->lock, NULL);
    pthread_mutex_init(&aws->spare_lock, NULL);
    if (keep_text(aws, &aws->options.profile, err) && keep_text(aws, &aws->options.region, err) &&
        keep_text(aws, &aws->options.endpoint_url, err) &&
        keep_text(aws, &aws->options.ca_file, err) && open_chain(aws, err))
        return aws;
    aws_free(aws);
    return NULL;
}

void aws_free(Aws *aws)
{
    if (!aws)
        return;
    for (int i = 0; i < aws->spare_count; i++)
        request_line_free(aws->spare[i]);
    for (int i = 0; i < aws->bucket_count; i++)
        mem_free(aws->buckets[i]);
    for (int i = 0; i < aws->text_count; i++)
        mem_free(aws->texts[i]);
    credentials_free(aws->credentials);
    profiles_free(aws->profiles);
    pthread_mutex_destroy(&aws->lock);
    pthread_mutex_destroy(&aws->spare_lock);
    mem_free(aws);
}

RequestLine *aws_line(Aws *aws, Error *err)
{
    const RequestLineOptions options = {.credentials = aws->credentials,
                                        .ca_file = aws->options.ca_file,
                                        .parallel = aws->options.parallel};
    return request_line_new(&options, err);
}

RequestLine *aws_take_line(Aws *aws, Error *err)
{
    pthread_mutex_lock(&aws->spare_lock);
    RequestLine *line = aws->spare_count ? aws->spare[--aws->spare_count] : NULL;
    pthread_mutex_unlock(&aws->spare_lock);
    return line ? line : aws_line(aws, err);
}

void aws_give_line(Aws *aws, RequestLine *line)
{
    pthread_mutex_lock(&aws->spare_lock);
    if (line && aws->spare_count < SPARE_MAX) {
        aws->spare[aws->spare_count++] = line;
        line = NULL;
    }
    pthread_mutex_unlock(&aws->spare_lock);
    request_line_free(line);
}

int aws_parallel(const Aws *aws)
{
    return aws->options.parallel;
}

bool aws_endpoint(const Aws *aws, Str service, Str region, Endpoint *ret, Error *err)
{
    const EndpointSource source = {aws->profiles, profiles_chosen(aws->options.profile)};
    const EndpointQuery query = {.service = service,
                                 .region = region.len ? region : str_of(aws->options.region)};
    return endpoint_find(&source, &query, ret, err);
}

static const S3Bucket *known_bucket(const Aws *aws, Str name)
{
    for (int i = 0; i < aws->bucket_count; i++)
        if (str_equal(str_of(aws->buckets[i]->name), name))
            return aws->buckets[i];
    return NULL;
}

/* With the lock held: others wait for the same answer. */
static const S3Bucket *find_bucket(Aws *aws, RequestLine *line, Str name, Error *err)
{
    const EndpointSource source = {aws->profiles, profiles_chosen(aws->options.profile)};
    const EndpointQuery query = {.bucket = name,
                                 .region = str_of(aws->options.region),
                                 .url = str_of(aws->options.endpoint_url)};
    if (aws->bucket_count == BUCKETS_MAX) {
        error_set(err, ERROR_LIMIT, "more than %d buckets", BUCKETS_MAX);
        return NULL;
    }
    S3Bucket *bucket = mem_calloc(1, sizeof *bucket, err);
    if (!bucket)
        return NULL;
    bucket->requester_pays = aws->options.requester_pays;
    bucket->credentials = aws->credentials;
    if (!s3_find(bucket, line, &source, &query, err)) {
        mem_free(bucket);
        return NULL;
    }
    aws->buckets[aws->bucket_count++] = bucket;
    return bucket;
}

/* Who was told to own a bucket; NULL: nobody. With the lock held. */
static Aws *find_owner(const Aws *aws, Str name)
{
    for (int i = 0; i < aws->lent_count; i++)
        if (str_equal(str_of(aws->lent[i].name), name))
            return aws->lent[i].owner;
    return NULL;
}

bool aws_lend(Aws *aws, Str name, Aws *owner, Error *err)
{
    bool ok = true;
    pthread_mutex_lock(&aws->lock);
    if (!find_owner(aws, name)) {
        ok = aws->lent_count < BUCKETS_MAX ||
             error_set(err, ERROR_LIMIT, "more than %d buckets", BUCKETS_MAX);
        if (ok) {
            struct Lent *lent = &aws->lent[aws->lent_count++];
            snprintf(lent->name, sizeof lent->name, "%.*s", STR_ARG(name));
            lent->owner = owner;
        }
    }
    pthread_mutex_unlock(&aws->lock);
    return ok;
}

const S3Bucket *aws_bucket(Aws *aws, RequestLine *line, Str name, Error *err)
{
    pthread_mutex_lock(&aws->lock);
    Aws *owner = find_owner(aws, name);
    const S3Bucket *bucket = NULL;
    if (!owner || owner == aws) {
        owner = aws;
        bucket = known_bucket(aws, name);
        if (!bucket)
            bucket = find_bucket(aws, line, name, err);
    }
    pthread_mutex_unlock(&aws->lock);
    return owner == aws ? bucket : aws_bucket(owner, line, name, err);
}
