"""A Security Hub on loopback that takes findings whose call is signed with its secret, and remembers them."""
import http.server
import json
import socket
import threading

import sigv4


class Hub(http.server.ThreadingHTTPServer):
    """.calls has (region of the signature, findings) of each call that was answered; .refused maps an Id to an ErrorCode; .status, when it
    is set, is the answer to all; .faults are what happens to the next calls instead of an answer: 500, "lost" (taken, and the connection
    breaks), "html" (an answer of something else in between)."""
    daemon_threads = True

    def __init__(self, key, secret):
        self.key, self.secret, self.calls, self.refused, self.status, self.faults = key, secret, [], {}, None, []
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        scope = sigv4.scope_of(self, body, self.server.key, self.server.secret)
        findings = json.loads(body)["Findings"]
        if self.path != "/findings/import" or not scope or scope[2:] != ["securityhub", "aws4_request"]:
            return self.answer(403, {"Code": "AccessDeniedException", "Message": "no"}, "AccessDeniedException")
        if self.server.status:
            return self.answer(self.server.status, {"Code": "InvalidAccessException", "Message": "Account is not subscribed"}, "InvalidAccessException")
        fault = self.server.faults.pop(0) if self.server.faults else None
        if fault == 500:
            return self.answer(500, {"Code": "InternalException", "Message": "not now"}, "InternalException")
        if fault == "html":
            return self.answer(200, "<html>a proxy</html>")
        self.server.calls.append((scope[1], findings))
        if fault == "lost":
            self.close_connection = True
            return self.connection.shutdown(socket.SHUT_RDWR)
        failed = [{"Id": each["Id"], "ErrorCode": self.server.refused[each["Id"]], "ErrorMessage": "it is refused"}
                  for each in findings if each["Id"] in self.server.refused]
        return self.answer(200, {"FailedCount": len(failed), "SuccessCount": len(findings) - len(failed), "FailedFindings": failed})

    def answer(self, status, told, error=None):
        text = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        if error:
            self.send_header("x-amzn-ErrorType", error)
        self.end_headers()
        self.wfile.write(text)
