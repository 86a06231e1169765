"""A topic of SNS on loopback that takes what is signed with its secret, and remembers it."""
import hashlib
import hmac
import http.server
import re
import threading
import urllib.parse

ANSWER = "<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>"
REFUSAL = "<ErrorResponse><Error><Type>Sender</Type><Code>{}</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>"


class Topic(http.server.ThreadingHTTPServer):
    """.came has (region of the signature, form) of what was taken; a topic whose name begins with "denied" lets nobody publish."""
    daemon_threads = True

    def __init__(self, key, secret):
        self.key, self.secret, self.came = key, secret, []
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def scope_of(self, body):
        """The scope of a signature that is right (Signature Version 4), or None."""
        found = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\S+), ?SignedHeaders=(\S+), ?Signature=(\w+)", self.headers.get("authorization", ""))
        if not found or found[1] != self.server.key or not {"host", "x-amz-date", "content-type"} <= set(found[3].split(";")):
            return None
        lines = "".join(f"{name}:{self.headers[name].strip()}\n" for name in found[3].split(";"))
        asked = f"POST\n/\n\n{lines}\n{found[3]}\n{hashlib.sha256(body).hexdigest()}"
        key = ("AWS4" + self.server.secret).encode()
        for part in found[2].split("/"):
            key = mac(key, part)
        text = f"AWS4-HMAC-SHA256\n{self.headers['x-amz-date']}\n{found[2]}\n{hashlib.sha256(asked.encode()).hexdigest()}"
        return found[2].split("/") if hmac.compare_digest(mac(key, text).hex(), found[4]) else None

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        form = dict(urllib.parse.parse_qsl(body.decode(), strict_parsing=True))
        scope = self.scope_of(body)
        status, answer = 200, ANSWER
        if not scope or scope[2:] != ["sns", "aws4_request"]:
            status, answer = 403, REFUSAL.format("SignatureDoesNotMatch")
        elif ":denied" in form["TopicArn"]:
            status, answer = 403, REFUSAL.format("AuthorizationError")
        else:
            self.server.came.append((scope[1], form))
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer.encode())
