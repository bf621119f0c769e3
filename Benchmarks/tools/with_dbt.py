"""The twelve rules as tests of a dbt source: with_dbt.py WAREHOUSE FOLDER. Prints what they counted.

Six are dbt's own tests, six are queries, as dbt has no range, no pattern and no number of rows.
"""

import json
import os
import pathlib
import sys
from importlib.metadata import version

from rules import RULES, name, tell

warehouse, folder = sys.argv[1], pathlib.Path(sys.argv[2])
columns, queries = {}, {}
for rule in RULES:
    kind, column, argument = rule
    label = {"name": f"{kind}_{column}"}
    if kind in ("not_null", "unique"):
        columns.setdefault(column, []).append({kind: label})
        continue
    if kind == "accepted_values":
        columns.setdefault(column, []).append({kind: {**label, "arguments": {"values": argument}}})
        continue
    if kind == "pattern":
        broken = f"NOT regexp_matches({column}, '{argument}')"
    elif kind == "range":
        broken = "{0} < '{1}' OR {0} > '{2}'".format(column, *argument)
    else:
        queries[kind] = "SELECT 1 FROM {{ source('raw', 'orders') }} HAVING count(*) = 0"
        continue
    queries[f"{kind}_{column}"] = "SELECT * FROM {{ source('raw', 'orders') }} WHERE " + broken

# JSON is YAML. Files that are there stay as they are, so that dbt need not parse them again.
profile = {"orders": {"target": "bench", "outputs": {"bench": {"type": "duckdb", "path": warehouse, "threads": 2}}}}
source = {"name": "raw", "tables": [{"name": "orders", "columns": [
    {"name": column, "data_tests": tests} for column, tests in columns.items()]}]}  # fmt: skip
files = {
    "dbt_project.yml": {"name": "orders", "version": "1.0", "profile": "orders", "flags": {"send_anonymous_usage_stats": False}},
    "profiles.yml": profile, "models/sources.yml": {"sources": [source]},
    **{f"tests/{test}.sql": query for test, query in queries.items()},
}  # fmt: skip
for path, content in files.items():
    file = folder / path
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content))

os.environ["DO_NOT_TRACK"] = "1"
from dbt.cli.main import dbtRunner  # noqa: E402

done = dbtRunner().invoke(["test", "--project-dir", str(folder), "--profiles-dir", str(folder), "--quiet"])
if done.exception:
    raise done.exception
failures = {}
for one in done.result.results:
    if one.failures is None:
        sys.exit(f"{one.node.name}: {one.message}")
    failures[one.node.name] = one.failures
names = {f"{kind}_{column}" if column else kind: name((kind, column, argument)) for kind, column, argument in RULES}
tell(
    f"dbt {version('dbt-core')} with dbt-duckdb {version('dbt-duckdb')}",
    {names[test]: count for test, count in failures.items()})
