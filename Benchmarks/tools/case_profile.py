"""Profiles: their time and memory, the dependencies between columns, and what columns mean."""

import json
import sys

from measure import interleaved, median_seconds, peak_bytes, run
from report import Row
from workshop import TOOLS, Workshop, environment


# More rows than this are measured for their memory.
MANY = 10_000_000


class Profiling(Workshop):
    def profile(self):
        title = f"Profile of {self.rows:,} rows of 11 columns"
        parquet = self.work / f"orders-{self.rows}.parquet"
        if not parquet.exists():
            part = parquet.with_suffix(".part")
            self.by_hand("parquet", self.orders(), part)
            part.rename(parquet)
        if self.rows > MANY:
            return self.profile_of_many(title, parquet)
        csv = self.orders()
        contestants = {}
        for kind, file in (("CSV", csv), ("Parquet", parquet)):
            contestants[f"SUMMARIZE, {kind}"] = lambda file=file: self.by_hand("summarize", file)
            contestants[f"weir profile, {kind}"] = lambda file=file: self.run_weir(self.work, "profile", file)
        samples = interleaved(contestants, self.rounds)
        if "ydata-profiling" not in self.without:  # a minute and more: one round
            page = self.work / "ydata.html"
            script = [environment("ydata"), TOOLS / "with_ydata.py", parquet, page]
            samples |= interleaved({"ydata-profiling, Parquet": lambda: run(script, cwd=self.work)}, 1)
            if "quantity" not in page.read_text():
                sys.exit(f"ydata-profiling left {page} without the columns. The measurement is void.")
        rows = []
        for kind in ("CSV", "Parquet"):
            weir = expect_findings(samples[f"weir profile, {kind}"])
            hand = median_seconds(samples[f"SUMMARIZE, {kind}"])
            rows.append(Row(title, f"profile of {kind}", median_seconds(weir), "s", 3.0, hand, f"SUMMARIZE, {kind}"))
        if peer := samples.get("ydata-profiling, Parquet"):
            note = f"{peer[0].output.strip().splitlines()[-1]} in its minimal mode, one round."
            rows += [
                Row(title, "profile of Parquet", median_seconds(weir), "s", 0.1, median_seconds(peer), "ydata-profiling", note),
                Row(title, "memory of it", peak_bytes(weir) / 1e6, "MB", 0.1, peak_bytes(peer) / 1e6, "ydata-profiling"),
            ]
        return title, rows, samples

    def profile_of_many(self, title, parquet):
        """More rows than a peer has memory for: whether a limit is kept."""
        name = "weir profile --memory-limit 1GB, Parquet"
        contestants = {
            "SUMMARIZE, Parquet": lambda: self.by_hand("summarize", parquet),
            name: lambda: self.run_weir(self.work, "profile", parquet, "--memory-limit", "1GB"),
        }
        samples = interleaved(contestants, self.rounds)
        weir, hand = expect_findings(samples[name]), samples["SUMMARIZE, Parquet"]
        rows = [
            Row(title, "profile of Parquet", median_seconds(weir), "s", 3.0, median_seconds(hand), "SUMMARIZE, Parquet"),
            Row(title, "peak memory of weir profile --memory-limit 1GB", peak_bytes(weir) / 1e6, "MB", 2000),
        ]
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


def expect_findings(samples):
    said = samples[0].output
    if missing := [word for word in ("order_id looks like the key", "e-mail", "quantity") if word not in said]:
        sys.exit(f"weir profile said nothing about {', '.join(missing)}:\n{said}")
    return samples


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
