#include "derive/client.h"

#include <stdio.h>
#include <string.h>

#include "support/support.h"

/* "family|name|version|system|runs in", "-" for unknown members. */
static void show(Client client, char *ret, size_t size)
{
    const Str texts[] = {client.name, client.version, client.system, client.runs_in};
    const char *family = client_family_name(client.family);
    size_t used = (size_t)snprintf(ret, size, "%s", family ? family : "none");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        used +=
            (size_t)snprintf(ret + used, size - used, "|%.*s", texts[i].ptr ? (int)texts[i].len : 1,
                             texts[i].ptr ? texts[i].ptr : "-");
}

static void programs_are_known_by_their_agents(void **state)
{
    static const struct {
        const char *sentence, *agent, *expected;
    } CASES[] = {
        {"a service", "secretsmanager.amazonaws.com", "service|secretsmanager.amazonaws.com|-|-|-"},
        {"AWS itself", "AWS Internal", "service|AWS Internal|-|-|-"},
        {"CloudFormation", "cloudformation.amazonaws.com",
         "cloudformation|cloudformation.amazonaws.com|-|-|-"},
        {"the sign-in", "signin.amazonaws.com", "console|signin.amazonaws.com|-|-|-"},
        {"a console's host", "console.ec2.amazonaws.com",
         "console|console.ec2.amazonaws.com|-|-|-"},
        {"a console's server, in brackets",
         "[S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.488 Linux/5.10.184 "
         "OpenJDK_64-Bit_Server_VM/25.372-b08 vendor/Oracle_Corporation cfg/retry-mode/standard]",
         "console|S3Console|0.4|linux|-"},
        {"a console of two words", "RDS Console, aws-internal/3 aws-sdk-java/1.11.975 Linux/5.10",
         "console|RDS Console|-|linux|-"},
        {"a server of AWS's", "[AWSCloudTrail, aws-internal/3 aws-sdk-java/1.12.433 Linux/5.4]",
         "service|AWSCloudTrail|-|linux|-"},
        {"a server without a name", "aws-internal/3 aws-sdk-java/1.11.1 Linux/4.9",
         "service|aws-internal|3|linux|-"},
        {"Terraform before its SDK",
         "APN/1.0 HashiCorp/1.0 Terraform/1.1.2 (+https://www.terraform.io) "
         "terraform-provider-aws/3.76.1 (+https://registry.terraform.io/providers/hashicorp/aws) "
         "aws-sdk-go/1.44.157 (go1.19.3; linux; amd64) HashiCorp-terraform-exec/0.17.3",
         "terraform|Terraform|1.1.2|linux|-"},
        {"Terraform that carries a test tool's mark",
         "[APN/1.0 HashiCorp/1.0 Terraform/1.1.2 (+https://www.terraform.io) "
         "stratus-red-team_4990da05 HashiCorp-terraform-exec/0.17.3]",
         "terraform|Terraform|1.1.2|-|-"},
        {"a test tool", "stratus-red-team_ea782787-a65d-4fc4-9fca-1c97869a9a25",
         "other|stratus-red-team|ea782787-a65d-4fc4-9fca-1c97869a9a25|-|-"},
        {"a test tool in an SDK's environment",
         "aws-sdk-go-v2/1.32.3 os/linux lang/go#1.23.1 md/GOOS#linux md/GOARCH#amd64 "
         "exec-env/grimoire_095724e3 api/sts#1.26.2",
         "other|grimoire|095724e3|linux|grimoire_095724e3"},
        {"boto", "[Boto3/1.26.165 Python/3.10.6 Linux/5.19.0-46-generic Botocore/1.29.165]",
         "boto|Boto3|1.26.165|linux|-"},
        {"new boto",
         "Boto3/1.35.40 md/Botocore#1.35.40 ua/2.0 os/macos#22.6.0 md/arch#arm64 "
         "lang/python#3.12.7 exec-env/AWS_Lambda_python3.12",
         "boto|Boto3|1.35.40|macos|AWS_Lambda_python3.12"},
        {"boto on Kali", "Boto3/1.9.89 Python/2.7.12 Linux/4.2.0-kali3-amd64 Botocore/1.12.89",
         "boto|Boto3|1.9.89|kali|-"},
        {"Parrot", "Boto3/1.9.89 Python/3.9 Linux/5.16.0-12parrot1-amd64 Botocore/1.12",
         "boto|Boto3|1.9.89|parrot|-"},
        {"the command line, version 2",
         "aws-cli/2.15.0 Python/3.11.6 Linux/6.1.0 exec-env/CloudShell source/x86_64.amzn.2 "
         "prompt/off command/s3.ls",
         "cli|aws-cli|2.15.0|linux|CloudShell"},
        {"the command line, version 1, before its boto",
         "aws-cli/1.22.34 Python/3.10.6 Darwin/21.6.0 botocore/1.23.34",
         "cli|aws-cli|1.22.34|macos|-"},
        {"PowerShell", "AWSPowerShell.NetCore/4.1.100 .NET_Core/6 OS/Microsoft_Windows_10",
         "cli|AWSPowerShell|4.1.100|windows|-"},
        {"Go", "aws-sdk-go-v2/1.17.0 os/linux lang/go/1.18.10 md/GOOS/linux api/sts/1.16.19",
         "sdk|aws-sdk-go-v2|1.17.0|linux|-"},
        {"old Go", "aws-sdk-go/1.41.4 (go1.18.3; linux; amd64)", "sdk|aws-sdk-go|1.41.4|linux|-"},
        {"an agent on a machine, before its SDK",
         "aws-sdk-go/1.41.4 (go1.18.3; linux; amd64) amazon-ssm-agent/",
         "sdk|amazon-ssm-agent|-|linux|-"},
        {".NET", "aws-sdk-dotnet-coreclr/3.7.0.5 aws-sdk-dotnet-core/3.7 .NET_Core/5",
         "sdk|aws-sdk-dotnet|3.7.0.5|-|-"},
        {"Pulumi", "APN/1.0 Pulumi/1.0 PulumiAWS/6.2.1 (+https://www.pulumi.com) aws-sdk-go-v2/1.2",
         "pulumi|Pulumi|1.0|-|-"},
        {"CDK", "aws-sdk-nodejs/2.1 linux/v18 aws-cdk/2.100.0 promise",
         "cdk|aws-cdk|2.100.0|linux|-"},
        {"Ansible", "APN/1.0 Ansible/2.14.3 amazon.aws/6.5.0 Boto3/1.28",
         "ansible|Ansible|2.14.3|-|-"},
        {"Karpenter", "aws-sdk-go/1.44 (go1.20; linux; arm64) karpenter.sh-v0.29.0",
         "kubernetes|karpenter|-|linux|-"},
        {"Firefox",
         "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0",
         "browser|Firefox|102.0|linux|-"},
        {"Chrome",
         "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
         "Gecko) Chrome/120.0.0.0 Safari/537.36",
         "browser|Chrome|120.0.0.0|windows|-"},
        {"Edge before Chrome",
         "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 "
         "Chrome/120.0 Safari/537.36 Edg/120.0.2210.91",
         "browser|Edge|120.0.2210.91|macos|-"},
        {"Safari",
         "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1 "
         "Version/17.1 Mobile/15E148 Safari/604.1",
         "browser|Safari|17.1|ios|-"},
        {"another program", "MyTool/2.0 (internal)", "other|MyTool|2.0|-|-"},
        {"one word", "hello", "other|hello|-|-|-"},
        {"a name inside a word is none", "notterraformed/1", "other|notterraformed|1|-|-"},
        {"an empty agent", "", "none|-|-|-|-"},
        {"brackets around nothing", "[]", "none|-|-|-|-"},
        {"a bracket alone", "[", "other|-|-|-|-"},
        {"only signs", "/ / /", "other|-|-|-|-"},
    };
    char text[256];
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        show(client_read(str_of(CASES[i].agent)), text, sizeof text);
        if (strcmp(text, CASES[i].expected) != 0)
            fail_msg("%s: %s", CASES[i].sentence, text);
    }
    assert_int_equal(client_read((Str){NULL, 0}).family, CLIENT_NONE);
}

static void hostile_agents_are_bounded(void **state)
{
    static char text[100000];
    (void)state;
    memset(text, 'a', sizeof text);
    Client client = client_read((Str){text, sizeof text});
    assert_int_equal(client.family, CLIENT_OTHER);
    assert_int_equal(client.name.len, 64);
    for (size_t i = 0; i + 1 < sizeof text; i++) {
        text[i] = (char)(i * 37 + i / 251);
        client = client_read((Str){text + i / 2, i % 100});
        assert_true(client.family != CLIENT_NONE || !client.name.ptr);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_are_known_by_their_agents),
        cmocka_unit_test(hostile_agents_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
