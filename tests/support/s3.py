"""A small S3 client for tests: signed requests to a server on loopback, by the standard library."""
import concurrent.futures
import datetime
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import sys
import threading
import urllib.parse


class S3:
    """One server and one pair of keys; connections are kept, one a thread."""

    def __init__(self, endpoint, key, secret, region="us-east-1"):
        self.host = urllib.parse.urlsplit(endpoint).netloc
        self.key, self.secret, self.region = key, secret, region
        self.local = threading.local()

    def _authorization(self, method, path, query, headers, digest, day):
        names = ";".join(sorted(headers))
        lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
        canonical = "\n".join([method, path, query, lines, names, digest])
        scope = f"{day}/{self.region}/s3/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], scope,
                          hashlib.sha256(canonical.encode()).hexdigest()])
        key = ("AWS4" + self.secret).encode()
        for part in (day, self.region, "s3", "aws4_request", text):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return (f"AWS4-HMAC-SHA256 Credential={self.key}/{scope},SignedHeaders={names},"
                f"Signature={key.hex()}")

    def request(self, method, path, query=None, body=b"", headers=None):
        """(status, headers, body). The path is not encoded, and begins with a slash."""
        now = datetime.datetime.now(datetime.timezone.utc)
        digest = hashlib.sha256(body).hexdigest()
        path = urllib.parse.quote(path if isinstance(path, bytes) else path.encode(), safe="/-._~")
        asked = "&".join(f"{urllib.parse.quote(name, safe='-._~')}={urllib.parse.quote(value, safe='-._~')}"
                         for name, value in sorted((query or {}).items()))
        signed = {"host": self.host, "x-amz-date": now.strftime("%Y%m%dT%H%M%SZ"),
                  "x-amz-content-sha256": digest, **(headers or {})}
        sent = dict(signed, authorization=self._authorization(
            method, path, asked, signed, digest, now.strftime("%Y%m%d")))
        connection = getattr(self.local, "connection", None)
        if connection is None:
            connection = self.local.connection = http.client.HTTPConnection(self.host, timeout=60)
        for last in (False, True):  # a kept connection may have been closed meanwhile
            try:
                connection.request(method, path + ("?" + asked if asked else ""), body, sent)
                answer = connection.getresponse()
                return answer.status, answer.headers, answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                if last:
                    raise

    def must(self, *args, **kwargs):
        """As request, for what has to succeed: the body."""
        status, _, body = self.request(*args, **kwargs)
        if not 200 <= status < 300:
            raise SystemExit(f"{args[0]} {args[1]!r}: HTTP {status}: {body[:500]!r}")
        return body

    def put_folder(self, bucket, folder, threads=16):
        """Stores all files below a folder under their relative names, with the metadata that a file
        s3-object-metadata.json in it tells; how many there were."""
        root = pathlib.Path(folder)
        beside = root / "s3-object-metadata.json"
        told = json.loads(beside.read_text()) if beside.exists() else {}

        def put(path):
            key = str(path.relative_to(root))
            self.must("PUT", f"/{bucket}/{key}", body=path.read_bytes(), headers={
                f"x-amz-meta-{name}": value for name, value in told.get(key, {}).items()})

        files = [path for path in sorted(root.rglob("*"))
                 if path.is_file() and path.name not in ("s3-object-metadata.json", "list-public-keys.json")]
        with concurrent.futures.ThreadPoolExecutor(threads) as pool:
            list(pool.map(put, files))
        return len(files)


def from_environment():
    return S3(os.environ["AWS_ENDPOINT_URL"], os.environ["AWS_ACCESS_KEY_ID"],
              os.environ["AWS_SECRET_ACCESS_KEY"])


def main(words):
    """s3.py make BUCKET | put BUCKET FOLDER | store BUCKET KEY FILE | delete BUCKET KEY"""
    s3 = from_environment()
    if words[0] == "make":
        s3.must("PUT", f"/{words[1]}")
    elif words[0] == "put":
        print(s3.put_folder(words[1], words[2]), "objects")
    elif words[0] == "store":
        s3.must("PUT", f"/{words[1]}/{words[2]}", body=pathlib.Path(words[3]).read_bytes())
    elif words[0] == "delete":
        s3.must("DELETE", f"/{words[1]}/{words[2]}")
    else:
        raise SystemExit(main.__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
