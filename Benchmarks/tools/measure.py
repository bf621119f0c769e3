"""Runs a command and says what it took: wall seconds and peak memory of the whole process."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

# Linux counts resident memory in KB, macOS in bytes.
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass
class Sample:
    seconds: float
    peak_bytes: int
    output: str


def run(command, cwd=None, env=None, accept=(0,)):
    """One run to its end. An unexpected exit code stops the benchmark with the command's own words."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        # wait4 and not wait: it hands over the peak memory of exactly this child.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode(errors="replace")
    if process.returncode not in accept:
        sys.exit(f"{' '.join(map(str, command))}\n{text}\nended with exit code {process.returncode}")
    return Sample(seconds, usage.ru_maxrss * RSS_UNIT, text)


def interleaved(contestants, rounds):
    """Runs every contestant once a round, each round in another order, so that none profits from its place.

    `contestants` maps a name to a function that prepares and then runs, returning a Sample.
    """
    names = list(contestants)
    samples = {name: [] for name in names}
    for number in range(rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            sample = contestants[name]()
            samples[name].append(sample)
            print(f"    round {number + 1}, {name}: {sample.seconds:.2f} s, {sample.peak_bytes / 1e6:.0f} MB", flush=True)
    return samples


def median_seconds(samples):
    return statistics.median(sample.seconds for sample in samples)


def peak_bytes(samples):
    return max(sample.peak_bytes for sample in samples)
