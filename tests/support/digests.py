"""Made-up buckets with logs and digests, signed as CloudTrail signs them ("CloudTrail digest files and
validation", sections 2 to 5), for tests that then break them."""
import base64, gzip, hashlib, json, random
from datetime import datetime, timedelta, timezone
from pathlib import Path

ACCOUNT, REGION, TRAIL = "111122223333", "us-east-1", "main_trail"
DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")  # of SHA-256 (RFC 8017, 9.2)


def prime(bits, source):
    """A number of that many bits that thirty rounds of Miller and Rabin do not refute."""
    while True:
        n = source.getrandbits(bits) | 1 | 3 << (bits - 2)
        d, s = n - 1, 0
        while d % 2 == 0:
            d, s = d // 2, s + 1
        if all(n % p for p in (3, 5, 7, 11, 13, 17, 19, 23)) and all(maybe(n, d, s, source) for _ in range(30)):
            return n


def maybe(n, d, s, source):
    x = pow(source.randrange(2, n - 1), d, n)
    return x in (1, n - 1) or any((x := pow(x, 2, n)) == n - 1 for _ in range(s - 1))


def der(tag, body):
    length = bytes([len(body)]) if len(body) < 128 else bytes([0x82]) + len(body).to_bytes(2, "big")
    return bytes([tag]) + length + body


def integer(number):
    return der(2, number.to_bytes(number.bit_length() // 8 + 1, "big"))


class Key:
    """An RSA key, the same for the same seed."""

    def __init__(self, seed=1):
        source = random.Random(seed)
        p, q = prime(1024, source), prime(1024, source)
        self.n, self.d = p * q, pow(65537, -1, (p - 1) * (q - 1))
        self.der = der(0x30, integer(self.n) + integer(65537))
        self.fingerprint = hashlib.md5(self.der).hexdigest()

    def sign(self, text):
        padded = b"\0" + (DIGEST_INFO + hashlib.sha256(text.encode()).digest()).rjust(255, b"\xff")
        padded = b"\0\1" + padded[2:256 - len(DIGEST_INFO) - 33] + b"\0" + padded[-len(DIGEST_INFO) - 32:]
        return format(pow(int.from_bytes(padded, "big"), self.d, self.n), "0512x")


def stamp(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


class World:
    """Buckets below a folder, and what CloudTrail would write beside them."""

    def __init__(self, folder, start="2026-11-01T00:10:07Z", key=None):
        self.root = Path(folder)
        self.key = key or Key()
        self.keys = [self.key]
        self.end = datetime.strptime(start, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
        self.metadata, self.previous, self.digests, self.bucket = {}, None, [], "trail-bucket"

    def put(self, key, content):
        path = self.root / self.bucket / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content, mtime=0))
        return path

    def log(self, at, number, region=REGION):
        """A log file delivered then: its entry in a digest, and its path."""
        key = (f"AWSLogs/{ACCOUNT}/CloudTrail/{region}/{at:%Y/%m/%d}/{ACCOUNT}_CloudTrail_{region}_"
               f"{at:%Y%m%dT%H%M}Z_{hashlib.sha256(f'{at}{number}'.encode()).hexdigest()[:16]}.json.gz")
        content = json.dumps({"Records": [{"eventTime": stamp(at), "eventName": "ListUsers", "eventID": f"{at:%d%H%M}-{number}"}]}).encode()
        path = self.put(key, content)
        entry = {"s3Bucket": self.bucket, "s3Object": key, "hashValue": hashlib.sha256(content).hexdigest(),
                 "hashAlgorithm": "SHA-256", "newestEventTime": stamp(at), "oldestEventTime": stamp(at)}
        return entry, path

    def digest(self, logs=2, change=None, backfill=False, key=None, region=REGION):
        """The digest of the next hour with that many logs; *change* alters the document before it is signed."""
        key = key or self.key
        start, self.end = self.end, self.end + timedelta(hours=1)
        entries = [self.log(start + timedelta(minutes=10 + 7 * i), i, region)[0] for i in range(logs)]
        name = (f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/{region}/{self.end:%Y/%m/%d}/{ACCOUNT}_CloudTrail-Digest_{region}_"
                f"{TRAIL}_{REGION}_{self.end:%Y%m%dT%H%M%S}Z{'_backfill' if backfill else ''}.json.gz")
        before = self.previous or {}
        document = {"awsAccountId": ACCOUNT, "digestStartTime": stamp(start), "digestEndTime": stamp(self.end),
                    "digestS3Bucket": self.bucket, "digestS3Object": name, "digestPublicKeyFingerprint": key.fingerprint,
                    "digestSignatureAlgorithm": "SHA256withRSA", "newestEventTime": None, "oldestEventTime": None,
                    "previousDigestS3Bucket": before.get("bucket"), "previousDigestS3Object": before.get("key"),
                    "previousDigestHashValue": before.get("hash"), "previousDigestHashAlgorithm": before and "SHA-256" or None,
                    "previousDigestSignature": before.get("signature"), "logFiles": entries}
        if change:
            change(document)
        content = json.dumps(document).encode()
        path = self.put(name, content)
        signed = (f"{document['digestEndTime']}\n{document['digestS3Bucket']}/{document['digestS3Object']}\n"
                  f"{hashlib.sha256(content).hexdigest()}\n{document['previousDigestSignature'] or 'null'}")
        signature = key.sign(signed)
        self.metadata[name] = {"signature": signature, "signature-algorithm": "SHA256withRSA"}
        if backfill:
            self.metadata[name]["backfill-generation-timestamp"] = stamp(self.end)
        self.previous = {"bucket": self.bucket, "key": name, "hash": hashlib.sha256(content).hexdigest(), "signature": signature}
        self.digests.append(path)
        return path

    def chain(self, hours, **options):
        return [self.digest(**options) for _ in range(hours)]

    def finish(self, metadata=True):
        if metadata:
            (self.root / "s3-object-metadata.json").write_text(json.dumps(self.metadata))
        (self.root / "list-public-keys.json").write_text(json.dumps({"PublicKeyList": [
            {"Value": base64.b64encode(key.der).decode(), "Fingerprint": key.fingerprint,
             "ValidityStartTime": 1780000000.0, "ValidityEndTime": 1820000000.0} for key in self.keys]}))
