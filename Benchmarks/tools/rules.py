"""The twelve rules of orders/contracts/orders.yaml, as data for peers that take their rules from Python."""

import json

EMAIL, SKU = r"^[^@ ]+@[^@ ]+\.[a-z]+$", "^SKU-[0-9]{5}$"
STATUSES, COUNTRIES = ["new", "paid", "shipped", "returned"], ["DE", "FR", "US", "GB"]

# What a rule asks of a column, and with which argument. The order is that of the query in by_hand.py.
RULES = [
    ("not_null", "order_id", None),
    ("unique", "order_id", None),
    ("not_null", "customer_id", None),
    ("not_null", "email", None),
    ("pattern", "email", EMAIL),
    ("accepted_values", "status", STATUSES),
    ("range", "amount", (0, 10000)),
    ("range", "quantity", (1, 100)),
    ("range", "ordered_at", ("2020-01-01 00:00:00", "2030-01-01 00:00:00")),
    ("accepted_values", "country", COUNTRIES),
    ("pattern", "sku", SKU),
    ("row_count", None, 0),
]
COLUMNS = list(dict.fromkeys(column for _, column, _ in RULES if column))


def name(rule):
    kind, column, _ = rule
    return f"{kind}({column})" if column else kind


def table(warehouse):
    """The columns under test, for peers that work in memory."""
    import duckdb

    return duckdb.connect(warehouse, read_only=True).sql(f"SELECT {', '.join(COLUMNS)} FROM raw.orders")


def tell(version, counts):
    """The last line that every peer prints: what it is, and the violations that it counted for each rule it can say."""
    print(json.dumps({"version": version, "counts": {rule: int(count) for rule, count in counts.items()}}))
