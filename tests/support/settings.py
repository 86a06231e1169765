"""settings.py: answers on loopback what AWS says of an account with two trails, to who signed.

The trail "main" of all regions, from eu-west-1, with a bucket that is set up; the trail "old" of us-east-1
alone, whose bucket may not be asked and whose GetTrailStatus is broken. Prints its URL.
"""
import http.server
import json
import re
import urllib.parse

SCOPE = re.compile(r"AWS4-HMAC-SHA256 Credential=[^/]+/\d{8}/([-a-z0-9]+)/([-a-z0-9]+)/aws4_request, ?"
                   r"SignedHeaders=([-a-z0-9;]+), ?Signature=[0-9a-f]{64}$")
NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
MAIN = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main"
OLD = "arn:aws:cloudtrail:us-east-1:111122223333:trail/old"
TRAILS = {
    MAIN: {"TrailARN": MAIN, "Name": "main", "HomeRegion": "eu-west-1", "S3BucketName": "main-logs",
           "IsMultiRegionTrail": True, "IncludeGlobalServiceEvents": True, "LogFileValidationEnabled": True,
           "KmsKeyId": "arn:aws:kms:eu-west-1:111122223333:key/k"},
    OLD: {"TrailARN": OLD, "Name": "old", "HomeRegion": "us-east-1", "S3BucketName": "old-logs",
          "IsMultiRegionTrail": False},
}
POLICY = {"Statement": [
    {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject",
     "Condition": {"StringEquals": {"aws:SourceArn": MAIN}}},
    {"Effect": "Deny", "Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}
SETTINGS = {
    "versioning": f"<VersioningConfiguration {NAMESPACE}><Status>Enabled</Status></VersioningConfiguration>",
    "encryption": f"<ServerSideEncryptionConfiguration {NAMESPACE}><Rule><ApplyServerSideEncryptionByDefault>"
                  "<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>k&amp;1</KMSMasterKeyID>"
                  "</ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true</BucketKeyEnabled></Rule>"
                  "</ServerSideEncryptionConfiguration>",
    "policy": json.dumps(POLICY, indent=1),
    "publicAccessBlock": f"<PublicAccessBlockConfiguration {NAMESPACE}><BlockPublicAcls>true</BlockPublicAcls>"
                         "<IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy>"
                         "<RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>",
    "lifecycle": f"<?xml version=\"1.0\"?>\n<LifecycleConfiguration {NAMESPACE}><Rule><ID>7</ID><Filter/><Status>Enabled"
                 "</Status><Transition><Days>90</Days><StorageClass>GLACIER_IR</StorageClass></Transition></Rule>"
                 "<Rule><ID>end</ID><Filter><Prefix>AWSLogs/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>2557</Days>"
                 "</Expiration></Rule></LifecycleConfiguration>",
    "object-lock": (404, "ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket"),
    "notification": f"<NotificationConfiguration {NAMESPACE}><QueueConfiguration><Id>q</Id><Queue>arn:aws:sqs:eu-west-1:1:q</Queue>"
                    "<Event>s3:ObjectCreated:*</Event><Event>s3:ObjectRestore:*</Event></QueueConfiguration>"
                    "</NotificationConfiguration>",
}
CLOUDTRAIL = {
    "DescribeTrails": lambda region, asked: {"trailList": [
        trail for trail in TRAILS.values() if trail["IsMultiRegionTrail"] or trail["HomeRegion"] == region]},
    "GetTrail": lambda region, asked: {"Trail": TRAILS[asked["Name"]]},
    "GetTrailStatus": lambda region, asked: {"IsLogging": True} if asked["Name"] == MAIN else None,
    "GetEventSelectors": lambda region, asked: {"TrailARN": asked["TrailName"], "EventSelectors": [
        {"ReadWriteType": "All", "IncludeManagementEvents": True}]},
    "GetInsightSelectors": lambda region, asked: (400, "InsightNotEnabledException", "no insights here"),
}


class Settings(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body, kind="application/xml"):
        body = body.encode()
        self.send_response_only(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status, code, message):
        if self.service == "s3" or "form" in self.headers.get("content-type", ""):
            return self.answer(status, f"<Error><Code>{code}</Code><Message>{message}</Message></Error>")
        return self.answer(status, json.dumps({"__type": code, "message": message}), "application/json")

    def signed(self):
        """Region and service that were signed for, which all headers that matter belong to."""
        scope = SCOPE.match(self.headers.get("authorization", ""))
        self.region, self.service = scope.groups()[:2] if scope else ("", "")
        names = {"host", "x-amz-date"} | ({"x-amz-target"} if self.headers.get("x-amz-target") else set())
        return bool(scope) and names <= set(scope[3].split(";"))

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        if not self.signed():
            return self.refuse(403, "MissingAuthenticationToken", "not signed")
        if self.service == "sts":
            return self.answer(200, "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/a"
                                    "</Arn><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>")
        if self.service == "ec2":
            asked = urllib.parse.parse_qs(body)
            items = "".join(f"<item><regionName>{name}</regionName><optInStatus>opt-in-not-required</optInStatus></item>"
                            for name in ("eu-west-1", "us-east-1"))
            return self.answer(200, f"<DescribeRegionsResponse><requestId>{asked['Version'][0]}</requestId>"
                                    f"<regionInfo>{items}</regionInfo></DescribeRegionsResponse>")
        action = self.headers["x-amz-target"].removeprefix("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.")
        says = CLOUDTRAIL[action](self.region, json.loads(body))
        if isinstance(says, tuple):
            return self.refuse(*says)
        return self.answer(200, json.dumps(says) if says else '{"IsLogging": tr', "application/x-amz-json-1.1")

    def do_GET(self):
        path, _, query = self.path.partition("?")
        if not self.signed():
            return self.refuse(403, "MissingAuthenticationToken", "not signed")
        if self.service == "guardduty" and path == "/detector":
            return self.answer(200, json.dumps({"detectorIds": ["d"] if self.region == "eu-west-1" else []}))
        if self.service == "securityhub" and path == "/accounts":
            return self.refuse(401, "InvalidAccessException", "Account 111122223333 is not subscribed to AWS Security Hub")
        if self.service != "s3" or path.rstrip("/") != "/main-logs":
            return self.refuse(403, "AccessDenied", "Access Denied")
        says = SETTINGS[query.rstrip("=")]
        return self.refuse(*says) if isinstance(says, tuple) else self.answer(200, says)

    def do_HEAD(self):
        self.signed()
        self.answer(200 if "main-logs" in self.path else 403, "")


if __name__ == "__main__":
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Settings)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
