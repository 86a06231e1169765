"""Digest chains that are broken in every way: each case is a function that fills a World (digests.py)."""
import gzip, json
from pathlib import Path
from digests import Key

KEY, OTHER = Key(1), Key(2)


def rewrite(path, change):
    path.write_bytes(change(path.read_bytes()))


def log_of(world, hour, number=0):
    document = json.loads(gzip.decompress(world.digests[hour].read_bytes()))
    return world.root / world.bucket / document["logFiles"][number]["s3Object"]


def whole(world):
    world.chain(5)


def no_logs(world):
    world.chain(3, logs=0)


def newest_deleted(world):
    for path in world.chain(6)[3:]:
        path.unlink()


def middle_deleted(world):
    world.chain(5)[2].unlink()


def rename(world, path, old, new):
    target, base = Path(str(path).replace(old, new)), world.root / world.bucket
    path.rename(target)
    world.metadata[str(target.relative_to(base))] = world.metadata[str(path.relative_to(base))]


def newest_moved(world):
    rename(world, world.chain(4)[3], "T041007Z", "T041008Z")


def middle_moved(world):
    rename(world, world.chain(4)[1], "T021007Z", "T021008Z")


def digest_changed(world):
    world.chain(4)
    rewrite(world.digests[1], lambda b: gzip.compress(gzip.decompress(b) + b" "))


def digest_is_no_gzip(world):
    world.chain(4)
    rewrite(world.digests[1], gzip.decompress)


def digest_is_no_json(world):
    world.chain(4)
    rewrite(world.digests[1], lambda b: gzip.compress(b"{"))


def digest_without_member(world):
    world.chain(2)
    world.digest(change=lambda d: d.pop("digestEndTime") and d.update(digestEndTime=None))


def key_unknown(world):
    world.chain(2)
    world.digest(key=OTHER)
    world.digest()


def key_unusable(world):
    world.chain(3)
    world.keys = [type("K", (), {"der": b"\x30\x03\x02\x01\x05" + b"x" * 200, "fingerprint": KEY.fingerprint})]


def key_of_another_name(world):
    renamed = Key(2)
    renamed.fingerprint = "0" * 32
    world.keys.append(renamed)
    world.chain(2)
    world.digest(key=renamed)


def starts_again(world):
    world.chain(2)
    world.previous = None
    world.end = world.end.replace(hour=9)
    world.chain(2)


def backfill(world):
    world.chain(2)
    world.previous = None
    world.chain(2, backfill=True)


def backfill_without_time(world):
    world.chain(1)
    world.previous = None
    world.chain(2, backfill=True)
    for entry in world.metadata.values():
        entry.pop("backfill-generation-timestamp", None)


def bucket_moves(world):
    world.chain(3)
    world.bucket = "new-bucket"
    world.chain(2)


def bucket_moves_and_starts_again(world):
    world.chain(3)
    world.bucket, world.previous = "new-bucket", None
    world.chain(2)


def two_regions(world):
    world.chain(2)
    world.previous = None
    world.chain(2, region="eu-west-1")


def log_deleted(world):
    world.chain(3)
    log_of(world, 1).unlink()


def log_changed(world):
    world.chain(3)
    rewrite(log_of(world, 1), lambda b: gzip.compress(gzip.decompress(b).replace(b"ListUsers", b"ListRoles")))


def log_recompressed(world):
    world.chain(3)
    rewrite(log_of(world, 1), lambda b: gzip.compress(gzip.decompress(b), 1))


def log_with_two_members(world):
    world.chain(3)
    rewrite(log_of(world, 1), lambda b: b + gzip.compress(b"more"))


def log_with_zeros_behind(world):
    world.chain(3)
    rewrite(log_of(world, 1), lambda b: b + b"\0\0")


def log_is_no_gzip(world):
    world.chain(3)
    rewrite(log_of(world, 1), gzip.decompress)


def log_truncated(world):
    world.chain(3)
    rewrite(log_of(world, 1), lambda b: b[:-12])


def log_with_bad_checksum(world):
    world.chain(3)
    rewrite(log_of(world, 1), lambda b: b[:-8] + b"abcd" + b[-4:])


def log_not_listed(world):
    world.chain(3)
    world.log(world.end.replace(hour=1, minute=40), "added")


def log_leads_out(world):
    world.root.mkdir()
    (world.root / "secret").write_bytes(gzip.compress(b"secret"))
    world.digest(change=lambda d: d["logFiles"][0].update(s3Object="../secret"))
    world.digest(change=lambda d: d["logFiles"][0].update(s3Bucket="..", s3Object="secret"))


def other_hash_of_previous(world):
    world.chain(2)
    world.previous["hash"] = "0" * 64
    world.chain(1)


def not_contiguous(world):
    world.chain(2)
    world.end = world.end.replace(minute=20)
    world.chain(1)


def other_algorithms(world):
    world.digest(change=lambda d: (d.update(digestSignatureAlgorithm="none"), d["logFiles"][0].update(hashAlgorithm="MD5")))


def upper_case_hash(world):
    world.digest(change=lambda d: d["logFiles"][0].update(hashValue=d["logFiles"][0]["hashValue"].upper()))


def signature_missing(world):
    world.chain(3)
    world.metadata.pop(str(world.digests[2].relative_to(world.root / world.bucket)))


def control_characters(world):
    world.digest(change=lambda d: d["logFiles"][0].update(s3Object="a\x1b[2J\tb"))


def long_chain(world):
    world.chain(300, logs=1)
    world.digests[150].unlink()


CASES = [whole, no_logs, newest_deleted, middle_deleted, newest_moved, middle_moved, digest_changed, digest_is_no_gzip, digest_is_no_json,
         digest_without_member, key_unknown, key_unusable, key_of_another_name, starts_again, backfill, backfill_without_time,
         bucket_moves, bucket_moves_and_starts_again, two_regions, log_deleted, log_changed, log_recompressed,
         log_with_two_members, log_with_zeros_behind, log_is_no_gzip, log_truncated, log_with_bad_checksum, log_not_listed,
         log_leads_out, other_hash_of_previous, not_contiguous, other_algorithms, upper_case_hash, signature_missing,
         control_characters, long_chain]
