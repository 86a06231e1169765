"""GuardDuty and a Security Hub on loopback that give out findings by pages to calls that are signed with their secret."""
import datetime
import http.server
import json
import pathlib
import re
import threading
import urllib.parse

import hub
import sigv4

ACTIONS = [("GET", r"/detector", "ListDetectors"), ("POST", r"/detector/(\w+)/findings", "ListFindings"),
           ("POST", r"/detector/(\w+)/findings/get", "GetFindings"), ("POST", r"/findings", "securityhub")]


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def asff(number, day):
    """A finding of Security Hub's own, updated on *day* of November."""
    return {"SchemaVersion": "2018-10-08", "Id": f"h{number}", "ProductArn": "arn:aws:securityhub:eu-west-1::product/aws/securityhub", "GeneratorId": "g1", "AwsAccountId": "111122223333",
            "CreatedAt": "2026-11-01T10:00:00Z", "UpdatedAt": f"2026-11-{day:02}T10:00:00.000Z", "Severity": {"Label": "HIGH"}, "Title": "T",
            "Description": "D", "Types": ["TTPs/Persistence"], "Resources": [{"Type": "AwsIamUser", "Id": "arn:aws:iam::111122223333:user/bob"}]}


def guardduty(number, day, detector):
    one = json.loads((pathlib.Path(__file__).parent / "findings/guardduty.json").read_text())
    return {**one, "id": f"f{number}", "arn": f"arn:aws:guardduty:eu-west-1:111122223333:detector/{detector}/finding/f{number}",
            "updatedAt": f"2026-11-{day:02}T10:00:00.000Z"}


class FindingsApi(http.server.ThreadingHTTPServer):
    """.hub has findings in ASFF, .detectors GuardDuty's by detector. A page has .page of them. .asked has (action, region, question) of
    each call that was signed well; .throttle calls are refused first; .denied names actions that are not allowed; from .deny_after calls
    on none is; .repeats: each page has the same token."""
    daemon_threads = True

    def __init__(self, key, secret):
        self.key, self.secret = key, secret
        self.hub, self.detectors, self.page, self.asked = [], {}, 2, []
        self.throttle, self.denied, self.deny_after, self.repeats = 0, set(), None, False
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def next_page(self, findings, token):
        start = int(token or 0)
        end = start + self.page
        return findings[start:end], "2" if self.repeats else str(end) if end < len(findings) else None

    def securityhub(self, _, asked):
        assert 1 <= asked["MaxResults"] <= 100 and asked["SortCriteria"] == [{"Field": "UpdatedAt", "SortOrder": "asc"}]
        found = sorted(self.hub, key=lambda each: each["UpdatedAt"])
        for wanted in asked.get("Filters", {}).get("UpdatedAt", []):
            found = [each for each in found if moment(wanted["Start"]) <= moment(each["UpdatedAt"]) <= moment(wanted["End"])]
        page, token = self.next_page(found, asked.get("NextToken"))
        return {"Findings": page, **({"NextToken": token} if token else {})}

    def ListDetectors(self, _, asked):
        assert asked["maxResults"] == "50"
        page, token = self.next_page(list(self.detectors), asked.get("nextToken"))
        return {"detectorIds": page, "nextToken": token or ""}

    def ListFindings(self, detector, asked):
        assert 1 <= asked["maxResults"] <= 50 and asked["sortCriteria"] == {"attributeName": "updatedAt", "orderBy": "ASC"}
        found = sorted(self.detectors[detector], key=lambda each: each["updatedAt"])
        wanted = asked.get("findingCriteria", {}).get("criterion", {}).get("updatedAt", {})
        found = [each["id"] for each in found if wanted.get("greaterThanOrEqual", 0) <= moment(each["updatedAt"]) * 1000 < wanted.get("lessThan", 1e15)]
        page, token = self.next_page(found, asked.get("nextToken"))
        return {"findingIds": page, "nextToken": token or ""}

    def GetFindings(self, detector, asked):
        assert 1 <= len(asked["findingIds"]) <= 50
        return {"findings": [each for each in self.detectors[detector] if each["id"] in asked["findingIds"]]}


class Handler(hub.Handler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.do_POST()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.answer(*self.judge(self.server, body))

    def judge(self, server, body):
        path, _, query = self.path.partition("?")
        action, detector = next(((name, (found.groups() or (None,))[0]) for method, form, name in ACTIONS
                                 if method == self.command and (found := re.fullmatch(form, path))), (None, None))
        scope = sigv4.scope_of(self, body, server.key, server.secret)
        if not scope or scope[2:] != ["securityhub" if action == "securityhub" else "guardduty", "aws4_request"]:
            return 403, {"message": "The request signature we calculated does not match"}, "InvalidSignatureException"
        asked = json.loads(body) if body else dict(urllib.parse.parse_qsl(query))
        if server.throttle:
            server.throttle -= 1
            return 429, {"message": "Rate exceeded"}, "TooManyRequestsException"
        server.asked.append((action, scope[1], asked))
        if action in server.denied or (server.deny_after is not None and len(server.asked) > server.deny_after):
            return 403, {"Message": "User is not authorized"}, "AccessDeniedException"
        return 200, getattr(server, action)(detector, asked), None
