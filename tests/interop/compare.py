"""compare.py BINARY LAKE - reads the published table with pyiceberg and pyarrow and compares every
value with what the binary answers. Exit 1 at the first difference."""
import datetime
import json
import subprocess
import sys

import pyarrow.parquet
from pyiceberg.catalog import load_catalog
from pyiceberg.expressions import EqualTo, GreaterThanOrEqual, IsNull, LessThan, StartsWith

binary, lake = sys.argv[1], sys.argv[2]
KEY = "object_id, record_index"


def ask(sql):
    done = subprocess.run([binary, "sql", sql, "--lake", lake, "--format", "jsonl"],
                          capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line]


def plain(value):
    """A value of arrow in the form of the binary's JSON."""
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="seconds").replace("T", " ")
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    return value


def same(what, theirs, ours):
    if theirs != ours:
        sys.exit(f"{what} differs:\n  pyiceberg {theirs!r}\n  spoor     {ours!r}")


def in_order(rows):
    return sorted((plain(row) for row in rows),
                  key=lambda row: (row["object_id"], row["record_index"]))


def compare_rows(what, theirs, ours, lists_may_be_empty):
    same(f"{what}: the number of rows", len(theirs), len(ours))
    for mine, other in zip(ours, theirs):
        for name, value in other.items():
            expected = mine[name]
            if name == "eventtime":
                expected = expected.replace("T", " ").rstrip("Z")
            if lists_may_be_empty and expected is None and value == []:
                continue
            same(f"{what}: {name} of record {other['object_id']}/{other['record_index']}", value,
                 expected)


FILTERS = [
    (EqualTo("eventname", "AssumeRole"), "eventname = 'AssumeRole'"),
    (EqualTo("accesskey_id", "ASIA0000000000000042"), "accesskey_id = 'ASIA0000000000000042'"),
    (EqualTo("requestid", "req-00000077"), "requestid = 'req-00000077'"),
    (GreaterThanOrEqual("eventtime", "2026-03-04T00:00:00"), "eventtime >= TIMESTAMP '2026-03-04'"),
    (LessThan("eventtime", "2026-03-02T06:00:00"), "eventtime < TIMESTAMP '2026-03-02 06:00:00'"),
    (IsNull("errorcode"), "errorcode IS NULL"),
    (StartsWith("useragent", "x" * 70), f"useragent LIKE '{'x' * 70}%'"),
    (EqualTo("managementevent", True), "managementevent"),
    (GreaterThanOrEqual("sample_factor", 2), "sample_factor >= 2"),
    (IsNull("sample_factor"), "sample_factor IS NULL"),
]


def compare_filters(table):
    """Files are skipped by bounds, so wrong bounds lose rows."""
    for theirs, ours in FILTERS:
        count = table.scan(row_filter=theirs, selected_fields=("eventid",)).to_arrow().num_rows
        same(f"the count of {ours}", count,
             ask(f"SELECT count(*) AS n FROM cloudtrail WHERE {ours}")[0]["n"])


def compare_files(table, ours):
    """Reads each file that the table lists without Iceberg's help, its pages' checksums too."""
    rows = []
    files = table.inspect.files().to_pylist()
    for file in files:
        path = file["file_path"].removeprefix("file://")
        part = pyarrow.parquet.ParquetFile(path, page_checksum_verification=True)
        rows += part.read().to_pylist()
        meta = part.metadata
        groups = [meta.row_group(i) for i in range(meta.num_row_groups)]
        same(f"rows of {path}", meta.num_rows, file["record_count"])
        same(f"row groups of {path}",
             [group.column(0).dictionary_page_offset or group.column(0).data_page_offset
              for group in groups], file["split_offsets"])
        for i in range(meta.num_columns):
            column = meta.row_group(0).column(i)
            same(f"statistics of {column.path_in_schema}", column.statistics is None, False)
    compare_rows("pyarrow", in_order(rows), ours, lists_may_be_empty=False)
    return len(files)


def moment(value):
    """A time with fractions in one form, whoever wrote it."""
    text = str(value).replace("T", " ").removesuffix("Z")
    return text.rstrip("0").rstrip(".") if "." in text else text


def compare_objects(catalog):
    """The receipts, which are published as a table of their own."""
    table = catalog.load_table("spoor.objects")
    ours = ask("SELECT * FROM objects ORDER BY object_id")
    same("the count of objects", len(ours), ask("SELECT count(*) AS n FROM objects")[0]["n"])
    theirs = sorted(table.scan().to_arrow().to_pylist(), key=lambda row: row["object_id"])
    same("objects: the number of rows", len(theirs), len(ours))
    for mine, other in zip(ours, theirs):
        for name, value in mine.items():
            time = name in ("modified", "ingested")
            same(f"objects: {name} of {mine['object_id']}",
                 moment(other[name]) if time else other[name], moment(value) if time else value)
    last = ours[-1]
    for filter_of, where in [(EqualTo("key", last["key"]), f"key = '{last['key']}'"),
                             (EqualTo("object_id", 3), "object_id = 3"),
                             (IsNull("superseded_by"), "superseded_by IS NULL"),
                             (GreaterThanOrEqual("commit_seq", 3), "commit_seq >= 3")]:
        same(f"the count of objects with {where}", table.scan(row_filter=filter_of).count(),
             ask(f"SELECT count(*) AS n FROM objects WHERE {where}")[0]["n"])
    summary = table.current_snapshot().summary
    same("total-records of objects", int(summary["total-records"]), len(ours))
    for file in table.inspect.files().to_pylist():
        path = file["file_path"].removeprefix("file://")
        part = pyarrow.parquet.ParquetFile(path, page_checksum_verification=True)
        same(f"rows of {path}", part.read().num_rows, file["record_count"])
    print(f"{len(ours)} receipts, {int(summary['total-data-files'])} files, "
          f"{len(table.snapshots())} snapshots ({summary.operation.value}): equal")


def main():
    catalog = load_catalog("spoor", type="sql", uri=f"sqlite:///{lake}/catalog.db",
                           warehouse=f"file://{lake}")
    table = catalog.load_table("spoor.cloudtrail")
    columns = list(ask("SELECT * FROM cloudtrail LIMIT 1")[0])
    same("the list of columns", [field.name for field in table.schema().fields], columns)
    ours = ask(f"SELECT * FROM cloudtrail ORDER BY {KEY}")
    # pyiceberg 0.12 rebuilds lists without their validity: a NULL list comes as an empty one.
    compare_rows("pyiceberg", in_order(table.scan().to_arrow().to_pylist()), ours,
                 lists_may_be_empty=True)
    compare_filters(table)
    files = compare_files(table, ours)
    rows = len(ours)
    summary = table.current_snapshot().summary
    same("total-records", int(summary["total-records"]), rows)
    same("total-data-files", int(summary["total-data-files"]), files)
    for snapshot in table.snapshots():
        table.scan(snapshot_id=snapshot.snapshot_id, selected_fields=("eventid",)).to_arrow()
    print(f"{rows} rows, {len(columns)} columns, {files} files, {len(table.snapshots())} snapshots "
          f"({summary.operation.value}): equal")
    compare_objects(catalog)


main()
