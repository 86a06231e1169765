"""A topic of SNS on loopback that takes what is signed with its secret, and remembers it."""
import http.server
import threading
import urllib.parse

import sigv4

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


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        form = dict(urllib.parse.parse_qsl(body.decode(), strict_parsing=True))
        scope = sigv4.scope_of(self, body, self.server.key, self.server.secret)
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
