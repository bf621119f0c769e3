"""What a careful person would write for DuckDB, one process per measurement: by_hand.py TASK ARGUMENTS…

generate SQL ROWS FILE     the generated orders, from orders.sql
load FILE WAREHOUSE        CSV to a table, in the settings that Weir uses
checks WAREHOUSE           one query for the twelve counts of orders/contracts/orders.yaml
models STATEMENTS WAREHOUSE   the bare statements of a file, one a line
summarize FILE                SUMMARIZE of a CSV or Parquet file
parquet FILE PARQUET          the same rows as Parquet
diff_duckdb FILE ROWS         tables a and b of ten columns, of which a hundred rows differ
diff_postgres URL ROWS        the same as databases weir_bench_a and weir_bench_b
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


# Ten columns; in b sixty rows are changed, twenty are missing and twenty are new.
DIFF_A = """
SELECT CAST(i AS bigint) AS id, CAST(i * 7919 % 100003 AS integer) AS customer_id,
    CAST(i % 99991 AS numeric(12, 2)) / 100 AS price, 'name ' || CAST(i % 5003 AS varchar(20)) AS name,
    'user' || CAST(i AS varchar(20)) || '@example.com' AS email,
    timestamp '2024-01-01' + (i % 31536000) * interval '1 second' AS created_at,
    date '2024-01-01' + CAST(i % 366 AS integer) AS day, i % 3 = 0 AS is_paid, CAST(i AS double precision) * 0.5 AS score,
    CASE WHEN i % 10 = 0 THEN NULL ELSE 'note ' || CAST(i AS varchar(20)) END AS note
FROM {series} AS t(i)
"""
DIFF_B = """
SELECT CASE WHEN id % {twentieth} = 7 THEN id + {rows} ELSE id END AS id, customer_id,
    CASE WHEN id % {sixtieth} = 3 THEN price + 1 ELSE price END AS price, name, email, created_at, day, is_paid,
    score, note
FROM {a}
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


def diff_b(rows, a):
    # Counted here: "/" is another division in each database.
    return DIFF_B.format(rows=rows, twentieth=int(rows) // 20, sixtieth=int(rows) // 60 + 1, a=a)


def diff_duckdb(file, rows):
    connection = duckdb.connect(file)
    connection.execute("CREATE TABLE a AS " + DIFF_A.format(series=f"range(1, CAST({rows} + 1 AS bigint))"))
    connection.execute("CREATE TABLE b AS " + diff_b(rows, "a"))
    connection.close()


def diff_postgres(url, rows):
    import psycopg2

    def run(database, *statements):
        connection = psycopg2.connect(url.rsplit("/", 1)[0] + "/" + database)
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        connection.close()

    for name in ("weir_bench_a", "weir_bench_b"):
        run("postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
        run(name, "CREATE TABLE a AS " + DIFF_A.format(series=f"generate_series(CAST(1 AS bigint), {rows})"))
    run("weir_bench_b", "CREATE TABLE b AS " + diff_b(rows, "a"), "DROP TABLE a", "ALTER TABLE b RENAME TO a")
    for name in ("weir_bench_a", "weir_bench_b"):
        run(name, "ALTER TABLE a ADD PRIMARY KEY (id)", "VACUUM ANALYZE a")


tasks = {
    "generate": generate, "load": load, "checks": checks, "models": models, "count": count, "summarize": summarize,
    "parquet": parquet, "diff_duckdb": diff_duckdb, "diff_postgres": diff_postgres,
}  # fmt: skip
start = time.perf_counter()
tasks[sys.argv[1]](*sys.argv[2:])
print(time.perf_counter() - start)
