"""What every case works with: its folder, the contestants that several cases run, the generated orders."""

import json
import pathlib
import shutil
import sys

from measure import Sample, peak_bytes, run
from report import Row

HERE = pathlib.Path(__file__).resolve().parent.parent
TOOLS = HERE / "tools"
# What "memory_limit: 1GB" may cost in all: the limit of DuckDB and what lies outside of it.
MEMORY = 1.5e9


def environment(name):
    """The Python of an environment that scripts/venv makes."""
    return HERE.parent / ".deps" / f"venv-{name}" / "bin" / "python"


class Workshop:
    def __init__(self, work, python, weir, rows, rounds, without):
        self.work, self.python, self.weir = pathlib.Path(work), python, weir
        self.rows, self.rounds, self.without = rows, rounds, without
        self.work.mkdir(parents=True, exist_ok=True)

    def by_hand(self, *arguments):
        sample = run([self.python, TOOLS / "by_hand.py", *arguments])
        sample.seconds = float(sample.output.split()[-1])
        return sample

    def expect(self, what, expected, warehouse, query):
        """A contestant that did not do the work must not win."""
        found = int(self.by_hand("count", warehouse, query).output.split()[0])
        if found != expected:
            sys.exit(f"{what}: expected {expected:,}, found {found:,}. The measurement is void.")

    def run_weir(self, project, *arguments, accept=(0,)):
        return run([self.weir, *arguments], cwd=project, accept=accept)

    def orders(self):
        file = self.work / f"orders-{self.rows}.csv"
        if not file.exists():
            print(f"==> Generating {self.rows:,} orders (about {self.rows * 122 / 1e6:.0f} MB; a few seconds a million)", flush=True)
            part = file.with_suffix(".part")
            self.by_hand("generate", HERE / "orders.sql", self.rows, part)
            part.rename(file)
        # Reading it once puts it into the page cache, for all contestants alike.
        with open(file, "rb") as data:
            while data.read(1 << 24):
                pass
        return file

    def project(self, name, contract):
        """A fresh copy of the project Benchmarks/orders, with or without its contract."""
        folder = self.work / name
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(HERE / "orders", folder)
        source = folder / "sources" / "orders.yaml"
        lines = source.read_text().replace("files: orders.csv", f"files: {self.orders_file}").splitlines()
        if not contract:
            lines = [line for line in lines if not line.startswith(("contract:", "on_fail:"))]
            shutil.rmtree(folder / "contracts")
        source.write_text("\n".join(lines) + "\n")
        return folder

    def load_with_weir(self, name, contract):
        return self.run_weir(self.project(name, contract), "run")

    def fresh(self, name):
        folder = self.work / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder


def said(sample):
    """The JSON object that a contestant printed last."""
    return json.loads(sample.output.strip().splitlines()[-1])


def memory_row(title, name, samples: list[Sample]):
    return Row(title, f"peak memory of {name}", peak_bytes(samples) / 1e6, "MB", MEMORY / 1e6)
