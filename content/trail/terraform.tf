# A CloudTrail trail of all regions, its bucket, a queue that tells of new objects, and a role that may read them.
terraform {
  required_version = ">= 1.3"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.40"
    }
  }
}

variable "name" {
  type        = string
  default     = "spoor"
  description = "Names the trail, and begins the names of the bucket and the queues"
}

variable "reader_arn" {
  type        = string
  default     = ""
  description = "Who may take the role that reads (an ARN of a user or role); this account when empty"
}

variable "retention_days" {
  type        = number
  default     = 2557
  description = "How long the bucket keeps logs and digests; seven years"
}

variable "archive_days" {
  type        = number
  default     = 180
  description = "After how many days objects move to Glacier Instant Retrieval, which is read like any other"
}

#: if object-lock
variable "lock_days" {
  type        = number
  default     = 365
  description = "How long nobody may delete an object"
}

variable "lock_mode" {
  type        = string
  default     = "GOVERNANCE"
  description = "COMPLIANCE binds even the account's root until the days are over"
}

#: end
#: if org
variable "organization_id" {
  type        = string
  description = "o-..., as aws organizations describe-organization says it; apply in the management account, once cloudtrail.amazonaws.com is a trusted service of the organisation"
}

#: end
#: if org security-hub
variable "security_hub_admin_account_id" {
  type        = string
  description = "The account that administers Security Hub for the organisation; not the management account"
}

#: end
#: if org guardduty
variable "guardduty_admin_account_id" {
  type        = string
  description = "The account that administers GuardDuty for the organisation; not the management account"
}

#: end
data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}

locals {
  account   = data.aws_caller_identity.this.account_id
  partition = data.aws_partition.this.partition
  region    = data.aws_region.this.name
  bucket    = "${var.name}-logs-${local.account}-${local.region}"
  trail_arn = "arn:${local.partition}:cloudtrail:${local.region}:${local.account}:trail/${var.name}"
}

#: if sse-kms
data "aws_iam_policy_document" "key" {
  statement {
    sid       = "IdentityPoliciesOfThisAccountDecide"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
    }
  }
  statement {
    sid       = "TheTrailEncrypts"
    actions   = ["kms:GenerateDataKey*"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.trail_arn]
    }
    condition {
      test     = "StringLike"
      variable = "kms:EncryptionContext:aws:cloudtrail:arn"
      values   = ["arn:${local.partition}:cloudtrail:*:${local.account}:trail/*"]
    }
  }
  statement {
    sid       = "TheTrailSeesTheKey"
    actions   = ["kms:DescribeKey"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.trail_arn]
    }
  }
}

resource "aws_kms_key" "logs" {
  description         = "Encrypts the logs and digests of the trail"
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.key.json
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_alias" "logs" {
  name          = "alias/${var.name}-logs"
  target_key_id = aws_kms_key.logs.key_id
}

#: end
resource "aws_s3_bucket" "logs" {
  bucket = local.bucket
#: if object-lock
  object_lock_enabled = true
#: end
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_versioning" "logs" {
  bucket = aws_s3_bucket.logs.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "logs" {
  bucket                  = aws_s3_bucket.logs.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "logs" {
  bucket = aws_s3_bucket.logs.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "logs" {
  bucket = aws_s3_bucket.logs.id
  rule {
    apply_server_side_encryption_by_default {
#: if sse-kms
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.logs.arn
#: end
#: unless sse-kms
      sse_algorithm = "AES256"
#: end
    }
#: if sse-kms
    bucket_key_enabled = true
#: end
  }
}

#: if object-lock
resource "aws_s3_bucket_object_lock_configuration" "logs" {
  bucket = aws_s3_bucket.logs.id
  rule {
    default_retention {
      mode = var.lock_mode
      days = var.lock_days
    }
  }
  depends_on = [aws_s3_bucket_versioning.logs]
}

#: end
resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  bucket = aws_s3_bucket.logs.id
  rule {
    id     = "archive-then-expire"
    status = "Enabled"
    filter {}
    transition {
      days          = var.archive_days
      storage_class = "GLACIER_IR"
    }
    expiration {
      days = var.retention_days
    }
    noncurrent_version_expiration {
      noncurrent_days = var.retention_days
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
  depends_on = [aws_s3_bucket_versioning.logs]
}

data "aws_iam_policy_document" "bucket" {
  statement {
    sid       = "TheTrailLooks"
    actions   = ["s3:GetBucketAcl"]
    resources = [aws_s3_bucket.logs.arn]
    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.trail_arn]
    }
  }
  statement {
    sid     = "TheTrailWrites"
    actions = ["s3:PutObject"]
    resources = [
      "${aws_s3_bucket.logs.arn}/AWSLogs/${local.account}/*",
#: if org
      "${aws_s3_bucket.logs.arn}/AWSLogs/${var.organization_id}/*",
#: end
    ]
    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "s3:x-amz-acl"
      values   = ["bucket-owner-full-control"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.trail_arn]
    }
  }
  statement {
    sid       = "NobodyWithoutTLS"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.logs.arn, "${aws_s3_bucket.logs.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "logs" {
  bucket     = aws_s3_bucket.logs.id
  policy     = data.aws_iam_policy_document.bucket.json
  depends_on = [aws_s3_bucket_public_access_block.logs]
}

resource "aws_sqs_queue" "dead" {
  name                      = "${var.name}-objects-dead"
  sqs_managed_sse_enabled   = true
  message_retention_seconds = 1209600
}

resource "aws_sqs_queue" "objects" {
  name                       = "${var.name}-objects"
  sqs_managed_sse_enabled    = true
  message_retention_seconds  = 1209600
  visibility_timeout_seconds = 300
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = 5
  })
}

data "aws_iam_policy_document" "queue" {
  statement {
    sid       = "TheBucketTells"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.objects.arn]
    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_s3_bucket.logs.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "objects" {
  queue_url = aws_sqs_queue.objects.id
  policy    = data.aws_iam_policy_document.queue.json
}

resource "aws_s3_bucket_notification" "logs" {
  bucket = aws_s3_bucket.logs.id
  queue {
    queue_arn = aws_sqs_queue.objects.arn
    events    = ["s3:ObjectCreated:*"]
  }
  depends_on = [aws_sqs_queue_policy.objects]
}

#: if cloudwatch-logs
resource "aws_cloudwatch_log_group" "trail" {
  name              = "/aws/cloudtrail/${var.name}"
  retention_in_days = 90
}

data "aws_iam_policy_document" "log_group_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "log_group" {
  statement {
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = [
      "${aws_cloudwatch_log_group.trail.arn}:log-stream:${local.account}_CloudTrail_*",
#: if org
      "${aws_cloudwatch_log_group.trail.arn}:log-stream:${var.organization_id}_*",
#: end
    ]
  }
}

resource "aws_iam_role" "log_group" {
  name_prefix        = "${var.name}-log-group-"
  assume_role_policy = data.aws_iam_policy_document.log_group_trust.json
}

resource "aws_iam_role_policy" "log_group" {
  name   = "write-the-log-group"
  role   = aws_iam_role.log_group.id
  policy = data.aws_iam_policy_document.log_group.json
}

#: end
resource "aws_cloudtrail" "trail" {
  name                          = var.name
  s3_bucket_name                = aws_s3_bucket.logs.id
  enable_logging                = true
  is_multi_region_trail         = true
  include_global_service_events = true
  enable_log_file_validation    = true
#: if org
  is_organization_trail         = true
#: end
#: if sse-kms
  kms_key_id                    = aws_kms_key.logs.arn
#: end
#: if cloudwatch-logs
  cloud_watch_logs_group_arn    = "${aws_cloudwatch_log_group.trail.arn}:*"
  cloud_watch_logs_role_arn     = aws_iam_role.log_group.arn
#: end

  advanced_event_selector {
    name = "All management events"
    field_selector {
      field  = "eventCategory"
      equals = ["Management"]
    }
  }
#: if data-events
  advanced_event_selector {
    name = "Writes to objects, but for the trail's own"
    field_selector {
      field  = "eventCategory"
      equals = ["Data"]
    }
    field_selector {
      field  = "resources.type"
      equals = ["AWS::S3::Object"]
    }
    field_selector {
      field  = "readOnly"
      equals = ["false"]
    }
    field_selector {
      field           = "resources.ARN"
      not_starts_with = ["${aws_s3_bucket.logs.arn}/"]
    }
  }
  advanced_event_selector {
    name = "Calls of functions"
    field_selector {
      field  = "eventCategory"
      equals = ["Data"]
    }
    field_selector {
      field  = "resources.type"
      equals = ["AWS::Lambda::Function"]
    }
  }
#: end
#: if network-activity
  dynamic "advanced_event_selector" {
    for_each = ["cloudtrail", "kms", "secretsmanager"]
    content {
      name = "Refused calls through endpoints, of ${advanced_event_selector.value}"
      field_selector {
        field  = "eventCategory"
        equals = ["NetworkActivity"]
      }
      field_selector {
        field  = "eventSource"
        equals = ["${advanced_event_selector.value}.amazonaws.com"]
      }
      field_selector {
        field  = "errorCode"
        equals = ["VpceAccessDenied"]
      }
    }
  }
#: end
#: if insights
  insight_selector {
    insight_type = "ApiCallRateInsight"
  }
  insight_selector {
    insight_type = "ApiErrorRateInsight"
  }
#: end

  depends_on = [aws_s3_bucket_policy.logs]
}

data "aws_iam_policy_document" "reader_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = [var.reader_arn != "" ? var.reader_arn : "arn:${local.partition}:iam::${local.account}:root"]
    }
  }
}

data "aws_iam_policy_document" "reader" {
  statement {
    actions = [
      "s3:ListBucket",
      "s3:GetBucketLocation",
      "s3:GetBucketVersioning",
      "s3:GetBucketPolicy",
      "s3:GetBucketPublicAccessBlock",
      "s3:GetBucketNotification",
      "s3:GetBucketObjectLockConfiguration",
      "s3:GetEncryptionConfiguration",
      "s3:GetLifecycleConfiguration",
    ]
    resources = [aws_s3_bucket.logs.arn]
  }
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.logs.arn}/AWSLogs/*"]
  }
  statement {
    actions = [
      "sqs:ReceiveMessage",
      "sqs:DeleteMessage",
      "sqs:ChangeMessageVisibility",
      "sqs:GetQueueAttributes",
      "sqs:GetQueueUrl",
    ]
    resources = [aws_sqs_queue.objects.arn, aws_sqs_queue.dead.arn]
  }
  statement {
    actions = [
      "cloudtrail:DescribeTrails",
      "cloudtrail:GetTrail",
      "cloudtrail:GetTrailStatus",
      "cloudtrail:GetEventSelectors",
      "cloudtrail:GetInsightSelectors",
      "cloudtrail:ListPublicKeys",
      "cloudtrail:ListTags",
      "cloudtrail:LookupEvents",
      "ec2:DescribeRegions",
      "guardduty:ListDetectors",
      "guardduty:ListFindings",
      "guardduty:GetFindings",
      "securityhub:DescribeHub",
      "securityhub:GetFindings",
    ]
    resources = ["*"]
  }
#: if sse-kms
  statement {
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.logs.arn]
  }
#: end
#: if org
  statement {
    actions   = ["organizations:DescribeOrganization", "organizations:ListAccounts"]
    resources = ["*"]
  }
#: end
#: if cloudwatch-logs
  statement {
    actions   = ["logs:FilterLogEvents", "logs:DescribeLogStreams"]
    resources = ["${aws_cloudwatch_log_group.trail.arn}:*"]
  }
#: end
}

resource "aws_iam_role" "reader" {
  name_prefix        = "${var.name}-reader-"
  description        = "Reads the trail's objects and is told of new ones; may change nothing"
  assume_role_policy = data.aws_iam_policy_document.reader_trust.json
}

resource "aws_iam_role_policy" "reader" {
  name   = "read-the-trail"
  role   = aws_iam_role.reader.id
  policy = data.aws_iam_policy_document.reader.json
}

#: if guardduty
# In the provider's region only: repeat these for each region in which the organisation works.
resource "aws_guardduty_detector" "this" {
  enable                       = true
  finding_publishing_frequency = "FIFTEEN_MINUTES"
}

#: if org
resource "aws_guardduty_organization_admin_account" "this" {
  admin_account_id = var.guardduty_admin_account_id
  depends_on       = [aws_guardduty_detector.this]
}

#: end
#: end
#: if security-hub
# In the provider's region only, too.
resource "aws_securityhub_account" "this" {
  enable_default_standards = true
}

#: if org
resource "aws_securityhub_organization_admin_account" "this" {
  admin_account_id = var.security_hub_admin_account_id
  depends_on       = [aws_securityhub_account.this]
}

#: end
#: end
output "source" {
  value       = "s3://${aws_s3_bucket.logs.id}/"
  description = "What to give to spoor ingest"
}

output "queue" {
  value       = aws_sqs_queue.objects.url
  description = "What tells of new objects"
}

output "reader_role_arn" {
  value       = aws_iam_role.reader.arn
  description = "The role to read with"
}
