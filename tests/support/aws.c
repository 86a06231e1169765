#define _GNU_SOURCE
#include "support/support.h"

#include "support/aws.h"

#include <stdio.h>
#include <stdlib.h>

void support_aws_environment(const Peer *peer)
{
    static const char *const UNSET[] = {
        "AWS_SESSION_TOKEN",   "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL_S3", "http_proxy",  "AWS_CA_BUNDLE"};
    for (size_t i = 0; i < sizeof UNSET / sizeof *UNSET; i++)
        unsetenv(UNSET[i]);
    setenv("HOME", "/nowhere", 1);
    setenv("AWS_CONFIG_FILE", "/nowhere/config", 1);
    setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere/credentials", 1);
    setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
    setenv("AWS_ACCESS_KEY_ID", "AKID", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "SECRET", 1);
    setenv("AWS_REGION", "eu-west-1", 1);
    setenv("AWS_ENDPOINT_URL", peer_url(peer), 1);
}

Aws *support_aws(const Peer *peer, int parallel, RequestLine **ret_line)
{
    Error err = {0};
    const AwsOptions options = {.parallel = parallel};
    support_aws_environment(peer);
    Aws *aws = aws_open(&options, &err);
    support_ok(aws != NULL, &err);
    if (ret_line) {
        *ret_line = aws_line(aws, &err);
        support_ok(*ret_line != NULL, &err);
    }
    return aws;
}

char *support_answer(int status, const char *headers, const char *body)
{
    char *text = NULL;
    int len = asprintf(&text, "HTTP/1.1 %d Said\r\n%sContent-Length: %zu\r\n\r\n%s", status,
                       headers, strlen(body), body);
    assert_true(len > 0);
    return text;
}
