"""The same load with dlt, in the way its documentation recommends for large CSV files: with_dlt.py FILE WORK.

The file is read by DuckDB in Arrow batches, so that dlt does not handle single rows.
"""

import os
import sys

file, work = sys.argv[1:]
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["DLT_DATA_DIR"] = work

import dlt  # noqa: E402
from dlt.sources.filesystem import filesystem, read_csv_duckdb  # noqa: E402

files = filesystem(bucket_url=os.path.dirname(file), file_glob=os.path.basename(file))
rows = (files | read_csv_duckdb(chunk_size=100_000, use_pyarrow=True, header=True)).with_name("orders")
pipeline = dlt.pipeline(
    pipeline_name="orders", pipelines_dir=work, dataset_name="raw",
    destination=dlt.destinations.duckdb(os.path.join(work, "warehouse.duckdb")),
)  # fmt: skip
pipeline.run(rows, write_disposition="replace")
