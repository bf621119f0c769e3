"""The cases: each prepares its data, runs the contestants in turns and returns the promises as rows."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import labelled_series
from measure import Sample, interleaved, median_seconds, peak_bytes, run
from report import Row

HERE = pathlib.Path(__file__).resolve().parent.parent
TOOLS = HERE / "tools"
# What "memory_limit: 1GB" may cost in all: the limit of DuckDB and what lies outside of it.
MEMORY = 1.5e9


class Bench:
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

    # --- the orders ---

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

    def load_by_hand(self):
        folder = self.fresh("by-hand")
        return self.by_hand("load", self.orders_file, folder / "warehouse.duckdb")

    def load_with_dlt(self):
        folder = self.fresh("dlt")
        return run([self.python, TOOLS / "with_dlt.py", self.orders_file, folder])

    def load_with_weir(self, name, contract):
        return self.run_weir(self.project(name, contract), "run")

    def fresh(self, name):
        folder = self.work / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    # --- cases ---

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

    def checks(self):
        self.orders_file = self.orders()
        # The table as it arrived, bad rows included; then a project whose contract it breaks.
        self.load_with_weir("weir-plain", contract=False)
        warehouse = self.work / "weir-plain" / "warehouse.duckdb"
        project = self.project("weir-checks", contract=True)
        settings = project / "weir.yaml"
        settings.write_text(settings.read_text().replace("path: warehouse.duckdb", f"path: {warehouse}"))
        samples = interleaved(
            {
                "one query by hand": lambda: self.by_hand("checks", warehouse),
                "weir test --data": lambda: self.run_weir(project, "test", "--data", accept=(1,)),
            },
            max(self.rounds, 5),
        )
        said = samples["weir test --data"][0].output
        if missing := [column for column in ("order_id", "email", "status", "amount", "sku") if column not in said]:
            sys.exit(f"weir test --data said nothing about {', '.join(missing)}:\n{said}")
        hand, weir = median_seconds(samples["one query by hand"]), median_seconds(samples["weir test --data"])
        title = f"12 checks on the loaded table, {self.rows:,} rows"
        rows = [
            Row(title, "the 12 checks alone", weir, "s", 1.5, hand, "one query by hand"),
            memory_row(title, "weir test --data", samples["weir test --data"]),
        ]
        return title, rows, samples

    def profile(self):
        csv = self.orders()
        parquet = self.work / f"orders-{self.rows}.parquet"
        if not parquet.exists():
            part = parquet.with_suffix(".part")
            self.by_hand("parquet", csv, part)
            part.rename(parquet)
        contestants = {}
        for kind, file in (("CSV", csv), ("Parquet", parquet)):
            contestants[f"SUMMARIZE, {kind}"] = lambda file=file: self.by_hand("summarize", file)
            contestants[f"weir profile, {kind}"] = lambda file=file: self.run_weir(self.work, "profile", file)
        samples = interleaved(contestants, self.rounds)
        title = f"Profile of {self.rows:,} rows of 11 columns"
        rows = []
        for kind in ("CSV", "Parquet"):
            weir = samples[f"weir profile, {kind}"]
            said = weir[0].output
            if missing := [word for word in ("order_id looks like the key", "e-mail", "quantity") if word not in said]:
                sys.exit(f"weir profile said nothing about {', '.join(missing)}:\n{said}")
            hand = median_seconds(samples[f"SUMMARIZE, {kind}"])
            rows.append(Row(title, f"profile of {kind}", median_seconds(weir), "s", 3.0, hand, f"SUMMARIZE, {kind}"))
        return title, rows, samples

    def dependencies(self, count=100_000):
        """All minimal dependencies, exactly: two tables, each as a whole process with reading the file."""
        title = f"Dependencies of {count:,} rows"
        rows, samples = [], {}
        wide = self.work / f"sales-{count}-20.csv"
        if not wide.exists():
            part = wide.with_suffix(".part")
            self.by_hand("generate", HERE / "dependencies.sql", count, part)
            part.rename(wide)
        narrow = self.work / f"sales-{count}-10.csv"
        with open(wide) as source, open(narrow, "w") as target:
            target.writelines(",".join(line.rstrip("\n").split(",")[:10]) + "\n" for line in source)
        for width, file in ((10, narrow), (20, wide)):
            contestants = {
                f"weir profile, {width} columns": lambda: self.run_weir(
                    self.work, "profile", file, "--dependencies", "--output", "json"
                ),
                f"HyFD, {width} columns": lambda: run([self.python, TOOLS / "with_hyfd.py", file]),
            }
            taken = interleaved({n: t for n, t in contestants.items() if "desbordante" not in self.without or "HyFD" not in n}, self.rounds)
            samples.update(taken)
            output = taken[f"weir profile, {width} columns"][0].output
            found = json.loads(output[output.index("{") :])["table"]["dependencies"]
            if found.get("complete_up_to") is not None:
                sys.exit(f"weir profile gave up some dependencies: {found}")
            weir = median_seconds(taken[f"weir profile, {width} columns"])
            peer = taken.get(f"HyFD, {width} columns")
            if peer:
                if int(peer[0].output.split()[-1]) != found["minimal"]:
                    sys.exit(f"HyFD found {peer[0].output.strip()} dependencies, weir {found['minimal']}: one is wrong")
                what = f"profile with all {found['minimal']:,} dependencies of {width} columns"
                rows.append(Row(title, what, weir, "s", 2.0, median_seconds(peer), "HyFD alone"))
        return title, rows, samples

    def meanings(self):
        """What columns mean, in 200 whose meaning is known."""
        folder = self.fresh("meanings")
        run([self.python, TOOLS / "labelled_columns.py", folder])
        sample = self.run_weir(folder, "profile", "columns.csv", "--no-dependencies", "--output", "json")
        columns = json.loads(sample.output[sample.output.index("{") :])["columns"]
        labels = json.loads((folder / "labels.json").read_text())
        found = {column["name"]: meaning_of(column) for column in columns}
        print(f"    {'class':16} {'columns':>7} {'precision':>9} {'recall':>6}")
        for label in sorted(set(labels.values())):
            meant = {name for name in labels if labels[name] == label}
            said = {name for name in found if found[name] == label}
            both = len(meant & said)
            precision, recall = both / len(said) if said else 1, both / len(meant)
            print(f"    {label:16} {len(meant):7} {precision:9.2f} {recall:6.2f}")
        wrong = [name for name in labels if found[name] != labels[name]]
        for name in wrong:
            print(f"    wrong: {name} is {labels[name]}, and taken for {found[name]}")
        title = "Meaning of 200 columns of ten locales"
        cards = [name for name in wrong if found[name] == "card_number"]
        rows = [
            Row(title, "columns taken for something else", 100 * len(wrong) / len(labels), "%", 5),
            Row(title, "columns taken for card numbers that are none", len(cards), "columns", 0),
        ]
        return title, rows, {"weir profile": [sample]}

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

    def drift(self):
        """Anomalies of labelled series: precision, recall and false alarms, beside two plain ways to find them."""
        every = labelled_series.make()
        file = self.work / "series.csv"
        labelled_series.write(every, file)
        samples = interleaved(
            {"weir drift --series": lambda: run([self.weir, "drift", "--series", file, "-o", "json"])}, self.rounds)
        report = json.loads(samples["weir drift --series"][0].output)
        at = {series["name"]: {alarm["at"][:19].replace("T", " ") for alarm in series["alarms"]} for series in report["series"]}
        ours = {series.name: {i for i, time in enumerate(series.at) if str(time) in at[series.name]} for series in every}
        ways = {
            "weir": lambda series: ours[series.name],
            "3 sigma": labelled_series.three_sigma,
            "z-score of 14 days": labelled_series.z_score,
            "z-score by season": labelled_series.z_score_seasonal,
        }
        scores = {name: labelled_series.score(every, way) for name, way in ways.items()}
        print(f"    {'':20} {'precision':>9} {'recall':>7} {'F1':>6} {'false alarms per 1,000':>23}")
        for name, found in scores.items():
            print(
                f"    {name:20} {found['precision']:9.3f} {found['recall']:7.3f} {found['f1']:6.3f} {found['false']:23.2f}")
        weir, plain = scores["weir"], [found for name, found in scores.items() if name != "weir"]
        title = f"Anomalies of {len(every)} labelled series, {weir['events']} events"
        told = "; ".join(
            f"{name}: precision {found['precision']:.2f}, recall {found['recall']:.2f}, F1 {found['f1']:.2f}, "
            f"{found['false']:.1f} false alarms per 1,000 healthy points"
            for name, found in scores.items()
        )
        best = max(found["f1"] for found in plain)
        rows = [
            Row(title, "1 − F1", 1 - weir["f1"], "", 0.6, 1 - best, "the best plain way"),
            Row(title, "false alarms per 1,000 healthy points", weir["false"], "", 0.6, min(found["false"] for found in plain), "the best plain way"),
            Row(title, "events missed", 100 * (1 - weir["recall"]), "%", 20),
            Row(title, "alarms that are none", 100 * (1 - weir["precision"]), "%", 25, note=f"{told}."),
        ]
        return title, rows, samples

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
            alone = least("weir, one at a time", lambda one: one["median_ms"])
            peer = least("LiteLLM, one at a time", lambda one: one["median_ms"])
            rows.append(Row(title, "latency of a call alone", alone, "ms", 0.2, peer, "LiteLLM"))
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

    def mcp(self, calls=1_000, many=50_000):
        """A tool called over standard input and output, as coding agents do."""
        folder = self.fresh("mcp")
        self.run_weir(folder, "init")
        self.run_weir(folder, "run")

        def once():
            sample = run([sys.executable, TOOLS / "mcp_calls.py", self.weir, folder, calls, "--many", many])
            sample.seconds = said(sample)["seconds"]
            return sample

        samples = interleaved({"weir": once}, self.rounds)
        found = [said(sample) for sample in samples["weir"]]
        title = f"{calls:,} calls of the tool schema over MCP"
        gained = min(one["memory_after"] - one["memory_before"] for one in found) / 1e6
        rows = [
            # 2,000 a second.
            Row(title, "time a call", 1000 * min(one["seconds"] for one in found) / calls, "ms", 0.5),
            Row(title, f"memory gained over {many:,} calls more", gained, "MB", 10),
        ]
        return title, rows, samples

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


def said(sample):
    """The JSON object that a contestant printed last."""
    return json.loads(sample.output.strip().splitlines()[-1])


def meaning_of(column):
    """What a profile takes a column for; a type that the file's reader found says it as well."""
    if column.get("meaning"):
        return column["meaning"]["kind"]
    if column.get("times"):
        return "date" if column["times"]["granularity"] in ("year", "month", "day") else "timestamp"
    types = {
        "BIGINT": "integer", "HUGEINT": "integer", "DOUBLE": "decimal", "BOOLEAN": "boolean", "TIME": "time",
        "UUID": "uuid", "JSON": "json",
    }  # fmt: skip
    return types.get(column["type"], "none")


def memory_row(title, name, samples: list[Sample]):
    return Row(title, f"peak memory of {name}", peak_bytes(samples) / 1e6, "MB", MEMORY / 1e6)
