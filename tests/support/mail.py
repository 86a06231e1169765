"""A certificate for loopback, and a mail server that speaks enough of SMTP: EHLO, STARTTLS, AUTH PLAIN and LOGIN, MAIL, RCPT, DATA."""
import base64
import socketserver
import ssl
import subprocess
import threading


def certificate(name):
    """Makes NAME.pem, which vouches for itself and for 127.0.0.1, and NAME.key."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                    "/CN=spoor test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{name}.key", "-out", f"{name}.pem"],
                   check=True, capture_output=True)


def context(name):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(f"{name}.pem", f"{name}.key")
    return made


class Mails(socketserver.ThreadingTCPServer):
    """.came has a dictionary for each mail; .lines has every command. *tls* is None, "at once" or "asked"."""
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, tls=None, name="server", login=None, refuses=()):
        self.tls, self.login, self.refuses = tls, login, refuses
        self.context = context(name) if tls else None
        self.came, self.lines = [], []
        super().__init__(("127.0.0.1", 0), Talk)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # a client that went away


class Talk(socketserver.BaseRequestHandler):
    def say(self, *lines):
        for number, line in enumerate(lines):
            self.sock.sendall(f"{line[:3]}{'-' if number + 1 < len(lines) else ' '}{line[4:]}\r\n".encode())

    def wrap(self):
        self.sock = self.server.context.wrap_socket(self.sock, server_side=True)
        self.file, self.secure = self.sock.makefile("rb"), True

    def read(self):
        line = self.file.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("gone")
        return line[:-2].decode()

    def handle(self):
        self.sock, self.secure, self.user = self.request, False, None
        self.file = self.sock.makefile("rb")
        if self.server.tls == "at once":
            self.wrap()
        self.mail = {"to": []}
        self.say("220 ready")
        while True:
            line = self.read()
            self.server.lines.append(line)
            word = line.split(" ")[0].upper()
            if word == "QUIT":
                self.say("221 bye")
                return
            getattr(self, "do_" + word.lower(), self.unknown)(line)

    def unknown(self, line):
        self.say("502 what?")

    def do_ehlo(self, line):
        lines = ["250 here", "250 8BITMIME"]
        if self.server.tls == "asked" and not self.secure:
            lines.append("250 STARTTLS")
        if self.server.login and (self.secure or not self.server.tls):
            lines.append("250 AUTH PLAIN LOGIN")
        self.say(*lines)

    def do_starttls(self, line):
        self.say("220 go on")
        self.wrap()

    def do_auth(self, line):
        words = line.split(" ")
        if words[1].upper() == "PLAIN":
            if len(words) < 3:
                self.say("334 ")
            text = words[2] if len(words) > 2 else self.read()
            _, user, password = base64.b64decode(text).decode().split("\0")
        else:
            self.say("334 VXNlcm5hbWU6")
            user = base64.b64decode(self.read()).decode()
            self.say("334 UGFzc3dvcmQ6")
            password = base64.b64decode(self.read()).decode()
        if (user, password) == self.server.login:
            self.user = user
            self.say("235 welcome")
        else:
            self.say("535 who?")

    def do_mail(self, line):
        if self.server.login and not self.user:
            self.say("530 sign in first")
            return
        self.mail = {"from": line[5:].split(" ")[0].split(":")[1], "to": [], "secure": self.secure, "user": self.user}
        self.say("250 ok")

    def do_rcpt(self, line):
        to = line.split(":")[1].split(" ")[0]
        if to in self.server.refuses:
            self.say("550 nobody of that name")
            return
        self.mail["to"].append(to)
        self.say("250 ok")

    def do_data(self, line):
        self.say("354 go on")
        lines = []
        while (text := self.file.readline()) != b".\r\n":
            if not text:
                raise ConnectionError("gone")
            lines.append(text[1:] if text.startswith(b".") else text)
        self.mail["message"] = b"".join(lines)
        self.server.came.append(self.mail)
        self.say("250 taken")
