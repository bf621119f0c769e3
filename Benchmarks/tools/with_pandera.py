"""The twelve rules with pandera on Polars, which is its faster way: with_pandera.py WAREHOUSE. Prints what it counted."""

import datetime
import sys

import pandera
import pandera.polars as pa
import polars as pl

from rules import RULES, name, table, tell

columns, checks = {}, {}
for kind, column, argument in RULES:
    if kind == "pattern":
        check = pa.Check.str_matches(argument)
    elif kind == "accepted_values":
        check = pa.Check.isin(argument)
    elif kind == "range":
        if column == "ordered_at":
            argument = [datetime.datetime.fromisoformat(bound) for bound in argument]
        check = pa.Check.in_range(*argument)
    else:
        continue
    checks.setdefault(column, []).append(check)
kinds = {(kind, column) for kind, column, _ in RULES}
for column in dict.fromkeys(column for _, column, _ in RULES if column):
    columns[column] = pa.Column(
        checks=checks.get(column, []), nullable=("not_null", column) not in kinds, unique=("unique", column) in kinds)
# It has no check of the number of rows: a function.
enough = pa.Check(lambda data: data.lazyframe.select(pl.len() > 0), name="row_count")
schema = pa.DataFrameSchema(columns, checks=[enough])

counts = {name(rule): 0 for rule in RULES}
kind_of = {"not_nullable": "not_null", "field_uniqueness": "unique", "str_matches": "pattern", "isin": "accepted_values",
           "in_range": "range", "row_count": "row_count"}  # fmt: skip
try:
    schema.validate(table(sys.argv[1]).pl(), lazy=True)
except pa.errors.SchemaErrors as errors:
    found = errors.failure_cases.group_by("column", "check").len()
    for column, check, count in found.iter_rows():
        kind = kind_of[check.split("(")[0]]
        counts["row_count" if kind == "row_count" else f"{kind}({column})"] += count
tell(f"pandera {pandera.__version__} on Polars", counts)
