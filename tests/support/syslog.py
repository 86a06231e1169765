"""A receiver of syslog over TCP or TLS that counts octets (RFC 5425) and keeps each message."""
import socket
import socketserver
import ssl
import struct
import threading

import mail


class Syslog(socketserver.ThreadingTCPServer):
    """.came has the messages. *how*: None takes them; "resets" breaks connections off; "asks" wants a client's certificate; "stays" closes late."""
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, name=None, how=None):
        self.how, self.came, self.errors = how, [], []
        self.context = mail.context(name) if name else None
        if how == "asks":
            self.context.verify_mode = ssl.CERT_REQUIRED
            self.context.load_verify_locations(f"{name}.pem")
        super().__init__(("127.0.0.1", 0), Taker)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # a client that went away


class Taker(socketserver.BaseRequestHandler):
    def handle(self):
        sock = self.request
        if self.server.how == "resets":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            sock.close()
            return
        if self.server.context:
            sock = self.server.context.wrap_socket(sock, server_side=True)
        file = sock.makefile("rb")
        while True:
            digits = b""
            while (byte := file.read(1)).isdigit():
                digits += byte
            if not byte:
                break
            if byte != b" " or digits.startswith(b"0"):
                raise ValueError("no length")
            self.server.came.append(file.read(int(digits)))
        if self.server.how == "stays":
            threading.Event().wait(20)
        if self.server.context:
            sock.close()
