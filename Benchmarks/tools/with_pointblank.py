"""The twelve rules with pointblank on Polars, which is its faster way: with_pointblank.py WAREHOUSE."""

import datetime
import sys

import pointblank as pb

from rules import RULES, name, table, tell

validation = pb.Validate(table(sys.argv[1]).pl())
for kind, column, argument in RULES:
    if kind == "not_null":
        validation = validation.col_vals_not_null(column)
    elif kind == "unique":
        validation = validation.rows_distinct(columns_subset=column)
    elif kind == "pattern":
        validation = validation.col_vals_regex(column, argument, na_pass=True)
    elif kind == "accepted_values":
        validation = validation.col_vals_in_set(column, argument)
    elif kind == "range":
        if column == "ordered_at":
            argument = [datetime.datetime.fromisoformat(bound) for bound in argument]
        validation = validation.col_vals_between(column, *argument, na_pass=True)
    else:
        validation = validation.row_count_match(0, inverse=True)
# No samples of rows: the others count only.
failed = validation.interrogate(collect_extracts=False).n_failed()
tell(f"pointblank {pb.__version__} on Polars", {name(rule): failed[step] for step, rule in enumerate(RULES, 1)})
