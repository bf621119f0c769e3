"""Labelled time series: what healthy figures of tables look like, and what goes wrong with them.

Made anew from a seed each time, so that the labels are known exactly. No package carries the Numenta benchmark.
Each series has a season (weekday, hour, day of the month, several or none), noise of a kind, sometimes a trend, and
anomalies: spikes, drops, a new level, a slow drift, a load that brings nothing.
"""

import csv
import datetime
import math
import random

START = datetime.datetime(2025, 1, 1)
DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
# Points that every contestant may learn from before anything counts.
QUIET = {"daily": 35, "hourly": 24 * 21}


class Series:
    def __init__(self, name, kind, rhythm):
        self.name, self.kind, self.rhythm = name, kind, rhythm
        self.at, self.value, self.label = [], [], []  # labels: 0 healthy, 1 anomaly, 2 does not count


def noisy(random_, level, kind):
    """A value around a level; sd is the noise's size as a share of the level."""
    name, size = kind
    if name == "normal":
        return max(0.0, random_.gauss(level, size * level))
    if name == "heavy":  # Student's t with 3 degrees of freedom
        t = random_.gauss(0, 1) / math.sqrt(random_.gammavariate(1.5, 1) / 1.5)
        return max(0.0, level + 0.6 * size * level * t)
    if name == "lognormal":
        return level * math.exp(random_.gauss(0, size))
    if name == "poisson":
        if level > 500:
            return max(0.0, float(round(random_.gauss(level, math.sqrt(level)))))
        limit, count, product = math.exp(-level), 0, 1.0
        while True:
            product *= random_.random()
            if product <= limit:
                return float(count)
            count += 1
    if name == "share":
        return min(1.0, max(0.0, random_.gauss(level, size)))
    return level


WEEK = [1.0, 1.05, 1.02, 1.0, 0.95, 0.35, 0.3]


def hour_shape(hour):
    return 0.25 + 0.75 * (1 + math.sin((hour - 9) / 24 * 2 * math.pi)) / 2 + (0.4 if hour in (9, 18) else 0)


def level_at(shape, base, at, position):
    level = base
    if "week" in shape:
        level *= WEEK[at.weekday()]
    if "hour" in shape:
        level *= hour_shape(at.hour)
    if "weekhour" in shape and at.weekday() >= 5:
        level *= 0.4
    if "month" in shape and at.day == 1:
        level *= 2.5
    if "monthend" in shape and (at + DAY).day == 1:
        level *= 3
    if "up" in shape:
        level *= 1 + 1.2 * position
    if "down" in shape:
        level *= 1 - 0.5 * position
    return level


SHAPES = {
    "daily": ["", "week", "week up", "month week", "monthend", "up", "down", "week down"],
    "hourly": ["hour", "hour weekhour", "hour up", ""],
}
NOISES = [("normal", 0.05), ("normal", 0.12), ("heavy", 0.06), ("lognormal", 0.15), ("poisson", 0)]
FAULTS = ["spike", "drop", "half", "nothing", "shift", "drift"]


def faulty(random_, series, fault, sizes):
    """Puts one anomaly somewhere after the quiet beginning; returns False where there is no room for it."""
    quiet = QUIET[series.rhythm]
    length = {"shift": 12, "drift": 20}.get(fault, 1) * (24 if series.rhythm == "hourly" and fault == "shift" else 1)
    for _ in range(50):
        start = random_.randrange(quiet, len(series.value) - length)
        near = range(max(0, start - 8), min(len(series.value), start + length + 8))
        if any(series.label[i] for i in near):
            continue
        spread = sizes[start]
        if fault == "shift":
            factor = random_.choice([1.8, 0.45])
            for i in range(start, len(series.value)):
                series.value[i] *= factor
            for i in range(start, start + length):
                series.label[i] = 1 if i < start + 3 else 2
            return True
        if fault == "drift":
            for step, i in enumerate(range(start, start + length)):
                series.value[i] *= 1 + 0.9 * (step + 1) / length
                series.label[i] = 1 if step >= length // 2 else 2
            for i in range(start + length, min(len(series.value), start + length + 12)):
                series.label[i] = 2
            return True
        if series.kind == "share":
            series.value[start] = min(1.0, series.value[start] + max(0.05, 8 * spread))
        elif fault == "spike":
            series.value[start] += max(8 * spread, 0.8 * series.value[start])
        elif fault == "drop":
            series.value[start] = max(0.0, series.value[start] - max(8 * spread, 0.6 * series.value[start]))
        elif fault == "half":
            series.value[start] *= 0.4
        else:
            series.value[start] = 0.0
        series.label[start] = 1
        return True
    return False


def one(seed, rhythm, shape, noise, faults, missing):
    random_ = random.Random(seed)
    length = 240 if rhythm == "daily" else 24 * 70
    kind = "share" if noise[0] == "share" else "count" if noise[0] == "poisson" else "amount"
    base = {"share": 0.04, "count": random_.choice([4, 40, 900, 20_000])}.get(kind, random_.choice([12, 800, 5e5]))
    if rhythm == "hourly" and kind == "count":
        base = random_.choice([60, 900])
    series = Series(f"{rhythm}-{shape.replace(' ', '_') or 'flat'}-{noise[0]}-{seed}", kind, rhythm)
    step = DAY if rhythm == "daily" else HOUR
    sizes = []
    for i in range(length):
        at = START + i * step
        level = level_at(shape, base, at, i / length)
        series.at.append(at)
        series.value.append(noisy(random_, level, noise))
        series.label.append(0)
        sizes.append(noise[1] if kind == "share" else max(noise[1] * level, math.sqrt(level) if kind == "count" else 0))
    for fault in faults:
        faulty(random_, series, fault, sizes)
    if kind == "count":
        series.value = [float(round(value)) for value in series.value]
    if missing:  # days on which nothing ran
        for i in sorted(random_.sample(range(10, length), length // 25), reverse=True):
            if not series.label[i]:
                del series.at[i], series.value[i], series.label[i]
    return series


def make(seed=20261125):
    random_ = random.Random(seed)
    every = []
    number = 0
    for rhythm, shapes in SHAPES.items():
        for shape in shapes:
            for noise in NOISES:
                if rhythm == "hourly" and noise[0] in ("heavy", "lognormal") and shape == "hour up":
                    continue
                faults = random_.sample(FAULTS, 3) + [random_.choice(["spike", "nothing"])]
                if "up" in shape or "down" in shape:
                    faults = [fault for fault in faults if fault != "drift"]
                every.append(one(seed + number, rhythm, shape, noise, faults, missing=number % 4 == 3))
                number += 1
    for shape in ["", "week"]:  # shares of nulls
        for size in (0.002, 0.008):
            for _ in range(2):
                flat = one(seed + number, "daily", "", ("share", size), ["spike"] * 3, missing=False)
                every.append(flat)
                number += 1
    for _ in range(6):  # nothing ever happens
        every.append(one(seed + number, "daily", random_.choice(SHAPES["daily"]), random_.choice(NOISES), [], False))
        number += 1
    return every


# Seeds for a last look: whoever changes how anomalies are found looks at the series of `make()` only.
HELD_OUT = (7_000_003, 31_337_000, 86_028_121)


def held_out():
    return [series for seed in HELD_OUT for series in make(seed)]


def write(series, path):
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["series", "at", "value", "label"])
        for one_ in series:
            for at, value, label in zip(one_.at, one_.value, one_.label):
                out.writerow([one_.name, at.isoformat(sep=" "), repr(value), label])


# --- the contestants that are known well enough to be written in a few lines ---


def three_sigma(series):
    """Mean ± 3 standard deviations of all points before."""
    alarms, total, squares, count = set(), 0.0, 0.0, 0
    for i, value in enumerate(series.value):
        if count >= 8:
            mean = total / count
            deviation = math.sqrt(max(0.0, squares / count - mean * mean))
            if abs(value - mean) > 3 * deviation:
                alarms.add(i)
        total, squares, count = total + value, squares + value * value, count + 1
    return alarms


def z_score(series):
    """As elementary does by default: buckets of the 14 days before, at least 7 of them, z above 3.

    With its seasonality: the weekday (`day_of_week`) for daily figures, the hour (`hour_of_day`) for hourly ones.
    """
    alarms = set()
    for i, (at, value) in enumerate(zip(series.at, series.value)):
        window = [series.value[j] for j in range(max(0, i - 14 * 24), i) if series.at[j] >= at - 14 * DAY]
        if len(window) >= 7:
            flag(alarms, i, value, window)
    return alarms


def z_score_seasonal(series):
    """The same with its `seasonality`: the last points of the same weekday, or hour, over ten weeks or four."""
    alarms = set()
    slots = {}
    for i, (at, value) in enumerate(zip(series.at, series.value)):
        slot = at.weekday() if series.rhythm == "daily" else at.hour
        window = slots.setdefault(slot, [])
        if len(window) >= 4:
            flag(alarms, i, value, window[-10 if series.rhythm == "daily" else -28 :])
        window.append(value)
    return alarms


def flag(alarms, i, value, window):
    mean = sum(window) / len(window)
    deviation = math.sqrt(sum((x - mean) ** 2 for x in window) / (len(window) - 1))
    if deviation > 0 and abs(value - mean) / deviation > 3:
        alarms.add(i)


# --- the score ---


def events(every):
    """Runs of points that are anomalies, each of which counts once."""
    return sum(
        label == 1 and (i == 0 or series.label[i - 1] != 1) for series in every for i, label in enumerate(series.label))


def score(every, alarms_of):
    """Events found, and alarms on healthy points. Points of the quiet beginning, and those that settle after a change,
    count for nobody."""
    found = events = false = healthy = 0
    for series in every:
        alarms = alarms_of(series)
        start = QUIET[series.rhythm]
        i = 0
        while i < len(series.value):
            if series.label[i] == 1:
                end = i
                while end < len(series.value) and series.label[end] == 1:
                    end += 1
                events += 1
                found += any(j in alarms for j in range(i, end))
                i = end
                continue
            if series.label[i] == 0 and i >= start:
                healthy += 1
                false += i in alarms
            i += 1
    precision = found / (found + false) if found + false else 0.0
    recall = found / events if events else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": precision, "recall": recall, "f1": f1, "false": 1000 * false / healthy, "events": events}
