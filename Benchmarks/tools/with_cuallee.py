"""The rules that cuallee has, on DuckDB, which is its faster way: with_cuallee.py WAREHOUSE. Prints what it counted."""

import contextlib
import io
import sys
from importlib.metadata import version

import duckdb
from cuallee import Check, CheckLevel

from rules import RULES, name, tell

check, done = Check(CheckLevel.WARNING, "orders", table_name="orders"), []
for rule in RULES:
    kind, column, argument = rule
    if kind == "not_null":
        check.is_complete(column)
    elif kind == "unique":
        check.is_unique(column)
    elif kind == "pattern":
        check.has_pattern(column, argument)
    elif kind == "accepted_values":
        check.is_contained_in(column, tuple(argument))
    elif kind == "range":
        check.is_between(column, argument)
    else:
        continue
    done.append(name(rule))
connection = duckdb.connect(sys.argv[1], read_only=True)
connection.execute("USE raw")  # it takes a name without its schema
with contextlib.redirect_stdout(io.StringIO()):  # it prints its query
    found = check.validate(connection)
tell(f"cuallee {version('cuallee')} on DuckDB", dict(zip(done, found["violations"])))
