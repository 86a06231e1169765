#include "cloud/endpoint.h"

#include <stdlib.h>

enum { VARIABLE_BYTES = 128, BUCKET_MIN = 3, LABEL_MAX = 63 };

/* Regions of a partition begin with the same words; those of "aws" with any other. */
typedef struct Partition {
    const char *name, *prefix, *suffix, *dual_stack_suffix;
} Partition;

static const Partition PARTITIONS[] = {
    {"aws-cn", "cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
    {"aws-us-gov", "us-gov-", "amazonaws.com", "api.aws"},
    {"aws-iso", "us-iso-", "c2s.ic.gov", "api.aws.ic.gov"},
    {"aws-iso-b", "us-isob-", "sc2s.sgov.gov", "api.aws.scloud"},
    {"aws-iso-e", "eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
    {"aws-iso-f", "us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"},
    {"aws-eusc", "eusc-", "amazonaws.eu", "api.amazonwebservices.eu"},
    {"aws", "", "amazonaws.com", "api.aws"},
};

/* Services whose name in settings or whose host is not the one in signatures. */
static const struct {
    const char *service, *setting, *host;
} NAMES[] = {{"logs", "cloudwatch_logs", "logs"},
             {"sso", "sso", "portal.sso"},
             {"oidc", "sso_oidc", "oidc"},
             {"monitoring", "cloudwatch", "monitoring"},
             {"events", "eventbridge", "events"}};

/* What a service is called where. */
typedef struct ServiceName {
    Str setting, host;
} ServiceName;

static ServiceName name_service(Str service)
{
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (str_equal(service, str_of(NAMES[i].service)))
            return (ServiceName){str_of(NAMES[i].setting), str_of(NAMES[i].host)};
    return (ServiceName){service, service};
}

static const Partition *find_partition(Str region)
{
    const Partition *at = PARTITIONS;
    while (!str_starts(region, str_of(at->prefix)))
        at++;
    return at;
}

const char *endpoint_partition(Str region)
{
    return find_partition(region)->name;
}

static Str profile_setting(const EndpointSource *source, Str name)
{
    return source->profiles ? profiles_get(source->profiles, SECTION_PROFILE, source->profile, name)
                            : (Str){NULL, 0};
}

/* Of the environment, else of the profile; empty when neither says. */
static Str find_setting(const EndpointSource *source, const char *variable, Str name)
{
    Str value = str_of(getenv(variable));
    return value.len ? value : profile_setting(source, name);
}

static bool find_flag(const EndpointSource *source, const char *variable, const char *name,
                      bool *ret, Error *err)
{
    Str value = find_setting(source, variable, str_of(name));
    *ret = str_equal_nocase(value, STR("true"));
    if (*ret || !value.len || str_equal_nocase(value, STR("false")))
        return true;
    return error_set(err, ERROR_USAGE,
                     "%s or the profile's %s: expected true or false, found '%.*s'", variable, name,
                     STR_ARG(str_slice(value, 0, LABEL_MAX)));
}

static bool is_label_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

/* A region becomes a part of a host's name, so it may hold nothing else. */
static bool is_label(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_label_byte(text.ptr[i]))
            return false;
    return text.len && text.len <= LABEL_MAX && text.ptr[0] != '-' && text.ptr[text.len - 1] != '-';
}

static Str find_region(const EndpointSource *source, Str option)
{
    Str region = option.len ? option : str_of(getenv("AWS_REGION"));
    return region.len ? region : find_setting(source, "AWS_DEFAULT_REGION", STR("region"));
}

bool endpoint_region(const EndpointSource *source, Str option, char ret[ENDPOINT_REGION_BYTES],
                     Error *err)
{
    Str region = find_region(source, option);
    if (!region.len)
        return error_set(err, ERROR_USAGE,
                         "no region: set AWS_REGION, or region in the profile '%.*s'",
                         STR_ARG(source->profile));
    if (!is_label(region))
        return error_set(err, ERROR_USAGE, "'%.*s' is no region's name",
                         STR_ARG(str_slice(region, 0, LABEL_MAX)));
    if (str_equal(region, STR("aws-global")))
        region = STR("us-east-1");
    memcpy(ret, region.ptr, region.len);
    ret[region.len] = '\0';
    return true;
}

/* What one search for an endpoint goes by. */
typedef struct Search {
    const EndpointSource *source;
    const EndpointQuery *query;
    ServiceName name;
    bool fips, dual_stack;
    bool s3;
} Search;

/* AWS_ENDPOINT_URL_S3 and its like. */
static Str find_variable_url(const Search *search)
{
    static const char PREFIX[] = "AWS_ENDPOINT_URL_";
    char name[VARIABLE_BYTES];
    Str service = str_slice(search->name.setting, 0, sizeof name - sizeof PREFIX);
    memcpy(name, PREFIX, sizeof PREFIX - 1);
    for (size_t i = 0; i < service.len; i++) {
        char c = service.ptr[i];
        name[sizeof PREFIX - 1 + i] = (char)(c >= 'a' && c <= 'z' ? c - 32 : c == '-' ? '_' : c);
    }
    name[sizeof PREFIX - 1 + service.len] = '\0';
    Str url = str_of(getenv(name));
    return url.len ? url : str_of(getenv("AWS_ENDPOINT_URL"));
}

/* endpoint_url of the service in the profile's services, else of the profile. */
static Str find_profile_url(const Search *search)
{
    char name[VARIABLE_BYTES];
    const Str setting = STR(".endpoint_url");
    Str service = str_slice(search->name.setting, 0, sizeof name - setting.len);
    Str services = profile_setting(search->source, STR("services"));
    Str url = {NULL, 0};
    memcpy(name, service.ptr, service.len);
    memcpy(name + service.len, setting.ptr, setting.len);
    if (services.len)
        url = profiles_get(search->source->profiles, SECTION_SERVICES, services,
                           (Str){name, service.len + setting.len});
    return url.len ? url : profile_setting(search->source, STR("endpoint_url"));
}

/* The URL that is not AWS's own; empty when AWS's counts. */
static bool find_url(const Search *search, Str *ret, Error *err)
{
    bool ignored;
    *ret = search->query->url;
    if (ret->len)
        return true;
    if (!find_flag(search->source, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                   "ignore_configured_endpoint_urls", &ignored, err))
        return false;
    if (ignored)
        return true;
    *ret = find_variable_url(search);
    if (!ret->len)
        *ret = find_profile_url(search);
    return true;
}

/* A URL in its parts; the folder has no slash at its end. */
typedef struct Url {
    Str scheme; /* with "://" */
    Str host;   /* and port */
    Str folder;
} Url;

static bool split_url(Str text, Url *ret, Error *err)
{
    Str rest = text;
    ret->scheme = str_starts(text, STR("http://")) ? STR("http://") : STR("https://");
    bool ok = str_starts(text, ret->scheme);
    for (size_t i = 0; i < text.len; i++)
        ok = ok && text.ptr[i] > ' ' && text.ptr[i] < 0x7f && !strchr("?#@\\\"<>", text.ptr[i]);
    rest = str_slice(rest, ret->scheme.len, rest.len);
    size_t slash = str_find_byte(rest, '/', 0);
    ret->host = str_slice(rest, 0, slash);
    ret->folder = str_slice(rest, slash, rest.len);
    while (str_ends(ret->folder, STR("/")))
        ret->folder.len--;
    if (ok && ret->host.len && ret->host.ptr[0] != ':')
        return true;
    return error_set(err, ERROR_USAGE,
                     "an endpoint is http://HOST[:PORT] or https://HOST[:PORT], not '%.*s'",
                     STR_ARG(str_slice(text, 0, LABEL_MAX)));
}

static bool is_address(Str host)
{
    if (str_starts(host, STR("[")))
        return true;
    for (size_t i = 0; i < host.len && host.ptr[i] != ':'; i++)
        if ((host.ptr[i] < '0' || host.ptr[i] > '9') && host.ptr[i] != '.')
            return false;
    return true;
}

/* Whether the bucket's name can be a part of the host's: small letters, and dots only where no
 * certificate is checked. */
static bool fits_host(Str bucket, const Url *url)
{
    bool ok = bucket.len >= BUCKET_MIN && bucket.len <= LABEL_MAX && !is_address(bucket) &&
              !is_address(url->host);
    char before = '.';
    for (size_t i = 0; ok && i < bucket.len; i++) {
        char c = bucket.ptr[i];
        bool dot = c == '.', hyphen = c == '-';
        ok = dot ? str_equal(url->scheme, STR("http://")) && before != '.' && before != '-'
                 : is_label_byte(c) && c == str_lower(c) && !(hyphen && before == '.');
        before = c;
    }
    return ok && before != '.' && before != '-';
}

static bool check_bucket(Str bucket, Error *err)
{
    bool ok = bucket.len <= 255;
    for (size_t i = 0; i < bucket.len; i++)
        ok = ok && (is_label_byte(bucket.ptr[i]) || bucket.ptr[i] == '.' || bucket.ptr[i] == '_');
    return ok || error_set(err, ERROR_USAGE, "'%.*s' is no bucket's name",
                           STR_ARG(str_slice(bucket, 0, LABEL_MAX)));
}

/* How the profile wants buckets to be addressed, if it says so. */
static bool choose_style(const Search *search, const Url *url, Endpoint *ret, Error *err)
{
    Str bucket = search->query->bucket;
    Str style = profile_setting(search->source, STR("s3.addressing_style"));
    bool path = str_equal(style, STR("path")), virtual = str_equal(style, STR("virtual"));
    if (style.len && !path && !virtual && !str_equal(style, STR("auto")))
        return error_set(err, ERROR_USAGE,
                         "the profile's s3 addressing_style: expected auto, path or virtual, "
                         "found '%.*s'",
                         STR_ARG(str_slice(style, 0, LABEL_MAX)));
    if (!check_bucket(bucket, err))
        return false;
    ret->path_style = bucket.len && (path || (ret->custom && !virtual) || !fits_host(bucket, url));
    return true;
}

static bool append(char url[ENDPOINT_URL_BYTES], size_t *len, Str text, Error *err)
{
    if (text.len >= ENDPOINT_URL_BYTES - *len)
        return error_set(err, ERROR_LIMIT, "an endpoint longer than %d bytes", ENDPOINT_URL_BYTES);
    if (text.len)
        memcpy(url + *len, text.ptr, text.len);
    *len += text.len;
    url[*len] = '\0';
    return true;
}

static bool print_url(const Search *search, const Url *url, Endpoint *ret, Error *err)
{
    bool in_host = search->query->bucket.len && !ret->path_style;
    size_t len = 0;
    return append(ret->url, &len, url->scheme, err) &&
           append(ret->url, &len, in_host ? search->query->bucket : STR(""), err) &&
           append(ret->url, &len, in_host ? STR(".") : STR(""), err) &&
           append(ret->url, &len, url->host, err) && append(ret->url, &len, url->folder, err);
}

/* Whether FIPS's endpoint has no name of its own: in GovCloud all are, as far as they have only
 * addresses of version 4, but for two services. */
static bool fips_is_plain(const Search *search, const Partition *partition)
{
    return str_equal(str_of(partition->name), STR("aws-us-gov")) && !search->dual_stack &&
           !search->s3 && !str_equal(search->query->service, STR("kms"));
}

/* AWS's own host of the service in a region. */
static bool print_host(const Search *search, const char *region, char ret[ENDPOINT_URL_BYTES],
                       Error *err)
{
    const Partition *partition = find_partition(str_of(region));
    bool old_dual_stack = search->dual_stack && search->s3;
    if (search->s3 && search->fips && str_equal(str_of(partition->name), STR("aws-cn")))
        return error_set(err, ERROR_USAGE, "S3 has no FIPS endpoint in '%s'", region);
    const char *suffix =
        search->dual_stack && !search->s3 ? partition->dual_stack_suffix : partition->suffix;
    const Str pieces[] = {
        search->name.host,
        search->fips && !fips_is_plain(search, partition) ? STR("-fips") : STR(""),
        old_dual_stack ? STR(".dualstack") : STR(""),
        STR("."),
        str_of(region),
        STR("."),
        str_of(suffix),
    };
    size_t len = 0;
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        if (!append(ret, &len, pieces[i], err))
            return false;
    return true;
}

static bool check_custom(const Search *search, Error *err)
{
    if (!search->fips && !search->dual_stack)
        return true;
    return error_set(err, ERROR_USAGE, "%s has no say about an endpoint of one's own: unset one",
                     search->fips ? "AWS_USE_FIPS_ENDPOINT" : "AWS_USE_DUALSTACK_ENDPOINT");
}

bool endpoint_find(const EndpointSource *source, const EndpointQuery *query, Endpoint *ret,
                   Error *err)
{
    Search search = {.source = source,
                     .query = query,
                     .name = name_service(query->service),
                     .s3 = str_equal(query->service, STR("s3"))};
    char host[ENDPOINT_URL_BYTES];
    Str given, region = find_region(source, query->region);
    Url url = {STR("https://"), {host, 0}, STR("")};
    *ret = (Endpoint){.path_style = false};
    if (!find_flag(source, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint", &search.fips, err) ||
        !find_flag(source, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint",
                   &search.dual_stack, err) ||
        !find_url(&search, &given, err) ||
        !endpoint_region(source, !region.len && query->for_bucket ? STR("us-east-1") : region,
                         ret->region, err))
        return false;
    ret->custom = given.len != 0;
    bool ok = ret->custom ? check_custom(&search, err) && split_url(given, &url, err)
                          : print_host(&search, ret->region, host, err);
    if (ok && !ret->custom)
        url.host = str_of(host);
    return ok && choose_style(&search, &url, ret, err) && print_url(&search, &url, ret, err);
}
