#!/usr/bin/env bash
# A CloudTrail trail of all regions, its bucket, a queue that tells of new objects, and a role that may read them, made with the
# AWS CLI. May be run again: what is there already is kept and set as below. Needs bash and the AWS CLI, nothing else.
set -euo pipefail

NAME=${NAME:-spoor}                      # of the trail; begins the names of the bucket and the queues
READER_ARN=${READER_ARN:-}               # who may take the role that reads; this account when empty
RETENTION_DAYS=${RETENTION_DAYS:-2557}   # how long the bucket keeps logs and digests; seven years
ARCHIVE_DAYS=${ARCHIVE_DAYS:-180}        # when objects move to Glacier Instant Retrieval, which is read like any other
#: if object-lock
LOCK_DAYS=${LOCK_DAYS:-365}              # how long nobody may delete an object
LOCK_MODE=${LOCK_MODE:-GOVERNANCE}       # COMPLIANCE binds even the account's root until the days are over
#: end
#: if org
ORGANIZATION_ID=${ORGANIZATION_ID:-$(aws organizations describe-organization --query Organization.Id --output text)}
#: end
#: if org security-hub
SECURITY_HUB_ADMIN=${SECURITY_HUB_ADMIN:?set it to the account that shall administer Security Hub}
#: end
#: if org guardduty
GUARDDUTY_ADMIN=${GUARDDUTY_ADMIN:?set it to the account that shall administer GuardDuty}
#: end

REGION=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region)}}
export AWS_REGION=$REGION AWS_DEFAULT_REGION=$REGION AWS_PAGER=
IFS=: read -r _ PARTITION _ _ ACCOUNT _ <<< "$(aws sts get-caller-identity --query Arn --output text)"
BUCKET=$NAME-logs-$ACCOUNT-$REGION
TRAIL_ARN=arn:$PARTITION:cloudtrail:$REGION:$ACCOUNT:trail/$NAME
ROOT_ARN=arn:$PARTITION:iam::$ACCOUNT:root

step() { printf '== %s\n' "$*" >&2; }

#: if sse-kms
step "The key"
KEY_POLICY=$(cat << JSON
{"Version": "2012-10-17", "Statement": [
  {"Sid": "IdentityPoliciesOfThisAccountDecide", "Effect": "Allow", "Principal": {"AWS": "$ROOT_ARN"}, "Action": "kms:*", "Resource": "*"},
  {"Sid": "TheTrailEncrypts", "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
   "Action": "kms:GenerateDataKey*", "Resource": "*",
   "Condition": {"StringEquals": {"aws:SourceArn": "$TRAIL_ARN"},
                 "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": "arn:$PARTITION:cloudtrail:*:$ACCOUNT:trail/*"}}},
  {"Sid": "TheTrailSeesTheKey", "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
   "Action": "kms:DescribeKey", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceArn": "$TRAIL_ARN"}}}]}
JSON
)
if KEY_ARN=$(aws kms describe-key --key-id "alias/$NAME-logs" --query KeyMetadata.Arn --output text 2> /dev/null); then
  aws kms put-key-policy --key-id "$KEY_ARN" --policy-name default --policy "$KEY_POLICY"
else
  KEY_ARN=$(aws kms create-key --description "Encrypts the logs and digests of the trail" --policy "$KEY_POLICY" --query KeyMetadata.Arn --output text)
  aws kms create-alias --alias-name "alias/$NAME-logs" --target-key-id "$KEY_ARN"
fi
aws kms enable-key-rotation --key-id "$KEY_ARN"

#: end
step "The bucket"
if ! aws s3api head-bucket --bucket "$BUCKET" > /dev/null 2>&1; then
  PLACE=()
  [ "$REGION" = us-east-1 ] || PLACE=(--create-bucket-configuration "LocationConstraint=$REGION")
#: if object-lock
  PLACE+=(--object-lock-enabled-for-bucket)
#: end
  aws s3api create-bucket --bucket "$BUCKET" "${PLACE[@]}" > /dev/null
fi
aws s3api put-public-access-block --bucket "$BUCKET" --public-access-block-configuration \
  BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
aws s3api put-bucket-ownership-controls --bucket "$BUCKET" --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'
aws s3api put-bucket-versioning --bucket "$BUCKET" --versioning-configuration Status=Enabled
#: if sse-kms
aws s3api put-bucket-encryption --bucket "$BUCKET" --server-side-encryption-configuration \
  "{\"Rules\": [{\"ApplyServerSideEncryptionByDefault\": {\"SSEAlgorithm\": \"aws:kms\", \"KMSMasterKeyID\": \"$KEY_ARN\"}, \"BucketKeyEnabled\": true}]}"
#: end
#: unless sse-kms
aws s3api put-bucket-encryption --bucket "$BUCKET" --server-side-encryption-configuration \
  '{"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}'
#: end
#: if object-lock
aws s3api put-object-lock-configuration --bucket "$BUCKET" --object-lock-configuration \
  "{\"ObjectLockEnabled\": \"Enabled\", \"Rule\": {\"DefaultRetention\": {\"Mode\": \"$LOCK_MODE\", \"Days\": $LOCK_DAYS}}}"
#: end
aws s3api put-bucket-lifecycle-configuration --bucket "$BUCKET" --lifecycle-configuration "$(cat << JSON
{"Rules": [{"ID": "archive-then-expire", "Status": "Enabled", "Filter": {"Prefix": ""},
  "Transitions": [{"Days": $ARCHIVE_DAYS, "StorageClass": "GLACIER_IR"}], "Expiration": {"Days": $RETENTION_DAYS},
  "NoncurrentVersionExpiration": {"NoncurrentDays": $RETENTION_DAYS}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}]}
JSON
)"
#: if org
WRITTEN="\"arn:$PARTITION:s3:::$BUCKET/AWSLogs/$ACCOUNT/*\", \"arn:$PARTITION:s3:::$BUCKET/AWSLogs/$ORGANIZATION_ID/*\""
#: end
#: unless org
WRITTEN="\"arn:$PARTITION:s3:::$BUCKET/AWSLogs/$ACCOUNT/*\""
#: end
aws s3api put-bucket-policy --bucket "$BUCKET" --policy "$(cat << JSON
{"Version": "2012-10-17", "Statement": [
  {"Sid": "TheTrailLooks", "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:GetBucketAcl",
   "Resource": "arn:$PARTITION:s3:::$BUCKET", "Condition": {"StringEquals": {"aws:SourceArn": "$TRAIL_ARN"}}},
  {"Sid": "TheTrailWrites", "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject",
   "Resource": [$WRITTEN],
   "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": "$TRAIL_ARN"}}},
  {"Sid": "NobodyWithoutTLS", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
   "Resource": ["arn:$PARTITION:s3:::$BUCKET", "arn:$PARTITION:s3:::$BUCKET/*"],
   "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}
JSON
)"

step "The queues"
# make_queue NAME ATTRIBUTES: the URL of the queue, made or set anew.
make_queue() {
  local url
  if url=$(aws sqs get-queue-url --queue-name "$1" --query QueueUrl --output text 2> /dev/null); then
    aws sqs set-queue-attributes --queue-url "$url" --attributes "$2"
  else
    url=$(aws sqs create-queue --queue-name "$1" --attributes "$2" --query QueueUrl --output text)
  fi
  echo "$url"
}
QUEUE_ARN=arn:$PARTITION:sqs:$REGION:$ACCOUNT:$NAME-objects
DEAD_ARN=$QUEUE_ARN-dead
make_queue "$NAME-objects-dead" '{"SqsManagedSseEnabled": "true", "MessageRetentionPeriod": "1209600"}' > /dev/null
QUEUE_URL=$(make_queue "$NAME-objects" "$(cat << JSON
{"SqsManagedSseEnabled": "true", "MessageRetentionPeriod": "1209600", "VisibilityTimeout": "300",
 "RedrivePolicy": "{\"deadLetterTargetArn\": \"$DEAD_ARN\", \"maxReceiveCount\": 5}",
 "Policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Sid\": \"TheBucketTells\", \"Effect\": \"Allow\", \"Principal\": {\"Service\": \"s3.amazonaws.com\"}, \"Action\": \"sqs:SendMessage\", \"Resource\": \"$QUEUE_ARN\", \"Condition\": {\"StringEquals\": {\"aws:SourceAccount\": \"$ACCOUNT\"}, \"ArnEquals\": {\"aws:SourceArn\": \"arn:$PARTITION:s3:::$BUCKET\"}}}]}"}
JSON
)")
aws s3api put-bucket-notification-configuration --bucket "$BUCKET" --notification-configuration \
  "{\"QueueConfigurations\": [{\"QueueArn\": \"$QUEUE_ARN\", \"Events\": [\"s3:ObjectCreated:*\"]}]}"

# make_role NAME DESCRIPTION TRUST POLICY-NAME POLICY: its ARN.
make_role() {
  local arn
  if arn=$(aws iam get-role --role-name "$1" --query Role.Arn --output text 2> /dev/null); then
    aws iam update-assume-role-policy --role-name "$1" --policy-document "$3"
  else
    arn=$(aws iam create-role --role-name "$1" --description "$2" --assume-role-policy-document "$3" --query Role.Arn --output text)
  fi
  aws iam put-role-policy --role-name "$1" --policy-name "$4" --policy-document "$5"
  echo "$arn"
}

#: if cloudwatch-logs
step "The log group"
GROUP=/aws/cloudtrail/$NAME
GROUP_ARN=arn:$PARTITION:logs:$REGION:$ACCOUNT:log-group:$GROUP
FOUND=$(aws logs describe-log-groups --log-group-name-prefix "$GROUP" --query "length(logGroups[?logGroupName=='$GROUP'])" --output text)
[ "$FOUND" != 0 ] || aws logs create-log-group --log-group-name "$GROUP"
aws logs put-retention-policy --log-group-name "$GROUP" --retention-in-days 90
#: if org
STREAMS="\"$GROUP_ARN:log-stream:${ACCOUNT}_CloudTrail_*\", \"$GROUP_ARN:log-stream:${ORGANIZATION_ID}_*\""
#: end
#: unless org
STREAMS="\"$GROUP_ARN:log-stream:${ACCOUNT}_CloudTrail_*\""
#: end
GROUP_ROLE_ARN=$(make_role "$NAME-log-group" "Lets the trail write its log group" \
  '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "sts:AssumeRole"}]}' \
  write-the-log-group \
  "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": [\"logs:CreateLogStream\", \"logs:PutLogEvents\"], \"Resource\": [$STREAMS]}]}")
sleep "${ROLE_WAIT:-10}" # a new role is not known everywhere at once

#: end
step "The trail"
SETTINGS=(--s3-bucket-name "$BUCKET" --is-multi-region-trail --include-global-service-events --enable-log-file-validation)
#: if org
aws organizations enable-aws-service-access --service-principal cloudtrail.amazonaws.com
SETTINGS+=(--is-organization-trail)
#: end
#: if sse-kms
SETTINGS+=(--kms-key-id "$KEY_ARN")
#: end
#: if cloudwatch-logs
SETTINGS+=(--cloud-watch-logs-log-group-arn "$GROUP_ARN:*" --cloud-watch-logs-role-arn "$GROUP_ROLE_ARN")
#: end
if aws cloudtrail get-trail --name "$NAME" > /dev/null 2>&1; then
  aws cloudtrail update-trail --name "$NAME" "${SETTINGS[@]}" > /dev/null
else
  aws cloudtrail create-trail --name "$NAME" "${SETTINGS[@]}" > /dev/null
fi
aws cloudtrail put-event-selectors --trail-name "$NAME" --advanced-event-selectors "$(cat << JSON
[
#: if data-events
 {"Name": "Writes to objects, but for the trail's own", "FieldSelectors": [
   {"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
   {"Field": "readOnly", "Equals": ["false"]}, {"Field": "resources.ARN", "NotStartsWith": ["arn:$PARTITION:s3:::$BUCKET/"]}]},
 {"Name": "Calls of functions", "FieldSelectors": [
   {"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": ["AWS::Lambda::Function"]}]},
#: end
#: if network-activity
 {"Name": "Refused calls through endpoints, of CloudTrail", "FieldSelectors": [
   {"Field": "eventCategory", "Equals": ["NetworkActivity"]}, {"Field": "eventSource", "Equals": ["cloudtrail.amazonaws.com"]},
   {"Field": "errorCode", "Equals": ["VpceAccessDenied"]}]},
 {"Name": "Refused calls through endpoints, of KMS", "FieldSelectors": [
   {"Field": "eventCategory", "Equals": ["NetworkActivity"]}, {"Field": "eventSource", "Equals": ["kms.amazonaws.com"]},
   {"Field": "errorCode", "Equals": ["VpceAccessDenied"]}]},
 {"Name": "Refused calls through endpoints, of Secrets Manager", "FieldSelectors": [
   {"Field": "eventCategory", "Equals": ["NetworkActivity"]}, {"Field": "eventSource", "Equals": ["secretsmanager.amazonaws.com"]},
   {"Field": "errorCode", "Equals": ["VpceAccessDenied"]}]},
#: end
 {"Name": "All management events", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}
]
JSON
)" > /dev/null
#: if insights
aws cloudtrail put-insight-selectors --trail-name "$NAME" --insight-selectors \
  '[{"InsightType": "ApiCallRateInsight"}, {"InsightType": "ApiErrorRateInsight"}]' > /dev/null
#: end
aws cloudtrail start-logging --name "$NAME"

step "The role that reads"
ROLE_ARN=$(make_role "$NAME-reader" "Reads the trail's objects and is told of new ones; may change nothing" \
  "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"${READER_ARN:-$ROOT_ARN}\"}, \"Action\": \"sts:AssumeRole\"}]}" \
  read-the-trail "$(cat << JSON
{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Resource": "arn:$PARTITION:s3:::$BUCKET",
   "Action": ["s3:ListBucket", "s3:GetBucketLocation", "s3:GetBucketVersioning", "s3:GetBucketPolicy", "s3:GetBucketPublicAccessBlock",
              "s3:GetBucketNotification", "s3:GetBucketObjectLockConfiguration", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration"]},
  {"Effect": "Allow", "Resource": "arn:$PARTITION:s3:::$BUCKET/AWSLogs/*", "Action": "s3:GetObject"},
  {"Effect": "Allow", "Resource": ["$QUEUE_ARN", "$DEAD_ARN"],
   "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"]},
#: if sse-kms
  {"Effect": "Allow", "Resource": "$KEY_ARN", "Action": "kms:Decrypt"},
#: end
#: if org
  {"Effect": "Allow", "Resource": "*", "Action": ["organizations:DescribeOrganization", "organizations:ListAccounts"]},
#: end
#: if cloudwatch-logs
  {"Effect": "Allow", "Resource": "$GROUP_ARN:*", "Action": ["logs:FilterLogEvents", "logs:DescribeLogStreams"]},
#: end
  {"Effect": "Allow", "Resource": "*",
   "Action": ["cloudtrail:DescribeTrails", "cloudtrail:GetTrail", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors",
              "cloudtrail:GetInsightSelectors", "cloudtrail:ListPublicKeys", "cloudtrail:ListTags", "cloudtrail:LookupEvents",
              "ec2:DescribeRegions", "guardduty:ListDetectors", "guardduty:ListFindings", "guardduty:GetFindings",
              "securityhub:DescribeHub", "securityhub:GetFindings"]}]}
JSON
)")

#: if guardduty
step "GuardDuty, in every region of this account"
for region in $(aws ec2 describe-regions --query 'Regions[].RegionName' --output text); do
  [ "$(aws guardduty list-detectors --region "$region" --query 'length(DetectorIds)' --output text)" != 0 ] ||
    aws guardduty create-detector --region "$region" --enable --finding-publishing-frequency FIFTEEN_MINUTES > /dev/null
#: if org
  [[ $(aws guardduty list-organization-admin-accounts --region "$region" --query 'AdminAccounts[].AdminAccountId' --output text) == *$GUARDDUTY_ADMIN* ]] ||
    aws guardduty enable-organization-admin-account --region "$region" --admin-account-id "$GUARDDUTY_ADMIN"
#: end
done

#: end
#: if security-hub
step "Security Hub, in every region of this account"
for region in $(aws ec2 describe-regions --query 'Regions[].RegionName' --output text); do
  aws securityhub describe-hub --region "$region" > /dev/null 2>&1 ||
    aws securityhub enable-security-hub --region "$region" --enable-default-standards > /dev/null
#: if org
  [[ $(aws securityhub list-organization-admin-accounts --region "$region" --query 'AdminAccounts[].AccountId' --output text) == *$SECURITY_HUB_ADMIN* ]] ||
    aws securityhub enable-organization-admin-account --region "$region" --admin-account-id "$SECURITY_HUB_ADMIN" > /dev/null
#: end
done

#: end
cat << TXT
source       s3://$BUCKET/
queue        $QUEUE_URL
reader role  $ROLE_ARN
TXT
