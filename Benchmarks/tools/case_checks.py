"""Checks of a loaded table beside those of its peers, and its split into rows that pass and rows that do not."""

import sys

import rules
from measure import interleaved, median_seconds, run
from report import Row
from workshop import TOOLS, Workshop, environment, memory_row, said

# Who checks the same table: its name, its environment, its script, whether it is so slow that one round does.
PEERS = {
    "Soda Core": ("soda", "with_soda.py", False),
    "dbt": ("dbt", "with_dbt.py", False),
    "pointblank": ("peers", "with_pointblank.py", False),
    "pandera": ("peers", "with_pandera.py", False),
    "cuallee": ("peers", "with_cuallee.py", False),
    "Great Expectations": ("gx", "with_great_expectations.py", True),
}
# These keep what they were told in a folder.
WITH_FOLDER = {"Soda Core", "dbt"}


class Checking(Workshop):
    def checks(self):
        warehouse = self.loaded()
        project = self.project("weir-checks", contract=True)
        self.share(project, warehouse)
        samples = interleaved(
            {
                "one query by hand": lambda: self.by_hand("checks", warehouse),
                "weir test --data": lambda: self.run_weir(project, "test", "--data", accept=(1,)),
            },
            max(self.rounds, 5),
        )
        told = samples["weir test --data"][0].output
        if missing := [column for column in ("order_id", "email", "status", "amount", "sku") if column not in told]:
            sys.exit(f"weir test --data said nothing about {', '.join(missing)}:\n{told}")
        hand, weir = median_seconds(samples["one query by hand"]), median_seconds(samples["weir test --data"])
        title = f"12 checks on the loaded table, {self.rows:,} rows"
        rows = [
            Row(title, "the 12 checks alone", weir, "s", 1.3, hand, "one query by hand"),
            memory_row(title, "weir test --data", samples["weir test --data"]),
        ]
        expected = counted_by_hand(samples["one query by hand"][0])
        for slow in (False, True):
            contestants = {
                name: lambda name=name: self.peer(name, warehouse)
                for name, (_, _, is_slow) in PEERS.items() if is_slow == slow and name not in self.without
            }  # fmt: skip
            if contestants:
                samples |= interleaved(contestants, 1 if slow else self.rounds)
        for name in PEERS:
            if name in samples:
                note = judged(name, said(samples[name][-1]), expected)
                rows.append(Row(title, "the 12 checks alone", weir, "s", 1.0, median_seconds(samples[name]), name, note))
        return title, rows, samples

    def loaded(self):
        """The table as it arrived, bad rows included."""
        self.orders_file = self.orders()
        self.load_with_weir("weir-plain", contract=False)
        return self.work / "weir-plain" / "warehouse.duckdb"

    def share(self, project, warehouse):
        settings = project / "weir.yaml"
        settings.write_text(settings.read_text().replace("path: warehouse.duckdb", f"path: {warehouse}"))

    def peer(self, name, warehouse):
        venv, script, _ = PEERS[name]
        folder = []
        if name in WITH_FOLDER:
            folder = [self.work / f"peer-{venv}"]
            folder[0].mkdir(exist_ok=True)
        return run([environment(venv), TOOLS / script, warehouse, *folder], cwd=self.work)

    def quarantine(self):
        """A table of the warehouse becomes two: rows that keep the contract, and rows that do not, with every reason."""
        warehouse = self.loaded()
        project = self.project("weir-split", contract=True)
        self.share(project, warehouse)
        contract, source = project / "contracts" / "orders.yaml", project / "sources" / "orders.yaml"
        contract.write_text(contract.read_text().replace("physicalName: raw.orders", "physicalName: mart.orders"))
        lines = source.read_text().splitlines()
        source.write_text("\n".join(line for line in lines if not line.startswith(("contract:", "on_fail:"))) + "\n")
        model = project / "models" / "mart" / "orders.sql"
        model.parent.mkdir(parents=True)
        model.write_text(
            "/* weir\nwhy: orders that keep their contract\nstrategy: table\ncontract: contracts/orders.yaml\n"
            "on_fail: quarantine\n*/\nSELECT * FROM raw.orders\n")
        # The first build of each is not measured: all later ones take the place of a table that is there.
        self.run_weir(project, "run")
        self.by_hand("split", warehouse)
        samples = interleaved(
            {
                "split by hand": lambda: self.by_hand("split", warehouse),
                "weir run": lambda: self.run_weir(project, "run", "mart.orders", "--full-refresh"),
            },
            max(self.rounds, 3),
        )
        count = "SELECT count(*) FROM "
        for ours, theirs in (("mart.orders", "mart.by_hand"), ("weir_quarantine.mart__orders", "mart.by_hand_bad")):
            found = int(self.by_hand("count", warehouse, count + theirs).output.split()[0])
            self.expect(f"rows of {ours}", found, warehouse, count + ours)
        same = " JOIN mart.by_hand_bad h USING (note) WHERE list_sort(w._weir_reasons) <> list_sort(h.reasons)"
        self.expect("reasons that differ", 0, warehouse, count + "weir_quarantine.mart__orders w" + same)
        hand, weir = median_seconds(samples["split by hand"]), median_seconds(samples["weir run"])
        title = f"Split of the loaded table by 12 rules, {self.rows:,} rows"
        rows = [
            Row(title, "rows that pass and rows that do not, with reasons", weir, "s", 1.3, hand, "split by hand",
                f"{found:,} rows of {self.rows:,} break a rule."),
            memory_row(title, "weir run", samples["weir run"]),
        ]  # fmt: skip
        return title, rows, samples


def counted_by_hand(sample):
    """The violations of each rule, as the query by hand counted them."""
    total, *broken = numbers(sample.output)
    return dict(zip(map(rules.name, rules.RULES), [*broken, int(total == 0)]))


def numbers(output):
    first = output.strip().splitlines()[0]
    return [int(number) for number in first.strip("()").split(",")]


def judged(name, found, expected):
    """What a peer could say and count; one that sees nothing where rows are bad has not done the work."""
    counts = found["counts"]
    if blind := [rule for rule, count in counts.items() if bool(count) != bool(expected[rule])]:
        sys.exit(f"{name} is wrong about {', '.join(blind)}: {counts}, by hand {expected}. The measurement is void.")
    other = [f"{count:,} for {rule} ({expected[rule]:,} by hand)" for rule, count in counts.items() if count != expected[rule]]
    left = [rule for rule in expected if rule not in counts]
    return (
        f"{found['version']}: {len(counts)} of 12 rules" + (f", without {', '.join(left)}" if left else "")
        + (f"; counts {', '.join(other)}" if other else "") + "."
    )  # fmt: skip
