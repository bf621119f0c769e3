"""The twelve rules with Soda Core 4, as a contract of its own: with_soda.py WAREHOUSE FOLDER. Prints what it counted."""

import json
import os
import pathlib
import sys
from importlib.metadata import version

# Without a network, every command would wait for eight seconds to tell its maker what it did.
os.environ["SODA_CORE_TELEMETRY_ENABLED"] = "false"

from soda_core.contracts import verify_contract_locally  # noqa: E402

from rules import RULES, name, tell  # noqa: E402

warehouse, folder = sys.argv[1], pathlib.Path(sys.argv[2])
columns, table_checks = {}, []
for rule in RULES:
    kind, column, argument = rule
    if kind == "not_null":
        check = {"missing": {"name": name(rule)}}
    elif kind == "unique":
        check = {"duplicate": {"name": name(rule)}}
    elif kind == "pattern":
        check = {"invalid": {"name": name(rule), "valid_format": {"regex": argument, "name": column}}}
    elif kind == "accepted_values":
        check = {"invalid": {"name": name(rule), "valid_values": argument}}
    elif column == "ordered_at":  # its bounds are numbers
        low, high = argument
        outside = f"ordered_at < '{low}' OR ordered_at > '{high}'"
        check = {"failed_rows": {"name": name(rule), "expression": outside}}
        table_checks.append(check)
        continue
    elif kind == "range":
        check = {"invalid": {"name": name(rule), "valid_min": argument[0], "valid_max": argument[1]}}
    else:
        table_checks.append({"row_count": {"name": name(rule), "threshold": {"must_be_greater_than": argument}}})
        continue
    columns.setdefault(column, []).append(check)

# JSON is YAML.
(folder / "source.yaml").write_text(json.dumps({
    "type": "duckdb", "name": "orders", "connection": {"database": warehouse, "schema": "raw", "read_only": True},
}))  # fmt: skip
(folder / "contract.yaml").write_text(json.dumps({
    "dataset": f"orders/{pathlib.Path(warehouse).stem}/raw/orders",
    "checks": table_checks, "columns": [{"name": column, "checks": checks} for column, checks in columns.items()],
}))  # fmt: skip
result = verify_contract_locally(
    data_source_file_path=str(folder / "source.yaml"), contract_file_path=str(folder / "contract.yaml"))
counts = {}
for one in result.contract_verification_results[0].check_results:
    if one.is_not_evaluated:
        sys.exit(f"{one.check.name} was not evaluated:\n{result.get_logs_str()}")
    counts[one.check.name] = int(one.is_failed) if one.check.name == "row_count" else one.threshold_value
tell(f"Soda Core {version('soda-core')} on DuckDB", counts)
