"""What a careful person would write for DuckDB, one process per measurement: by_hand.py TASK ARGUMENTS…

generate SQL ROWS FILE     the generated orders, from orders.sql
load FILE WAREHOUSE        CSV to a table, in the settings that Weir uses
checks WAREHOUSE           one query for the twelve counts of orders/contracts/orders.yaml
models STATEMENTS WAREHOUSE   the bare statements of a file, one a line
summarize FILE                SUMMARIZE of a CSV or Parquet file
parquet FILE PARQUET          the same rows as Parquet
count WAREHOUSE QUERY      one number, to see that a contestant did the work

The last line printed is the time of the work itself. Python's own start is left out: it would flatter Weir.
"""

import pathlib
import sys
import time

import duckdb

COLUMNS = {
    "order_id": "BIGINT", "customer_id": "BIGINT", "email": "VARCHAR", "status": "VARCHAR", "amount": "DECIMAL(12,2)",
    "quantity": "INTEGER", "ordered_at": "TIMESTAMP", "delivered_at": "TIMESTAMP", "country": "VARCHAR", "sku": "VARCHAR",
    "note": "VARCHAR",
}  # fmt: skip

CHECKS = r"""
SELECT
    count(*),
    count(*) FILTER (order_id IS NULL),
    count(order_id) - count(DISTINCT order_id),
    count(*) FILTER (customer_id IS NULL),
    count(*) FILTER (email IS NULL),
    count(*) FILTER (NOT regexp_matches(email, '^[^@ ]+@[^@ ]+\.[a-z]+$')),
    count(*) FILTER (status NOT IN ('new', 'paid', 'shipped', 'returned')),
    count(*) FILTER (amount < 0 OR amount > 10000),
    count(*) FILTER (quantity < 1 OR quantity > 100),
    count(*) FILTER (ordered_at < '2020-01-01' OR ordered_at > '2030-01-01'),
    count(*) FILTER (country NOT IN ('DE', 'FR', 'US', 'GB')),
    count(*) FILTER (NOT regexp_matches(sku, '^SKU-[0-9]{5}$'))
FROM raw.orders
"""


def connect(path=":memory:", **settings):
    return duckdb.connect(path, config={"memory_limit": "1GB", **settings})


def generate(sql, rows, file):
    statement = pathlib.Path(sql).read_text().replace("{rows}", rows).replace("{file}", file)
    # One thread writes the rows in one order: the same bytes everywhere.
    connect(threads=1).execute(statement)


def load(file, warehouse):
    with connect(warehouse) as connection:
        connection.execute("CREATE SCHEMA raw")
        connection.execute(
            f"CREATE TABLE raw.orders AS FROM read_csv('{file}', header = true, nullstr = '', columns = {COLUMNS})"
        )


def checks(warehouse):
    with connect(warehouse, access_mode="READ_ONLY") as connection:
        print(connection.execute(CHECKS).fetchone())


def models(statements, warehouse):
    with connect(warehouse) as connection:
        connection.execute("CREATE SCHEMA small")
        for statement in pathlib.Path(statements).read_text().splitlines():
            connection.execute(statement)


def summarize(file):
    connection = duckdb.connect()
    print(len(connection.execute(f"SUMMARIZE FROM '{file}'").fetchall()))


def parquet(file, target):
    duckdb.connect().execute(f"COPY (FROM read_csv('{file}')) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")


def count(warehouse, query):
    print(connect(warehouse, access_mode="READ_ONLY").execute(query).fetchone()[0])


tasks = {
    "generate": generate, "load": load, "checks": checks, "models": models, "count": count, "summarize": summarize,
    "parquet": parquet,
}  # fmt: skip
start = time.perf_counter()
tasks[sys.argv[1]](*sys.argv[2:])
print(time.perf_counter() - start)
