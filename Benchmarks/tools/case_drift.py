"""Drift: what is found in labelled series, and what watching a table costs its run."""

import datetime
import json
import sys

import labelled_series
from measure import interleaved, median_seconds, run
from report import Row
from workshop import Workshop

PLAIN = {
    "3 sigma": labelled_series.three_sigma,
    "z-score of 14 days": labelled_series.z_score,
    "z-score by season": labelled_series.z_score_seasonal,
}


class Drifting(Workshop):
    def drift(self):
        """Anomalies of labelled series: precision, recall and false alarms, beside plain ways to find them."""
        every = labelled_series.make()
        samples = interleaved({"weir drift --series": lambda: self.alarms(every, "series")}, self.rounds)
        title = f"Anomalies of {len(every)} labelled series, {labelled_series.events(every)} events"
        rows = self.scored(title, every, samples["weir drift --series"][0], "")
        # Nobody looked at these while the ways to find anomalies were made.
        held_out = labelled_series.held_out()
        samples |= interleaved({"weir drift --series, held out": lambda: self.alarms(held_out, "series-held-out")}, 1)
        what = f", {len(held_out)} held-out series"
        rows += self.scored(title, held_out, samples["weir drift --series, held out"][0], what)
        return title, rows, samples

    def alarms(self, every, name):
        file = self.work / f"{name}.csv"
        labelled_series.write(every, file)
        return run([self.weir, "drift", "--series", file, "-o", "json"])

    def scored(self, title, every, sample, where):
        report = json.loads(sample.output)
        at = {series["name"]: {alarm["at"][:19].replace("T", " ") for alarm in series["alarms"]} for series in report["series"]}
        ours = {series.name: {i for i, time in enumerate(series.at) if str(time) in at[series.name]} for series in every}
        scores = {"weir": labelled_series.score(every, lambda series: ours[series.name])}
        scores |= {name: labelled_series.score(every, way) for name, way in PLAIN.items()}
        print(f"    {'':20} {'precision':>9} {'recall':>7} {'F1':>6} {'false alarms per 1,000':>23}{where}")
        for name, found in scores.items():
            print(
                f"    {name:20} {found['precision']:9.3f} {found['recall']:7.3f} {found['f1']:6.3f} {found['false']:23.2f}")
        weir, plain = scores["weir"], [found for name, found in scores.items() if name != "weir"]
        told = "; ".join(
            f"{name}: precision {found['precision']:.2f}, recall {found['recall']:.2f}, F1 {found['f1']:.2f}, "
            f"{found['false']:.1f} false alarms per 1,000 healthy points"
            for name, found in scores.items()
        )
        best, fewest = max(found["f1"] for found in plain), min(found["false"] for found in plain)
        note = f"{told} ({weir['events']} events{where})."
        return [
            Row(title, f"1 − F1{where}", 1 - weir["f1"], "", 0.6, 1 - best, "the best plain way"),
            Row(title, f"false alarms per 1,000 healthy points{where}", weir["false"], "", 0.6, fewest, "the best plain way"),
            Row(title, f"events missed{where}", 100 * (1 - weir["recall"]), "%", 20),
            Row(title, f"alarms that are none{where}", 100 * (1 - weir["precision"]), "%", 25, note=note),
        ]

    def monitor(self, days=9):
        """What it costs a load to measure what it brings, keep that, and hold it against the loads of nine days before."""
        self.orders_file = self.orders()
        contestants = {}
        for name, watches in (("weir run", False), ("weir run, watching", True)):
            project = self.project(f"weir-monitor-{watches}", contract=True)
            if watches:
                source = project / "sources" / "orders.yaml"
                source.write_text(source.read_text() + "monitor: true\n")
            day = day_after_day()
            for _ in range(days if watches else 1):
                self.run_weir(project, "run", "--full-refresh", "--now", next(day))
            contestants[name] = lambda project=project, day=day: self.run_weir(
                project, "run", "--full-refresh", "--now", next(day))
        samples = interleaved(contestants, max(self.rounds, 3))
        series = self.run_weir(project, "drift", "raw.orders", "-o", "json").output
        if "null_share" not in series or '"learning"' in series:
            sys.exit(f"weir drift has no band for what the loads brought:\n{series}")
        title = f"Watching a load of {self.rows:,} rows"
        plain, watching = (median_seconds(samples[name]) for name in ("weir run", "weir run, watching"))
        note = f"{watching - plain:.2f} s more for the figures of 11 columns, their history and their bands."
        return title, [Row(title, "load with 12 rules, watched", watching, "s", 1.25, plain, "not watched", note)], samples


def day_after_day():
    """Times to run at: one a day, as a load that comes every morning, and not so old that they no longer count."""
    day = datetime.date.today() - datetime.timedelta(days=60)
    while True:
        yield f"{day}T06:00:00Z"
        day += datetime.timedelta(days=1)
