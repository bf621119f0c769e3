"""A profile of a Parquet file with ydata-profiling's minimal mode: with_ydata.py FILE PAGE. Prints its version."""

import os
import sys
from importlib.metadata import version

os.environ["YDATA_PROFILING_NO_ANALYTICS"] = "True"

import pandas as pd  # noqa: E402
from ydata_profiling import ProfileReport  # noqa: E402

ProfileReport(pd.read_parquet(sys.argv[1]), minimal=True, progress_bar=False).to_file(sys.argv[2])
print(f"ydata-profiling {version('ydata-profiling')}")
