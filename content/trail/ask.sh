#!/usr/bin/env bash
# Asks AWS how the trails of this account are set up, and prints one JSON document for: spoor trail check FILE. It changes nothing.
# Needs bash and the AWS CLI; the role that spoor trail template makes may ask all of it.
set -uo pipefail
export AWS_PAGER= LC_ALL=C

# ask NAME WORD...: the member NAME, AWS's answer, or why there is none.
ask() {
  local name=$1 answer
  shift
  if answer=$(aws --output json "$@" 2>&1); then
    [ -n "$answer" ] || answer={}
  else
    answer="{\"refused\": \"$(tr -d '\000-\037' <<< "$answer" | sed 's/\\/\\\\/g; s/"/\\"/g')\"}"
  fi
  printf '"%s": %s' "$name" "$answer"
}

# ask_bucket NAME: what is set of it.
ask_bucket() {
  printf '"bucket": {'
  ask versioning s3api get-bucket-versioning --bucket "$1"
  printf ',\n'
  ask encryption s3api get-bucket-encryption --bucket "$1"
  printf ',\n'
  ask policy s3api get-bucket-policy --bucket "$1"
  printf ',\n'
  ask public_access s3api get-public-access-block --bucket "$1"
  printf ',\n'
  ask lifecycle s3api get-bucket-lifecycle-configuration --bucket "$1"
  printf ',\n'
  ask object_lock s3api get-object-lock-configuration --bucket "$1"
  printf ',\n'
  ask notification s3api get-bucket-notification-configuration --bucket "$1"
  printf '}'
}

# ask_trail ARN REGION BUCKET: how it is set up.
ask_trail() {
  printf '{"arn": "%s", "region": "%s",\n' "$1" "$2"
  ask trail cloudtrail get-trail --name "$1" --region "$2"
  printf ',\n'
  ask status cloudtrail get-trail-status --name "$1" --region "$2"
  printf ',\n'
  ask selectors cloudtrail get-event-selectors --trail-name "$1" --region "$2"
  printf ',\n'
  ask insights cloudtrail get-insight-selectors --trail-name "$1" --region "$2"
  printf ',\n'
  ask_bucket "$3"
  printf '}'
}

regions=${REGIONS:-$(aws ec2 describe-regions --query 'Regions[].RegionName' --output text)}

printf '{"spoor_trail_answers": 1,\n'
ask caller sts get-caller-identity
printf ',\n"trails": ['
comma=
while read -r arn region bucket; do
  [ -n "$arn" ] && [ "$arn" != None ] || continue
  printf '%s\n' "$comma"
  ask_trail "$arn" "$region" "$bucket"
  comma=,
done < <(for region in $regions; do # those of one region are known in it alone
  aws cloudtrail describe-trails --query 'trailList[].[TrailARN,HomeRegion,S3BucketName]' --output text --region "$region"
done | sort -u)
printf '],\n"regions": ['
comma=
for region in $regions; do
  printf '%s\n{"region": "%s",\n' "$comma" "$region"
  ask guardduty guardduty list-detectors --region "$region"
  printf ',\n'
  ask security_hub securityhub describe-hub --region "$region"
  printf '}'
  comma=,
done
printf ']}\n'
