"""trail.py FOLDER PARTS - writes PARTS folders of CloudTrail objects, the same on every machine.

Five days, every kind of column: missing members, JSON nulls, structs within structs, lists that
are empty, null or hold nulls, texts outside ASCII and longer than the bounds that files keep.
"""
import gzip
import json
import os
import sys


def record(n):
    day, second = n % 5 + 1, n * 37 % 86400
    event = {
        "eventVersion": "1.11",
        "eventTime": f"2026-03-0{day}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z",
        "eventSource": ["s3", "sts", "iam", "ec2"][n % 4] + ".amazonaws.com",
        "eventName": ["GetObject", "AssumeRole", "CreateUser", "RunInstances"][n % 4],
        "awsRegion": ["us-east-1", "eu-central-1", "ap-northeast-2"][n % 3],
        "sourceIPAddress": f"10.{n % 7}.{n % 13}.{n % 250}",
        "userAgent": ["aws-cli/2.15", "콘솔 ü 🙂", "x" * 90 + str(n % 3)][n % 3],
        "requestID": f"req-{n:08}",
        "eventID": f"00000000-0000-4000-8000-{n:012}",
        "readOnly": n % 4 == 0,
        "eventType": "AwsApiCall",
        "recipientAccountId": f"1234567890{n % 3:02}",
        "eventCategory": "Management",
    }
    identity = {"type": "AssumedRole", "arn": f"arn:aws:sts::123456789012:assumed-role/r/{n % 50}",
                "accessKeyId": f"ASIA{n % 100:016}"}
    if n % 2:
        identity["sessionContext"] = {"attributes": {"mfaAuthenticated": "false"}}
        if n % 6 == 1:
            identity["sessionContext"]["sessionIssuer"] = {"type": "Role", "userName": f"role{n % 9}"}
    if n % 11:
        event["userIdentity"] = identity
    if n % 5 == 0:
        event["resources"] = [[], None, [{"ARN": f"arn:aws:s3:::b{n}", "type": "AWS::S3::Bucket"},
                                         None, {"accountId": "1"}]][n // 5 % 3]
    if n % 3:
        event["requestParameters"] = {"bucketName": f"b{n % 20}", "n": n, "tags": ["a", None, 1.5]}
    if n % 7 == 0:
        event["errorCode"] = "AccessDenied"
        event["tlsDetails"] = {"tlsVersion": "TLSv1.3"}
    if n % 9:
        event["managementEvent"] = n % 2 == 0
    return event


def main(folder, parts):
    for part in range(parts):
        path = os.path.join(folder, f"part{part}")
        os.makedirs(path)
        for k in range(4):
            first = part * 2000 + k * 500
            records = [record(n) for n in range(first, first + 500)]
            with gzip.open(os.path.join(path, f"object{k}.json.gz"), "wt") as out:
                json.dump({"Records": records}, out)


main(sys.argv[1], int(sys.argv[2]))
