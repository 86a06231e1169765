/* call_table.h - the calls that a made-up organisation makes, one line each.
 *
 * CALL(who, weight, source, name, read_only, category, request, response): *who* is S for machines
 * or H for people. The more frequent come first within their kind. In templates: %i instance id,
 * %v volume id, %g security group, %b bucket, %o object key, %k key UUID, %h 16 hexadecimal
 * digits, %n number, %u UUID, %A account, %R region, %r role, %t user, %K a temporary key's id,
 * %T a token, %d a time, %% a per cent sign. An empty template is JSON null.
 */
/* clang-format off */
CALL(S, 240, "ec2", "DescribeInstances", 1, MANAGEMENT, "{\"maxResults\":1000,\"instancesSet\":{\"items\":[{\"instanceId\":\"i-0%i\"}]},\"filterSet\":{\"items\":[{\"name\":\"tag:Name\",\"valueSet\":{\"items\":[{\"value\":\"prod-%n\"}]}},{\"name\":\"instance-state-name\",\"valueSet\":{\"items\":[{\"value\":\"running\"}]}}]}}", "")
CALL(S, 200, "kms", "Decrypt", 1, MANAGEMENT, "{\"encryptionAlgorithm\":\"SYMMETRIC_DEFAULT\",\"encryptionContext\":{\"aws:s3:arn\":\"arn:aws:s3:::%b\"},\"keyId\":\"arn:aws:kms:%R:%A:key/%k\"}", "")
CALL(S, 180, "sts", "AssumeRole", 1, MANAGEMENT, "{\"roleArn\":\"arn:aws:iam::%A:role/%r\",\"roleSessionName\":\"session-%h\",\"durationSeconds\":3600}", "{\"credentials\":{\"accessKeyId\":\"%K\",\"sessionToken\":\"%T\",\"expiration\":\"Nov 1, 2026, 9:41:00 AM\"},\"assumedRoleUser\":{\"assumedRoleId\":\"AROAEXAMPLEROLEID%n:session-%h\",\"arn\":\"arn:aws:sts::%A:assumed-role/%r/session-%h\"}}")
CALL(S, 160, "s3", "GetObject", 1, DATA, "{\"bucketName\":\"%b\",\"Host\":\"%b.s3.%R.amazonaws.com\",\"key\":\"%o\"}", "")
CALL(S, 130, "ssm", "UpdateInstanceInformation", 0, MANAGEMENT, "{\"instanceId\":\"i-0%i\",\"agentVersion\":\"3.3.%n.0\",\"agentStatus\":\"Active\",\"platformType\":\"Linux\",\"platformName\":\"Amazon Linux\",\"platformVersion\":\"2023\",\"iPAddress\":\"10.0.%n.%n\",\"computerName\":\"ip-10-0-%n-%n.%R.compute.internal\",\"agentName\":\"amazon-ssm-agent\"}", "")
CALL(S, 120, "kms", "GenerateDataKey", 1, MANAGEMENT, "{\"keySpec\":\"AES_256\",\"encryptionContext\":{\"aws:s3:arn\":\"arn:aws:s3:::%b/%o\"},\"keyId\":\"arn:aws:kms:%R:%A:key/%k\"}", "")
CALL(S, 110, "s3", "PutObject", 0, DATA, "{\"bucketName\":\"%b\",\"Host\":\"%b.s3.%R.amazonaws.com\",\"key\":\"%o\",\"x-amz-server-side-encryption\":\"aws:kms\"}", "{\"x-amz-server-side-encryption\":\"aws:kms\",\"x-amz-server-side-encryption-aws-kms-key-id\":\"arn:aws:kms:%R:%A:key/%k\"}")
CALL(S, 100, "logs", "CreateLogStream", 0, MANAGEMENT, "{\"logGroupName\":\"/aws/lambda/worker-%n\",\"logStreamName\":\"2026/11/01/[$LATEST]%h%h\"}", "")
CALL(S, 90, "s3", "GetBucketAcl", 1, MANAGEMENT, "{\"bucketName\":\"%b\",\"Host\":\"%b.s3.%R.amazonaws.com\",\"acl\":\"\"}", "")
CALL(S, 80, "dynamodb", "DescribeTable", 1, MANAGEMENT, "{\"tableName\":\"orders-%n\"}", "")
CALL(S, 70, "elasticloadbalancing", "DescribeTargetHealth", 1, MANAGEMENT, "{\"targetGroupArn\":\"arn:aws:elasticloadbalancing:%R:%A:targetgroup/web-%n/%h\"}", "")
CALL(S, 60, "ec2", "DescribeVolumes", 1, MANAGEMENT, "{\"volumeSet\":{\"items\":[{\"volumeId\":\"vol-0%v\"}]},\"filterSet\":{}}", "")
CALL(S, 50, "lambda", "ListFunctions20150331", 1, MANAGEMENT, "{\"maxItems\":50}", "")
CALL(S, 40, "monitoring", "DescribeAlarms", 1, MANAGEMENT, "{\"maxRecords\":100,\"stateValue\":\"ALARM\"}", "")
CALL(S, 30, "ecr", "BatchGetImage", 1, MANAGEMENT, "{\"imageIds\":[{\"imageTag\":\"v%n\"}],\"registryId\":\"%A\",\"repositoryName\":\"service-%n\"}", "")
CALL(S, 25, "autoscaling", "DescribeAutoScalingGroups", 1, MANAGEMENT, "{\"maxRecords\":100}", "")
CALL(S, 20, "ec2", "CreateTags", 0, MANAGEMENT, "{\"resourcesSet\":{\"items\":[{\"resourceId\":\"vol-0%v\"}]},\"tagSet\":{\"items\":[{\"key\":\"owner\",\"value\":\"team-%n\"}]}}", "{\"requestId\":\"%u\",\"_return\":true}")
CALL(S, 12, "ec2", "RunInstances", 0, MANAGEMENT, "{\"instancesSet\":{\"items\":[{\"imageId\":\"ami-0%h\",\"minCount\":1,\"maxCount\":1}]},\"instanceType\":\"m7g.large\",\"monitoring\":{\"enabled\":false},\"tagSpecificationSet\":{\"items\":[{\"resourceType\":\"instance\",\"tags\":[{\"key\":\"Name\",\"value\":\"worker-%n\"}]}]}}", "{\"requestId\":\"%u\",\"reservationId\":\"r-0%h\",\"ownerId\":\"%A\",\"groupSet\":{},\"instancesSet\":{\"items\":[{\"instanceId\":\"i-0%i\",\"imageId\":\"ami-0%h\",\"instanceState\":{\"code\":0,\"name\":\"pending\"},\"privateDnsName\":\"ip-10-0-%n-%n.%R.compute.internal\",\"amiLaunchIndex\":0,\"instanceType\":\"m7g.large\",\"launchTime\":1793000000000,\"placement\":{\"availabilityZone\":\"%Ra\",\"tenancy\":\"default\"},\"monitoring\":{\"state\":\"disabled\"},\"subnetId\":\"subnet-0%h\",\"vpcId\":\"vpc-0%h\",\"privateIpAddress\":\"10.0.%n.%n\",\"architecture\":\"arm64\",\"rootDeviceType\":\"ebs\",\"rootDeviceName\":\"/dev/xvda\",\"hypervisor\":\"xen\",\"groupSet\":{\"items\":[{\"groupId\":\"sg-0%g\",\"groupName\":\"workers\"}]}}]}}")
CALL(H, 120, "ec2", "DescribeSecurityGroups", 1, MANAGEMENT, "{\"securityGroupSet\":{\"items\":[{\"groupId\":\"sg-0%g\"}]},\"securityGroupIdSet\":{},\"filterSet\":{}}", "")
CALL(H, 110, "iam", "ListAttachedRolePolicies", 1, MANAGEMENT, "{\"roleName\":\"%r\"}", "")
CALL(H, 100, "s3", "ListBuckets", 1, MANAGEMENT, "{\"Host\":\"s3.%R.amazonaws.com\"}", "")
CALL(H, 90, "iam", "GetUser", 1, MANAGEMENT, "{\"userName\":\"%t\"}", "")
CALL(H, 80, "signin", "ConsoleLogin", 0, SIGNIN, "", "{\"ConsoleLogin\":\"Success\"}")
CALL(H, 70, "cloudformation", "DescribeStacks", 1, MANAGEMENT, "{\"stackName\":\"platform-%n\"}", "")
CALL(H, 60, "ce", "GetCostAndUsage", 1, MANAGEMENT, "{\"timePeriod\":{\"start\":\"2026-10-01\",\"end\":\"2026-11-01\"},\"granularity\":\"DAILY\",\"metrics\":[\"UnblendedCost\"]}", "")
CALL(H, 50, "rds", "DescribeDBInstances", 1, MANAGEMENT, "{\"dBInstanceIdentifier\":\"orders-%n\"}", "")
CALL(H, 40, "cloudtrail", "LookupEvents", 1, MANAGEMENT, "{\"maxResults\":50,\"startTime\":\"%d\"}", "")
CALL(H, 30, "iam", "UpdateAssumeRolePolicy", 0, MANAGEMENT, "{\"roleName\":\"%r\",\"policyDocument\":\"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":{\\\"AWS\\\":\\\"arn:aws:iam::%A:root\\\"},\\\"Action\\\":\\\"sts:AssumeRole\\\"}]}\"}", "")
CALL(H, 25, "ec2", "AuthorizeSecurityGroupIngress", 0, MANAGEMENT, "{\"groupId\":\"sg-0%g\",\"ipPermissions\":{\"items\":[{\"ipProtocol\":\"tcp\",\"fromPort\":443,\"toPort\":443,\"groups\":{},\"ipRanges\":{\"items\":[{\"cidrIp\":\"10.0.%n.0/24\"}]},\"ipv6Ranges\":{},\"prefixListIds\":{}}]}}", "{\"requestId\":\"%u\",\"_return\":true}")
CALL(H, 20, "secretsmanager", "GetSecretValue", 1, MANAGEMENT, "{\"secretId\":\"arn:aws:secretsmanager:%R:%A:secret:db/orders-%n\"}", "")
CALL(H, 10, "iam", "CreateAccessKey", 0, MANAGEMENT, "{\"userName\":\"%t\"}", "{\"accessKey\":{\"userName\":\"%t\",\"accessKeyId\":\"AKIA%h\",\"status\":\"Active\",\"createDate\":\"Nov 1, 2026, 9:41:00 AM\"}}")
/* clang-format on */
