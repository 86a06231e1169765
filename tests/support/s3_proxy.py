"""s3_proxy.py UPSTREAM_URL: a proxy before an S3 server that does what networks and busy servers do.

Prints its URL. PUT /-/MODE changes what it does from then on:
  plain     passes all on
  throttle  answers each request with 503 SlowDown when it comes for the first time
  cut       resets the connection after each 1,024 bytes of an object's body
  reset     resets the connection before the answer, when a request comes for the first time
  expire    answers 400 ExpiredToken when a request comes for the first time
  down      answers 503 to everything
GET /-/count: how many requests came since the last change.
GET /-/who: which access keys asked each bucket, and each service that is asked at the root, since the last change.
"""
import http.client
import http.server
import json
import re
import socket
import struct
import sys
import threading
import urllib.parse

UPSTREAM = urllib.parse.urlsplit(sys.argv[1]).netloc
CUT = 1024
lock = threading.Lock()
state = {"mode": "plain", "seen": set(), "count": 0, "who": {}}
FAULTS = {"throttle": (503, "SlowDown"), "expire": (400, "ExpiredToken")}


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def log_message(self, *args):
        pass

    def answer(self, status, headers, body):
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def reset(self):
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def control(self):
        with lock:
            if self.command == "PUT":
                state.update(mode=self.path[3:], seen=set(), count=0, who={})
            text = json.dumps({what: sorted(keys) for what, keys in sorted(state["who"].items())})
            text = (text if self.path == "/-/who" else str(state["count"])).encode()
        self.answer(200, [], text)

    def note_who(self):
        signed = re.search("Credential=([^/]+)/[^/]+/[^/]+/([^/]+)/", self.headers.get("authorization", ""))
        if signed:
            what = urllib.parse.urlsplit(self.path).path.split("/")[1] or signed[2]
            state["who"].setdefault(what, set()).add(signed[1])

    def is_first(self):
        with lock:
            state["count"] += 1
            self.note_who()
            what = (self.command, self.path, self.headers.get("range"))
            first = what not in state["seen"]
            state["seen"].add(what)
            return state["mode"], first

    def ask(self, body):
        with_upstream = http.client.HTTPConnection(UPSTREAM, timeout=60)
        with_upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            with_upstream.putheader(name, value)
        with_upstream.endheaders(body)
        answer = with_upstream.getresponse()
        result = answer.status, answer.headers.items(), answer.read()
        with_upstream.close()
        return result

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path.startswith("/-/"):
            return self.control()
        mode, first = self.is_first()
        if mode == "down":
            return self.answer(503, [], b"")
        if first and mode in FAULTS:
            status, code = FAULTS[mode]
            return self.answer(status, [], f"<Error><Code>{code}</Code></Error>".encode())
        if first and mode == "reset":
            return self.reset()
        try:
            status, headers, answer = self.ask(body)
        except OSError:
            return self.reset()
        if mode == "cut" and "list-type" not in self.path and len(answer) > CUT and status < 300:
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in ("connection", "transfer-encoding"):
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer[:CUT])
            self.wfile.flush()
            threading.Event().wait(0.005)  # a reset overtakes what was sent
            return self.reset()
        return self.answer(status, headers, answer)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = handle_any


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        pass  # a client that went away


if __name__ == "__main__":
    server = Server(("127.0.0.1", 0), Proxy)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
