"""Receivers of notifications on loopback, for tests: each path behaves as its name says, and all remember what came."""
import http.server
import json
import threading
import time


class Receiver(http.server.ThreadingHTTPServer):
    """What came is in .came: (path, headers, body). /ok takes all; /busy refuses what comes for the first two times; /away redirects;
    /slow answers when nobody waits any more; /never refuses."""
    daemon_threads = True
    request_queue_size = 64

    def __init__(self):
        self.came, self.lock = [], threading.Lock()
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def of(self, path):
        with self.lock:
            return [(headers, body) for what, headers, body in self.came if what == path]

    def handle_error(self, request, client_address):
        pass  # a client that went away


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        with self.server.lock:
            self.server.came.append((self.path, dict(self.headers.items()), body))
            key = self.headers.get("idempotency-key")
            times = sum(path == self.path and headers.get("Idempotency-Key") == key for path, headers, _ in self.server.came)
        if self.path == "/slow":
            time.sleep(12)
        status = {"/ok": 202, "/slow": 200, "/away": 302, "/never": 500}.get(self.path, 200)
        if self.path == "/busy" and times < 3:
            status = 503
        self.send_response(status)
        if status == 302:
            self.send_header("Location", self.server.url + "/ok")
        self.send_header("Content-Length", "0")
        self.end_headers()


def as_json(body):
    return json.loads(body.decode())
