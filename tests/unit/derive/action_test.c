#include "derive/action.h"

#include <string.h>

#include "support/support.h"

static void calls_have_classes(void **state)
{
    static const struct {
        const char *sentence, *source, *name, *read_only, *expected;
    } CASES[] = {
        {"a read", "s3.amazonaws.com", "GetObject", "true", "read"},
        {"a read of a secret", "secretsmanager.amazonaws.com", "GetSecretValue", "true", "read"},
        {"a list", "s3.amazonaws.com", "ListBuckets", "true", "list"},
        {"EC2 describes lists", "ec2.amazonaws.com", "DescribeInstances", "true", "list"},
        {"DynamoDB describes one table", "dynamodb.amazonaws.com", "DescribeTable", "true", "read"},
        {"tags are read, not listed", "sns.amazonaws.com", "ListTagsForResource", "true", "read"},
        {"a bucket's tags are read", "s3.amazonaws.com", "GetBucketTagging", "true", "read"},
        {"a write", "ec2.amazonaws.com", "RunInstances", "false", "write"},
        {"a sign-in is a write", "signin.amazonaws.com", "ConsoleLogin", "false", "write"},
        {"taking on a role is a write", "sts.amazonaws.com", "AssumeRole", "true", "write"},
        {"by SAML too", "sts.amazonaws.com", "AssumeRoleWithSAML", "true", "write"},
        {"asking who one is is none", "sts.amazonaws.com", "GetCallerIdentity", "true", "read"},
        {"a decryption reads", "kms.amazonaws.com", "Decrypt", "true", "read"},
        {"users", "iam.amazonaws.com", "CreateUser", "false", "permissions"},
        {"policies of users", "iam.amazonaws.com", "AttachUserPolicy", "false", "permissions"},
        {"users are tagged", "iam.amazonaws.com", "TagUser", "false", "tagging"},
        {"users are read", "iam.amazonaws.com", "GetUser", "true", "read"},
        {"a bucket's policy", "s3.amazonaws.com", "PutBucketPolicy", "false", "permissions"},
        {"its deletion", "s3.amazonaws.com", "DeleteBucketPolicy", "false", "permissions"},
        {"a bucket's lifecycle is none", "s3.amazonaws.com", "PutBucketLifecycle", "false",
         "write"},
        {"a snapshot given away", "ec2.amazonaws.com", "ModifySnapshotAttribute", "false",
         "permissions"},
        {"a key's policy", "kms.amazonaws.com", "PutKeyPolicy", "false", "permissions"},
        {"a secret's policy", "secretsmanager.amazonaws.com", "PutResourcePolicy", "false",
         "permissions"},
        {"a name with a date", "lambda.amazonaws.com", "AddPermission20150331v2", "false",
         "permissions"},
        {"a name with a date, no version", "lambda.amazonaws.com", "CreateFunction20150331",
         "false", "write"},
        {"a name that ends with digits", "x.amazonaws.com", "ListThings2", "true", "list"},
        {"a control policy", "organizations.amazonaws.com", "AttachPolicy", "false", "permissions"},
        {"a scaling policy is none", "autoscaling.amazonaws.com", "DeletePolicy", "false", "write"},
        {"tags", "ec2.amazonaws.com", "CreateTags", "false", "tagging"},
        {"an object's tags", "s3.amazonaws.com", "PutObjectTagging", "false", "tagging"},
        {"without readOnly, a verb that reads", "ec2.amazonaws.com", "GetConsoleOutput", NULL,
         "read"},
        {"without readOnly, a list", "s3.amazonaws.com", "ListObjects", NULL, "list"},
        {"without readOnly, another verb", "ec2.amazonaws.com", "StopInstances", NULL, "write"},
        {"no name", "ec2.amazonaws.com", NULL, "true", NULL},
        {"an empty name", "ec2.amazonaws.com", "", "true", NULL},
        {"no source", NULL, "DeleteThing", "false", "write"},
        {"a pattern is no name", "s3.amazonaws.com", "*BucketPolicy", "false", "permissions"},
        {"digits alone", "x", "20150331v2", "false", "write"},
        {"a readOnly that is neither", "x", "GetThing", "maybe", "write"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const char *inputs[] = {CASES[i].source, CASES[i].name, CASES[i].read_only};
        Str texts[3];
        for (int k = 0; k < 3; k++)
            texts[k] = inputs[k] ? str_of(inputs[k]) : (Str){NULL, 0};
        const char *name = action_name(action_class(texts[0], texts[1], texts[2]));
        if (name != CASES[i].expected &&
            (!name || !CASES[i].expected || strcmp(name, CASES[i].expected) != 0))
            fail_msg("%s: %s", CASES[i].sentence, name ? name : "none");
    }
    assert_null(action_name(ACTION_NONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_have_classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
