"""What a careful person would write for DuckDB, one process per measurement: by_hand.py TASK ARGUMENTS…

generate SQL ROWS FILE     the generated orders, from orders.sql
load FILE WAREHOUSE        CSV to a table, in the settings that Weir uses
checks WAREHOUSE           one query for the twelve counts of orders/contracts/orders.yaml
split WAREHOUSE            the table split into mart.by_hand and mart.by_hand_bad, the latter with every reason
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

# A row that shares its key with an earlier one is a row too many, as it is for Weir. Rows are told by their rowid: the
# first scan writes nothing for rows that pass, the second writes them, and only few rows are looked up for the third.
SPLIT = r"""
CREATE SCHEMA IF NOT EXISTS mart;
CREATE TEMP TABLE broken AS
    SELECT rid, list_filter(reasons, lambda reason: reason IS NOT NULL) AS reasons FROM (
        SELECT rowid AS rid, [
            CASE WHEN order_id IS NULL THEN 'not_null(order_id)' END,
            CASE WHEN customer_id IS NULL THEN 'not_null(customer_id)' END,
            CASE WHEN email IS NULL THEN 'not_null(email)' END,
            CASE WHEN NOT regexp_matches(email, '^[^@ ]+@[^@ ]+\.[a-z]+$') THEN 'pattern(email)' END,
            CASE WHEN status NOT IN ('new', 'paid', 'shipped', 'returned') THEN 'accepted_values(status)' END,
            CASE WHEN amount < 0 OR amount > 10000 THEN 'range(amount)' END,
            CASE WHEN quantity < 1 OR quantity > 100 THEN 'range(quantity)' END,
            CASE WHEN ordered_at < '2020-01-01' OR ordered_at > '2030-01-01' THEN 'range(ordered_at)' END,
            CASE WHEN country NOT IN ('DE', 'FR', 'US', 'GB') THEN 'accepted_values(country)' END,
            CASE WHEN NOT regexp_matches(sku, '^SKU-[0-9]{5}$') THEN 'pattern(sku)' END
        ] AS reasons
        FROM raw.orders
        WHERE order_id IS NULL OR customer_id IS NULL OR email IS NULL
            OR NOT regexp_matches(email, '^[^@ ]+@[^@ ]+\.[a-z]+$')
            OR status NOT IN ('new', 'paid', 'shipped', 'returned')
            OR amount < 0 OR amount > 10000 OR quantity < 1 OR quantity > 100
            OR ordered_at < '2020-01-01' OR ordered_at > '2030-01-01'
            OR country NOT IN ('DE', 'FR', 'US', 'GB') OR NOT regexp_matches(sku, '^SKU-[0-9]{5}$'));
INSERT INTO broken
    SELECT rid, ['unique(order_id)'] FROM (
        SELECT o.rowid AS rid,
            row_number() OVER (PARTITION BY order_id ORDER BY o.rowid IN (SELECT rid FROM broken), o.rowid) AS place
        FROM raw.orders AS o
        SEMI JOIN (SELECT order_id FROM raw.orders GROUP BY order_id HAVING count(*) > 1) AS repeated USING (order_id))
    WHERE place > 1;
CREATE OR REPLACE TABLE mart.by_hand AS FROM raw.orders WHERE rowid NOT IN (SELECT rid FROM broken);
CREATE OR REPLACE TABLE mart.by_hand_bad AS
    SELECT o.*, reasons FROM raw.orders AS o
    JOIN (SELECT rid, list_distinct(flatten(list(reasons))) AS reasons FROM broken GROUP BY rid) AS b ON o.rowid = b.rid;
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


def split(warehouse):
    with connect(warehouse) as connection:
        connection.execute("BEGIN;" + SPLIT + "COMMIT")


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
    "generate": generate, "load": load, "checks": checks, "split": split, "models": models, "count": count, "summarize": summarize,
    "parquet": parquet, "diff_duckdb": diff_duckdb, "diff_postgres": diff_postgres,
}  # fmt: skip
start = time.perf_counter()
tasks[sys.argv[1]](*sys.argv[2:])
print(time.perf_counter() - start)
