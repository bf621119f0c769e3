"""The twelve rules with Great Expectations on pandas: with_great_expectations.py WAREHOUSE. Prints what it counted.

On DuckDB none of its expectations runs.
"""

import os
import sys

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx  # noqa: E402
import great_expectations.expectations as gxe  # noqa: E402

from rules import RULES, name, table, tell  # noqa: E402

expectations = []
for kind, column, argument in RULES:
    if kind == "not_null":
        expectations.append(gxe.ExpectColumnValuesToNotBeNull(column=column))
    elif kind == "unique":
        expectations.append(gxe.ExpectColumnValuesToBeUnique(column=column))
    elif kind == "pattern":
        expectations.append(gxe.ExpectColumnValuesToMatchRegex(column=column, regex=argument))
    elif kind == "accepted_values":
        expectations.append(gxe.ExpectColumnValuesToBeInSet(column=column, value_set=argument))
    elif kind == "range":
        expectations.append(gxe.ExpectColumnValuesToBeBetween(column=column, min_value=argument[0], max_value=argument[1]))
    else:
        expectations.append(gxe.ExpectTableRowCountToBeBetween(min_value=1))

context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = {"globally": False}
asset = context.data_sources.add_pandas("memory").add_dataframe_asset("orders")
batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": table(sys.argv[1]).df()})
suite = context.suites.add(gx.ExpectationSuite(name="orders", expectations=expectations))
result = batch.validate(suite, result_format="BASIC")
counts = {}
for one in result.results:
    if one.exception_info.get("raised_exception"):
        sys.exit(f"{one.expectation_config}: {one.exception_info}")
    at = next(
        i for i, expectation in enumerate(expectations)
        if (expectation.expectation_type, getattr(expectation, "column", None))
        == (one.expectation_config.type, one.expectation_config.kwargs.get("column"))
    )  # fmt: skip
    counts[name(RULES[at])] = one.result.get("unexpected_count", int(not one.success))
tell(f"Great Expectations {gx.__version__} on pandas", counts)
