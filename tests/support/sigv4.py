"""Signature Version 4, as a server checks it."""
import hashlib
import hmac
import re


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def scope_of(request, body, key, secret):
    """The scope (date, region, service, ...) of the signature of a request that a handler took, when it is right, or None."""
    found = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\S+), ?SignedHeaders=(\S+), ?Signature=(\w+)", request.headers.get("authorization", ""))
    needed = {"host", "x-amz-date"} | ({"content-type"} if body else set())
    if not found or found[1] != key or not needed <= set(found[3].split(";")):
        return None
    lines = "".join(f"{name}:{request.headers[name].strip()}\n" for name in found[3].split(";"))
    path, _, query = request.path.partition("?")
    asked = f"{request.command}\n{path}\n{'&'.join(sorted(query.split('&')))}\n{lines}\n{found[3]}\n{hashlib.sha256(body).hexdigest()}"
    derived = ("AWS4" + secret).encode()
    for part in found[2].split("/"):
        derived = mac(derived, part)
    text = f"AWS4-HMAC-SHA256\n{request.headers['x-amz-date']}\n{found[2]}\n{hashlib.sha256(asked.encode()).hexdigest()}"
    return found[2].split("/") if hmac.compare_digest(mac(derived, text).hex(), found[4]) else None
