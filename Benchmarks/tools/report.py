"""The rows of the benchmark: what was measured, against what, the limit, and whether it holds."""

import json
import os
import pathlib
import platform
import subprocess
import time
from dataclasses import asdict, dataclass


@dataclass
class Row:
    """One promise. `value` is compared with `limit`; where `base` is given, both are multiples of it."""

    case: str
    what: str
    value: float
    unit: str
    limit: float
    base: float | None = None
    base_name: str = ""
    note: str = ""

    @property
    def ratio(self):
        return self.value / self.base if self.base else None

    @property
    def holds(self):
        return (self.ratio if self.base else self.value) <= self.limit

    def cells(self):
        number = f"{self.value:.3g}" if self.value < 10 else f"{self.value:.0f}"
        measured = f"{number} {self.unit}"
        if self.base:
            base = f"{self.base:.3g}" if self.base < 10 else f"{self.base:.0f}"
            against, ratio, limit = f"{self.base_name} {base} {self.unit}", f"{self.ratio:.2f} ×", f"{self.limit:g} ×"
        else:
            against, ratio, limit = "", "", f"{self.limit:g} {self.unit}"
        return [self.what, measured, against, ratio, f"≤ {limit}", "yes" if self.holds else "NO"]


HEADER = ["what", "measured", "against", "ratio", "limit", "holds"]


def table(rows):
    lines = [HEADER] + [row.cells() for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADER))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)


def machine():
    cpu = platform.processor() or platform.machine()
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                cpu = line.split(":", 1)[1].strip()
                break
        memory = f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"
    except (OSError, ValueError):
        memory = "unknown memory"
    return f"{cpu}, {os.cpu_count()} cores, {memory}, {platform.system()} {platform.release()}"


def versions(python, weir):
    def said(*command):
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
        return done.stdout.strip() or "unknown"

    packages = "import importlib.metadata as m; print(', '.join(f'{p} {m.version(p)}' for p in ('duckdb', 'dlt', 'pyarrow', 'reladiff')))"
    here = pathlib.Path(__file__).parent
    commit = said("git", "-C", here, "rev-parse", "--short", "HEAD")
    return f"weir {said(weir, '--version')} ({commit}), {said(python, '-c', packages)}"


class Record:
    """The last result of every case, so that cases can be run one at a time."""

    def __init__(self, file):
        self.file = pathlib.Path(file)
        self.cases = json.loads(self.file.read_text()) if self.file.exists() else {}

    def set(self, case, rows, samples, python, weir):
        self.cases[case] = {
            "when": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
            "machine": machine(),
            "versions": versions(python, weir),
            "rows": [asdict(row) for row in rows],
            "samples": samples,
        }
        self.file.write_text(json.dumps(self.cases, indent=1))

    def markdown(self):
        lines = [
            "# Benchmark results",
            "",
            "Written by `Benchmarks/run` (`make bench`). Times are medians of whole processes, run in turns on one",
            "machine; memory is the peak of the process over all rounds. Ratios compare runs of the same session only.",
            "DuckDB by hand is timed without the start of Python; Weir and its peers are timed with their start.",
        ]
        for case, result in self.cases.items():
            lines += ["", f"## {case}", "", f"{result['when']}; {result['machine']}; {result['versions']}.", ""]
            lines += ["| " + " | ".join(HEADER) + " |", "|" + " --- |" * len(HEADER)]
            rows = [Row(**row) for row in result["rows"]]
            lines += ["| " + " | ".join(row.cells()) + " |" for row in rows]
            lines += ["", "| run | median s | all s | peak MB |", "| --- | --- | --- | --- |"]
            for name, sample in result["samples"].items():
                every = ", ".join(f"{second:.2f}" for second in sample["seconds"])
                lines.append(f"| {name} | {sample['median']:.2f} | {every} | {sample['peak'] / 1e6:.0f} |")
            lines += [f"\n{row.note}" for row in rows if row.note]
        return "\n".join(lines) + "\n"
