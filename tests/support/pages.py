"""Answers LookupEvents and FilterLogEvents on loopback, by pages, to who signed and keeps the pace."""
import datetime
import http.server
import json
import re
import threading
import time

SIGNED = re.compile(r"AWS4-HMAC-SHA256 Credential=[^/]+/\d{8}/([-a-z0-9]+)/(cloudtrail|logs)/aws4_request, ?"
                    r"SignedHeaders=([-a-z0-9;]+), ?Signature=[0-9a-f]{64}$")
LOOKUP = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents"
FILTER = "Logs_20140328.FilterLogEvents"


def seconds(record):
    return datetime.datetime.fromisoformat(record["eventTime"].replace("Z", "+00:00")).timestamp()


class Pages:
    """What is given out, and what was asked."""

    def __init__(self, records, group):
        self.records = sorted(records, key=seconds)
        self.group = group
        self.asked = []  # (action, region, when, question)
        self.throttle = 0  # so many questions are refused first
        self.denied = False
        pages = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def do_POST(self):
                status, what = pages.answer(self.headers, self.rfile.read(int(self.headers["content-length"])))
                body = json.dumps(what).encode()
                self.send_response_only(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, headers, body):
        signed = SIGNED.match(headers.get("authorization", ""))
        if not signed or "x-amz-target" not in signed[3].split(";"):
            return 400, {"__type": "IncompleteSignatureException", "message": "not signed"}
        asked = json.loads(body)
        action = {LOOKUP: self.lookup, FILTER: self.filter}.get(headers["x-amz-target"])
        if not action or headers["content-type"] != "application/x-amz-json-1.1":
            return 400, {"__type": "UnknownOperationException"}
        self.asked.append((action.__name__, signed[1], time.monotonic(), asked))
        if self.throttle:
            self.throttle -= 1
            return 400, {"__type": "ThrottlingException", "message": "Rate exceeded"}
        if self.denied:
            return 400, {"__type": "AccessDeniedException", "message": "not authorized"}
        return action(asked)

    def lookup(self, asked):
        if asked["MaxResults"] > 50:
            return 400, {"__type": "InvalidMaxResultsException", "message": "more than 50"}
        found = [record for record in reversed(self.records)
                 if asked["StartTime"] <= seconds(record) <= asked["EndTime"]]
        at = int(asked.get("NextToken", "0"))
        more = {"NextToken": str(at + 50)} if at + 50 < len(found) else {}
        return 200, {"Events": [{"EventId": record["eventID"], "EventName": record["eventName"],
                                 "CloudTrailEvent": json.dumps(record)} for record in found[at:at + 50]], **more}

    def filter(self, asked):
        """Two empty pages for each full one."""
        if asked.get("logGroupName", asked.get("logGroupIdentifier", "").split(":log-group:")[-1]) != self.group:
            return 400, {"__type": "ResourceNotFoundException", "message": "The specified log group does not exist."}
        found = [record for record in self.records
                 if asked.get("startTime", 0) <= seconds(record) * 1000 <= asked.get("endTime", 1 << 60)]
        turn, at = map(int, asked.get("nextToken", "0/0").split("/"))
        if turn < 2:
            return 200, {"events": [], "nextToken": f"{turn + 1}/{at}"}
        more = {"nextToken": f"0/{at + 150}"} if at + 150 < len(found) else {}
        return 200, {"events": [{"timestamp": int(seconds(record) * 1000), "message": json.dumps(record)}
                                for record in found[at:at + 150]], **more}
