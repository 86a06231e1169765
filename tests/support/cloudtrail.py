"""cloudtrail.py KEYS: answers CloudTrail's ListPublicKeys on loopback, one key a page, to who signed.

KEYS is such an answer. Prints its URL. A request that is not signed, asks for something else or names
another region than the one that it is signed for gets what AWS would say.
"""
import http.server
import json
import re
import sys

KEYS = json.load(open(sys.argv[1], encoding="utf-8"))["PublicKeyList"]
TARGET = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.ListPublicKeys"
SIGNED = re.compile(r"AWS4-HMAC-SHA256 Credential=[^/]+/\d{8}/[-a-z0-9]+/cloudtrail/aws4_request, ?"
                    r"SignedHeaders=([-a-z0-9;]+), ?Signature=[0-9a-f]{64}$")


class CloudTrail(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, what):
        body = json.dumps(what).encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        signed = SIGNED.match(self.headers.get("authorization", ""))
        if not signed or not {"host", "x-amz-date", "x-amz-target"} <= set(signed[1].split(";")):
            return self.answer(400, {"__type": "IncompleteSignatureException", "message": "not signed"})
        if self.headers["x-amz-target"] != TARGET or self.headers["content-type"] != "application/x-amz-json-1.1":
            return self.answer(400, {"__type": "UnknownOperationException"})
        if not isinstance(asked.get("StartTime"), int) or asked["StartTime"] >= asked["EndTime"]:
            return self.answer(400, {"__type": "InvalidTimeRangeException", "message": "from is not before to"})
        at = int(asked.get("NextToken", "0"))
        more = {"NextToken": str(at + 1)} if at + 1 < len(KEYS) else {}
        return self.answer(200, {"PublicKeyList": KEYS[at:at + 1], **more})


if __name__ == "__main__":
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), CloudTrail)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
