"""What is kept in buckets: originals, and heads of the ledger."""
import json
import os
import pathlib
import re
import shutil

from digests import World

LOCK = {"x-amz-bucket-object-lock-enabled": "true"}


class Kept:
    def __init__(self, s3, spoor, tell):
        self.s3, self.spoor = s3, spoor
        self.tell = lambda *words: tell(" ".join(map(str, words)).rstrip())

    def versions(self, bucket, prefix=""):
        """{key: how many versions}"""
        body = self.s3.must("GET", f"/{bucket}", {"versions": "", "prefix": prefix}).decode()
        keys = re.findall(r"<Version>.*?<Key>(.*?)</Key>", body)
        return {key: keys.count(key) for key in keys}

    def ingest(self, source, lake, **environment):
        status, out, err = self.spoor("ingest", source, "--lake", lake, "--format", "json", "--no-detect", **environment)
        report = json.loads(out) if out.startswith("{") else {}
        return status, report.get("objects_ingested"), re.sub(r" \(HTTP .*", "", err.strip())

    def keep_run(self, name, *words, **environment):
        status, out, err = self.spoor("keep", "run", "--lake", "kept-lake", *words, SPOOR_KEEP_ORIGINALS_DAYS="1", **environment)
        self.tell(f"{name}: exit {status}:", *[re.sub(r"\([\d.]+ \w+\)", "(SIZE)", line) for line in out.splitlines()], err.strip())

    def stored(self):
        """Every object and digest, byte for byte, locked, once."""
        place = {"SPOOR_KEEP_ORIGINALS": "s3://vault/kept", "SPOOR_KEEP_ORIGINALS_LOCK_DAYS": "1"}
        self.tell("originals in a bucket:", *self.ingest("buckets", "kept-lake", **place))
        at = f"kept/file{os.getcwd()}/"
        files = sorted(str(path) for path in pathlib.Path("buckets").rglob("*.gz"))
        same = all(self.s3.must("GET", f"/vault/{at}{path}") == pathlib.Path(path).read_bytes() for path in files)
        _, headers, _ = self.s3.request("HEAD", f"/vault/{at}{files[0]}")
        self.tell("stored:", "as they are" if same else "BAD", headers["x-amz-object-lock-mode"])
        before = self.versions("vault")
        self.tell("once:", sorted(before) == [at + path for path in files], set(before.values()))
        self.tell("from another lake:", *self.ingest("buckets", "other-lake", **place), self.versions("vault") == before)
        logs = [path for path in files if "/CloudTrail/" in path]
        pathlib.Path(logs[-1]).write_bytes(pathlib.Path(logs[0]).read_bytes())
        self.tell("a log that changed:", *self.ingest("buckets", "kept-lake", **place))
        new = self.versions("vault").keys() - before.keys()
        self.tell("has both:", [re.sub(r".*~[0-9a-f]{16}$", "its own name", key) for key in new])
        return place

    def proved(self, place):
        """With the source gone."""
        shutil.move("buckets/list-public-keys.json", "keys.json")
        shutil.rmtree("buckets")
        status, out, _ = self.spoor("prove", "010020-0", "--lake", "kept-lake", "--format", "text", **place)
        self.tell("prove: exit", status, *re.findall(r"as it was kept then|^All.*", out, re.MULTILINE))
        _, out, err = self.spoor("verify", "--lake", "kept-lake", "--quick", **place)
        self.tell("verify:", *[line for line in out.splitlines() if "files valid" in line or "read again" in line], err)

    def removed(self):
        """Those that are locked stay; those of a hold do, too."""
        locked = {"SPOOR_KEEP_ORIGINALS": "s3://vault/kept"}
        self.keep_run("what would go of locked ones", "--dry-run", **locked)
        self.keep_run("they stay", **locked)
        self.tell(len(self.versions("vault")), "are there")
        loose = {"SPOOR_KEEP_ORIGINALS": "s3://loose"}
        world = World("buckets")
        world.chain(2)
        world.finish()
        self.tell("without a lock:", *self.ingest("buckets", "loose-lake", **loose))
        hidden = sorted(self.versions("loose"))[-1]
        self.s3.must("DELETE", f"/loose/{hidden}")
        shutil.rmtree("kept-lake")
        shutil.move("loose-lake", "kept-lake")
        self.spoor("keep", "hold", "CASE", "--account", "111122223333", "--lake", "kept-lake")
        self.keep_run("held", **loose)
        self.spoor("keep", "release", "CASE", "--lake", "kept-lake")
        self.keep_run("dry run", "--dry-run", **loose)
        before = self.versions("loose")
        self.keep_run("released", **loose)
        self.tell("digests stay:", len(before), "before,", len(self.versions("loose")), "now",
                  all("Digest" in key for key in self.versions("loose")))
        self.keep_run("again", **loose)

    def refused(self):
        """Where nothing can be kept, nothing is ingested."""
        for name, environment in (("no such bucket", {"SPOOR_KEEP_ORIGINALS": "s3://no-vault/x"}),
                                  ("not allowed", {"SPOOR_KEEP_ORIGINALS": "s3://vault", "AWS_ACCESS_KEY_ID": "guest-key",
                                                   "AWS_SECRET_ACCESS_KEY": "guest-secret"}),
                                  ("a folder is not locked", {"SPOOR_KEEP_ORIGINALS": "folder",
                                                              "SPOOR_KEEP_ORIGINALS_LOCK_DAYS": "3"})):
            status, count, err = self.ingest("buckets", "refused-lake", **environment)
            self.tell(f"{name}: exit {status}: {count}", re.sub(r"127\.0\.0\.1:\d+", "HOST", re.sub(r"vault/file/.*?: ", "vault/KEY: ", err))[:200])

    def heads(self):
        """They are locked, and found when somebody hides them."""
        place = {"SPOOR_LEDGER_HEAD": "s3://vault/heads", "SPOOR_LEDGER_HEAD_LOCK_DAYS": "1"}
        self.tell("a head:", *self.ingest("buckets", "head-lake", **place))
        first = self.versions("vault", "heads/")
        shutil.copytree("head-lake", "older-lake")
        self.spoor("keep", "hold", "CASE", "--lake", "head-lake", **place)
        newest = (self.versions("vault", "heads/").keys() - first.keys()).pop()
        self.s3.must("DELETE", f"/vault/{newest}")
        status, _, body = self.s3.request("GET", f"/vault/{newest}")
        _, headers, _ = self.s3.request("HEAD", f"/vault/{next(iter(first))}")
        self.tell("heads:", len(first) + 1, "the newest hidden:", status, headers["x-amz-object-lock-mode"])
        for lake in ("head-lake", "older-lake"):
            status, out, err = self.spoor("verify", "--lake", lake, "--quick", **place)
            self.tell(f"verify {lake}: exit {status}:", *re.findall(r"\d heads.*|head_\w+", out), err)

    def test(self):
        self.s3.must("PUT", "/vault", headers=LOCK)
        self.s3.must("PUT", "/loose")
        self.s3.must("PUT", "/loose", {"versioning": ""},
                     b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
        world = World("buckets")
        world.chain(3)
        world.finish()
        self.proved(self.stored())
        self.removed()
        self.heads()
        self.refused()
