"""The cases: each prepares its data, runs the contestants in turns and returns the promises as rows."""

import json
import os
import shutil
import subprocess
import sys

import case_checks
from case_agent import Acting
from case_checks import Checking
from case_drift import Drifting
from case_profile import Profiling
from measure import interleaved, median_seconds, run
from report import Row
from workshop import HERE, TOOLS, memory_row, said

# The environments of scripts/venv that the peers of a case need beside "bench".
PEERS = {
    "checks": {name: venv for name, (venv, _, _) in case_checks.PEERS.items()},
    "profile": {"ydata-profiling": "ydata"},
    "ai": {"LiteLLM": "litellm"},
    "embed": {"WordLlama": "wordllama"},
}


class Bench(Checking, Profiling, Drifting, Acting):
    """A method a case, of the name that Benchmarks/run takes."""

    def load_by_hand(self):
        folder = self.fresh("by-hand")
        return self.by_hand("load", self.orders_file, folder / "warehouse.duckdb")

    def load_with_dlt(self):
        folder = self.fresh("dlt")
        return run([self.python, TOOLS / "with_dlt.py", self.orders_file, folder])

    def csv(self):
        self.orders_file = self.orders()
        contestants = {
            "DuckDB by hand": self.load_by_hand,
            "dlt": self.load_with_dlt,
            "weir, no contract": lambda: self.load_with_weir("weir-plain", contract=False),
            "weir, 12 rules": lambda: self.load_with_weir("weir-contract", contract=True),
        }
        contestants = {name: task for name, task in contestants.items() if name not in self.without}
        samples = interleaved(contestants, self.rounds)
        count = "SELECT count(*) FROM raw.orders"
        everything = count + " UNION ALL SELECT count(*) FROM weir_quarantine.raw__orders"
        self.expect("rows without a contract", self.rows, self.work / "weir-plain" / "warehouse.duckdb", count)
        gated_warehouse = self.work / "weir-contract" / "warehouse.duckdb"
        self.expect("rows published and quarantined", self.rows, gated_warehouse, f"SELECT sum(c) FROM ({everything}) t(c)")
        self.expect("bad rows published", 0, gated_warehouse, count + " WHERE amount < 0 OR NOT contains(email, '@')")
        hand, plain = median_seconds(samples["DuckDB by hand"]), median_seconds(samples["weir, no contract"])
        gated = median_seconds(samples["weir, 12 rules"])
        title = f"CSV to table, {self.rows:,} rows"
        rows = [
            Row(title, "load with 12 rules and quarantine", gated, "s", 1.6, hand, "DuckDB by hand"),
            Row(title, "load without a contract", plain, "s", 1.15, hand, "DuckDB by hand"),
        ]
        if "dlt" in samples:
            rows.append(Row(title, "load without a contract", plain, "s", 1.0, median_seconds(samples["dlt"]), "dlt"))
        for name in ("weir, no contract", "weir, 12 rules"):
            rows.append(memory_row(title, name, samples[name]))
        return title, rows, samples

    def diff(self, count=1_000_000):
        folder = self.work / f"diff-{count}"
        file = folder / "tables.duckdb"
        if not file.exists():
            self.fresh(folder.name)
            self.by_hand("diff_duckdb", folder / "part.duckdb", count)
            (folder / "part.duckdb").rename(file)
        url = self.postgres()
        server = url.rsplit("/", 1)[0]
        self.by_hand("diff_postgres", url, count)
        reladiff = self.python.parent / "reladiff"
        sides = {
            "in DuckDB": ([f"{file}#a", f"{file}#b"], [f"duckdb:///{str(file).lstrip('/')}", "a", "b"]),
            "between PostgreSQL databases": (
                [f"{server}/weir_bench_a#a", f"{server}/weir_bench_b#a"],
                [f"{server}/weir_bench_a", "a", f"{server}/weir_bench_b", "a"],
            ),
        }
        contestants = {}
        for place, (ours, theirs) in sides.items():
            contestants[f"weir diff, {place}"] = lambda ours=ours: self.run_weir(
                folder, "diff", *ours, "--key", "id", "--output", "json", accept=(1,)
            )
            contestants[f"reladiff, {place}"] = lambda theirs=theirs: run(
                [self.python, reladiff, *theirs, "-k", "id", "-c", "%", "--json"], cwd="/"
            )
        contestants = {name: task for name, task in contestants.items() if name.split(",")[0] not in self.without}
        samples = interleaved(contestants, self.rounds)
        title = f"Diff of {count:,} rows of 10 columns, 100 of them other"
        rows = []
        for place in sides:
            weir = samples[f"weir diff, {place}"]
            found = json.loads(weir[0].output)
            versions = found["rows"]["added"] + found["rows"]["removed"] + 2 * found["rows"]["changed"]
            moved = found.get("moved")
            if theirs := samples.get(f"reladiff, {place}"):
                told = theirs[0].output.count('["-", ') + theirs[0].output.count('["+", ')
                if told != versions or not versions:
                    sys.exit(f"{place}: weir found {versions} versions of rows that differ, reladiff {told}")
                base = median_seconds(theirs)
                note = f"{moved['rows']:,} of {2 * count:,} rows travelled." if moved else ""
                rows.append(Row(title, f"all columns, {place}", median_seconds(weir), "s", 0.33, base, "reladiff", note))
            if moved:
                rows.append(Row(title, f"bytes moved, {place}", moved["bytes"] / 1e6, "MB", 1))
        return title, rows, samples

    def postgres(self):
        """The address of the test server, which is started where it does not run."""
        if address := os.environ.get("WEIR_TEST_POSTGRES"):
            return address
        services = HERE.parent / "scripts" / "services"
        lines = subprocess.run([services, "start"], check=True, capture_output=True, text=True).stdout.splitlines()
        return next(line.split("=", 1)[1] for line in lines if line.startswith("WEIR_TEST_POSTGRES="))

    def models(self, count=1000):
        project = self.fresh("models")
        (project / "weir.yaml").write_text(
            "weir: 1\nname: small\nwarehouse: { type: duckdb, path: warehouse.duckdb, memory_limit: 1GB }\n"
        )
        folder = project / "models" / "small"
        folder.mkdir(parents=True)
        statements = []
        for number in range(count):
            # Ten layers of a hundred: a graph with real edges, and statements that cost next to nothing.
            query = f"SELECT {number} AS id, 'm' AS name"
            if number >= count // 10:
                query = f"SELECT id + 1 AS id, name FROM small.m{number - count // 10:04}"
            (folder / f"m{number:04}.sql").write_text(query + "\n")
            statements.append(f"CREATE OR REPLACE TABLE small.m{number:04} AS {query}")
        (self.work / "models.txt").write_text("\n".join(statements))

        def clean():
            shutil.rmtree(project / ".weir", ignore_errors=True)
            for file in project.glob("warehouse.duckdb*"):
                file.unlink()

        def bare():
            for file in self.work.glob("bare.duckdb*"):
                file.unlink()
            return self.by_hand("models", self.work / "models.txt", self.work / "bare.duckdb")

        def first(*command):
            clean()
            return self.run_weir(project, *command)

        samples = interleaved(
            {
                "bare statements": bare,
                "weir plan, first": lambda: first("plan"),
                "weir run, first": lambda: first("run"),
                # After the first run, whatever the turn: it prepares its own state.
                "weir run, nothing to do": lambda: (first("run"), self.run_weir(project, "run"))[1],
            },
            self.rounds,
        )
        # The last turn may have been a plan, which leaves nothing behind.
        first("run")
        tables = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'small'"
        self.expect("small tables", count, project / "warehouse.duckdb", tables)
        took = {name: median_seconds(all) for name, all in samples.items()}
        title = f"{count:,} small models"
        overhead = 1000 * (took["weir run, first"] - took["bare statements"]) / count
        rows = [
            Row(title, "first plan", took["weir plan, first"], "s", 2),
            Row(title, "run with nothing to do", took["weir run, nothing to do"], "s", 1),
            Row(title, "overhead a model over the bare statement", overhead, "ms", 5),
            memory_row(title, "weir run, first", samples["weir run, first"]),
        ]
        return title, rows, samples

    def ai(self, calls=100_000, peers=2000, at_once=500):
        """Calls of AI services against the stand-in server, a process of its own."""
        build = self.weir.parent
        for name in ("weir-ai-bench", "weir-standin"):
            if not (build / name).is_file():
                sys.exit(f"{build / name} is missing. Run swift build -c release first.")
        bench, key = build / "weir-ai-bench", "test-key-0123456789"
        litellm = HERE.parent / ".deps" / "venv-litellm" / "bin" / "python"
        if not litellm.is_file() and "LiteLLM" not in self.without:
            sys.exit(f"{litellm} is missing. Run scripts/venv litellm first, or say --without LiteLLM.")
        server = subprocess.Popen([build / "weir-standin"], stdout=subprocess.PIPE, text=True)
        try:
            url = server.stdout.readline().strip()

            def ours(count, many):
                return run([bench, "calls", url, self.fresh("ai"), count, many])

            def theirs(count, many):
                return run([litellm, TOOLS / "with_litellm.py", url, key, count, many])

            contestants = {
                "weir": lambda: ours(peers, at_once),
                "LiteLLM": lambda: theirs(peers, at_once),
                "weir, one at a time": lambda: ours(peers, 1),
                "LiteLLM, one at a time": lambda: theirs(peers // 4, 1),
                "bare HTTP, one at a time": lambda: run([bench, "floor", url, peers]),
            }
            samples = interleaved({n: t for n, t in contestants.items() if n.split(",")[0] not in self.without}, self.rounds)
            long = ours(calls, at_once)
            spent = said(run([bench, "budget", url, self.fresh("ai-budget")]))
        finally:
            server.kill()
            server.wait()
        limits = said(run([bench, "limiter", self.fresh("ai-limiter"), 2000, 20]))
        samples["weir, long"] = [long]
        found = {name: [said(sample) for sample in every] for name, every in samples.items()}
        for each in (one for name, every in found.items() if name.startswith("weir") for one in every):
            if each["recorded"] < each["calls"]:
                sys.exit(f"the ledger knows {each['recorded']} of {each['calls']} calls. The measurement is void.")

        def least(name, value):
            return min(value(one) for one in found[name])

        title = f"Calls of AI services, {at_once} at once"
        flat = found["weir, long"][0]
        each = 1000 * least("weir", lambda one: one["seconds"] / one["calls"])
        rows = [
            Row(title, "time a call, with limits, budget, ledger and cache", each, "ms", 1),
            Row(title, f"memory gained over {calls:,} calls", (flat["memory_after"] - flat["memory_before"]) / 1e6, "MB", 50),
            Row(title, "calls refused by a server with limits", limits["refused"], "calls", 0),
            Row(title, "time against what the limits allow", 1 / limits["share"], "×", 1 / 0.95),
            Row(title, "spent of a budget by 64 workers", 100 * spent["spent"] / spent["limit"], "%", 100),
        ]
        if "LiteLLM" in found:
            peer = 1000 * least("LiteLLM", lambda one: one["seconds"] / one["calls"])
            rows.append(Row(title, "time a call", each, "ms", 0.2, peer, "LiteLLM"))
            crowd = least("weir", lambda one: one["median_ms"])
            peer = least("LiteLLM", lambda one: one["median_ms"])
            rows.append(Row(title, "latency of a call among them", crowd, "ms", 0.2, peer, "LiteLLM"))
            alone = least("weir, one at a time", lambda one: one["median_ms"])
            peer = least("LiteLLM, one at a time", lambda one: one["median_ms"])
            floor = least("bare HTTP, one at a time", lambda one: one["median_ms"])
            # LiteLLM keeps no ledger, no budget and no answers; with all of them on ours must still be the faster one.
            rows.append(Row(title, "latency of a call alone", alone, "ms", 1, peer, "LiteLLM"))
            rows.append(Row(title, "of it added to a bare HTTP request", alone - floor, "ms", 0.2, peer - floor, "LiteLLM"))
        return title, rows, samples

    def tool(self, name):
        """A program of this package that is no product of it."""
        if not (self.weir.parent / name).is_file():
            sys.exit(f"{self.weir.parent / name} is missing. Run swift build -c release first.")
        return self.weir.parent / name

    def embed(self, texts=200_000):
        """Short texts to vectors, with the built-in embedder and with the original that it follows."""
        bench = self.tool("weir-search-bench")
        python = HERE.parent / ".deps" / "venv-wordllama" / "bin" / "python"
        if not python.is_file() and "WordLlama" not in self.without:
            sys.exit(f"{python} is missing. Run scripts/venv wordllama first, or say --without WordLlama.")
        file = self.work / f"texts-{texts}.txt"
        if not file.exists():
            file.write_text("\n".join(short_text(number) for number in range(texts)) + "\n")
        data = HERE.parent / ".deps" / "lib" / "weir" / "embedder"
        contestants = {
            "weir": lambda: run([bench, "embed", file]),
            "WordLlama": lambda: run([python, TOOLS / "with_wordllama.py", data, file]),
        }
        samples = interleaved({n: t for n, t in contestants.items() if n not in self.without}, self.rounds)
        found = {name: [said(sample) for sample in every] for name, every in samples.items()}
        sums = [one["sum"] for every in found.values() for one in every]
        # The same vectors, or the race is about something else.
        if max(sums) - min(sums) > 1e-3 * texts:
            sys.exit(f"the vectors differ: {sums}. The measurement is void.")
        each = {name: 1e6 * min(one["seconds"] / one["texts"] for one in every) for name, every in found.items()}
        title = f"Vectors of {texts:,} short texts"
        # 20,000 a second.
        rows = [Row(title, "time a text, built-in embedder", each["weir"], "µs", 50)]
        if "WordLlama" in each:
            rows.append(Row(title, "time a text", each["weir"], "µs", 1, each["WordLlama"], "WordLlama"))
        return title, rows, samples

    def search(self, vectors=1_000_000, dimensions=384):
        """A graph of vectors against a look at every one: what it finds, and how soon."""
        bench = self.tool("weir-search-bench")
        sample = run([bench, "search", self.fresh("search"), vectors, dimensions])
        one = said(sample)
        shutil.rmtree(self.work / "search", ignore_errors=True)
        title = f"Search of {vectors:,} vectors of {dimensions} numbers"
        rows = [
            Row(title, "neighbours of the first ten that the graph misses", 100 * (1 - one["recall"]), "%", 5),
            Row(title, "median time of a question", one["graph_ms"], "ms", 1, one["exact_ms"], "a look at every vector"),
            Row(title, "making the graph", one["build_s"], "s", 1800),
        ]
        return title, rows, {"weir-search-bench": [sample]}

    def startup(self):
        samples = {"weir --version": [run([self.weir, "--version"]) for _ in range(21)]}
        title = "Start"
        rows = [Row(title, "weir --version", 1000 * median_seconds(samples["weir --version"]), "ms", 30)]
        return title, rows, samples


def short_text(number):
    """A sentence of about a dozen words; no two are alike."""
    words = "order refund parcel late broken friendly service price garden winter train letter garage music water bread".split()
    chosen = [words[(number * 7919 + position * 104729 + number // 16**position) % len(words)] for position in range(10)]
    return f"Ticket {number}: the {' '.join(chosen)}, said customer {number * 31 % 9973}."
