#include "findings/finding_resource.h"

#include <stdio.h>

#include "base/json.h"

enum {
    REQUEST_BYTES_MAX = 1 << 16,
    ARENA_BYTES_MAX = 8 << 20,
    NAME_MAX = 512,
    ID_BYTES_MAX = 4096
};

/* Where a call says what it touches: the path in requestParameters (the first element of lists),
 * the service ("" any) and the kind; of a name without "arn:", what stands before it in the ARN.
 * 'G' has neither region nor account, 'A' the account, 'R' both; '-' is no ARN. */
static const struct {
    const char *source, *path, *type;
    char scope;
    const char *service, *before;
} NAMED[] = {
    {"s3.amazonaws.com", "bucketName", "AwsS3Bucket", 'G', "s3", ""},
    {"iam.amazonaws.com", "userName", "AwsIamUser", 'A', "iam", "user/"},
    {"iam.amazonaws.com", "roleName", "AwsIamRole", 'A', "iam", "role/"},
    {"iam.amazonaws.com", "policyArn", "AwsIamPolicy", '-', "", ""},
    {"iam.amazonaws.com", "groupName", "AwsIamGroup", 'A', "iam", "group/"},
    {"iam.amazonaws.com", "accessKeyId", "AwsIamAccessKey", '-', "", ""},
    {"sts.amazonaws.com", "roleArn", "AwsIamRole", '-', "", ""},
    {"ec2.amazonaws.com", "instanceId", "AwsEc2Instance", 'R', "ec2", "instance/"},
    {"ec2.amazonaws.com", "instancesSet.items.instanceId", "AwsEc2Instance", 'R', "ec2",
     "instance/"},
    {"ec2.amazonaws.com", "groupId", "AwsEc2SecurityGroup", 'R', "ec2", "security-group/"},
    {"ec2.amazonaws.com", "volumeId", "AwsEc2Volume", 'R', "ec2", "volume/"},
    {"ec2.amazonaws.com", "vpcId", "AwsEc2Vpc", 'R', "ec2", "vpc/"},
    {"kms.amazonaws.com", "keyId", "AwsKmsKey", 'R', "kms", "key/"},
    {"lambda.amazonaws.com", "functionName", "AwsLambdaFunction", 'R', "lambda", "function:"},
    {"rds.amazonaws.com", "dBInstanceIdentifier", "AwsRdsDbInstance", 'R', "rds", "db:"},
    {"secretsmanager.amazonaws.com", "secretId", "AwsSecretsManagerSecret", '-', "", ""},
    {"cloudtrail.amazonaws.com", "name", "AwsCloudTrailTrail", 'R', "cloudtrail", "trail/"},
    {"cloudtrail.amazonaws.com", "trailName", "AwsCloudTrailTrail", 'R', "cloudtrail", "trail/"},
    {"sns.amazonaws.com", "topicArn", "AwsSnsTopic", '-', "", ""},
    {"ecr.amazonaws.com", "repositoryName", "AwsEcrRepository", 'R', "ecr", "repository/"},
};

/* The value along dotted names; of a list its first element. */
static const Json *at_path(const Json *value, Str path)
{
    for (size_t from = 0; value && from <= path.len;) {
        size_t dot = str_find_byte(path, '.', from);
        if (value->type == JSON_ARRAY)
            value = value->first;
        value = json_member(value, str_slice(path, from, dot));
        from = dot + 1;
    }
    return value;
}

bool finding_resource_put(Db *db, Str id, const StoryResource *resource, Error *err)
{
    DbStatement *insert = db_statement(
        db,
        "INSERT OR IGNORE INTO finding_resources (finding, type, id, region) SELECT ?1, ?2, ?3, ?4"
        " WHERE (SELECT count(*) FROM finding_resources WHERE finding = ?1) < ?5",
        err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, id);
    db_bind_text(insert, 2, resource->type);
    db_bind_text(insert, 3, resource->id);
    db_bind_text(insert, 4, resource->region);
    db_bind_int(insert, 5, FINDING_RESOURCES_MAX);
    return db_run(insert, err);
}

static bool write_id(size_t named, const FindingCall *call, Str name, Buf *out, Error *err)
{
    char scope = NAMED[named].scope;
    Str region = story_region(call->region);
    Str account = story_account(call->account, STR(""));
    if (scope == '-' || str_starts(name, STR("arn:")))
        return buf_append_str(out, name, err);
    return buf_printf(out, err, "arn:%s:%s:%.*s:%.*s:%s%.*s", story_partition(region),
                      NAMED[named].service, STR_ARG(scope == 'R' ? region : STR("")),
                      STR_ARG(scope == 'G' ? STR("") : account), NAMED[named].before,
                      STR_ARG(name));
}

static bool add_named(Db *db, Str id, const FindingCall *call, const Json *request, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof NAMED / sizeof *NAMED; i++) {
        if (!str_equal(call->event_source, str_of(NAMED[i].source)))
            continue;
        Str name = json_text(at_path(request, str_of(NAMED[i].path)), STR(""));
        BUF_AUTO Buf text = buf_init(ID_BYTES_MAX);
        if (!name.len || name.len > NAME_MAX)
            continue;
        ok = write_id(i, call, name, &text, err);
        const StoryResource resource = {str_of(NAMED[i].type), buf_str(&text),
                                        story_region(call->region)};
        ok = ok && finding_resource_put(db, id, &resource, err);
    }
    return ok;
}

bool finding_resource_add(Db *db, Str id, const FindingCall *call, Error *err)
{
    static const JsonLimits LIMITS = {JSON_DEPTH_MAX, true};
    Error unread = {0};
    if (!call->request.len || call->request.len > REQUEST_BYTES_MAX)
        return true;
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    const Json *request = arena ? json_read(call->request, &LIMITS, arena, &unread) : NULL;
    bool ok = arena && (!request || add_named(db, id, call, request, err));
    arena_free(arena);
    return ok;
}

bool finding_resource_move(Db *db, const char *heir, const char *other, Error *err)
{
    static const char *const MOVES[] = {
        "UPDATE OR IGNORE finding_resources SET finding = ?1 WHERE finding = ?2",
        "UPDATE OR IGNORE finding_related SET finding = ?1 WHERE finding = ?2",
        "UPDATE OR IGNORE finding_related SET other = ?1 WHERE other = ?2",
        "UPDATE OR IGNORE finding_related_signals SET finding = ?1 WHERE finding = ?2",
        "DELETE FROM finding_related WHERE finding IN (?1, ?2) AND other IN (?1, ?2)",
    };
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof MOVES / sizeof *MOVES; i++)
        ok = db_run_texts(db, MOVES[i], heir, other, err);
    return ok;
}

static bool keep(Arena *arena, Str *text, Error *err)
{
    const char *copy = arena_text(arena, *text, err);
    *text = (Str){copy, text->len};
    return copy != NULL;
}

bool finding_resource_list(Db *db, Str id, Arena *arena, StoryResource **ret, size_t *ret_count,
                           Error *err)
{
    bool row = true, ok = true;
    *ret_count = 0;
    *ret = arena_calloc(arena, FINDING_RESOURCES_MAX, sizeof **ret, err);
    DbStatement *select =
        *ret ? db_statement(db,
                            "SELECT type, id, region FROM finding_resources WHERE finding = ?"
                            " ORDER BY type, id LIMIT 32",
                            err)
             : NULL;
    if (!select)
        return false;
    db_bind_text(select, 1, id);
    while ((ok = db_next(select, &row, err)) && row) {
        StoryResource *resource = &(*ret)[(*ret_count)++];
        *resource = (StoryResource){db_text(select, 0), db_text(select, 1), db_text(select, 2)};
        if (!keep(arena, &resource->type, err) || !keep(arena, &resource->id, err) ||
            !keep(arena, &resource->region, err)) {
            db_reset(select);
            return false;
        }
    }
    return ok;
}

bool finding_resource_path(Str type, size_t *index, FindingResourcePath *ret)
{
    for (; *index < sizeof NAMED / sizeof *NAMED; ++*index) {
        if (!str_equal(str_of(NAMED[*index].type), type))
            continue;
        snprintf(ret->path, sizeof ret->path, "requestParameters.%s", NAMED[*index].path);
        ret->before = NAMED[*index].scope == '-' ? NULL : NAMED[*index].before;
        return true;
    }
    return false;
}
