"""Says by other means who wins a retraining decision: LightGBM on the same time bounds.

    python oracle.py decisions.json --data flights-3m.parquet [--out report.json]

`decisions.json` holds the bodies of evidence of kind `comparison`, alone, in a list, or anywhere in what
`tend api GET ...` printed. From each only the time bounds are taken: what the champion and each candidate
were trained on, and which rows were judged. Features, training and the comparison are made here from the
data file alone. Exits with 1 unless each decision's sign is the same here and there, or one of the two 95 %
intervals includes zero; with 2 when there is nothing to compare.
"""

import argparse
import json
import sys

import lightgbm as lgb
import numpy as np
import pandas as pd

MINUTE = 60_000  # ms
HOUR = 60 * MINUTE
DAY = 24 * HOUR
LATE_AFTER_MIN = 15
ROUNDS = 150
EARLY_STOPPING = 20
RESAMPLES = 300
PARAMS = {
    "objective": "binary",
    "metric": "auc",
    "learning_rate": 0.1,
    "num_leaves": 31,
    "min_data_in_leaf": 100,
    "max_bin": 127,
    # 300 airports: with the defaults of categories a model learns the airports of its window by heart, and a
    # frozen one then ranks June's flights at AUC 0.67; so it ranks them at 0.72, as the compared model does.
    "cat_smooth": 100.0,
    "cat_l2": 100.0,
    "min_data_per_group": 2000,
    "max_cat_threshold": 8,
    "verbosity": -1,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
}


def load(path):
    """One row for each flight: times in ms UTC, target, features known at departure."""
    raw = pd.read_parquet(path, columns=["date", "delay", "distance", "origin", "destination"])
    date = raw["date"].to_numpy("datetime64[ms]").astype(np.int64)
    # No arrival time is given: half an hour on the ground, then 7.5 miles a minute.
    landed = date + np.round((30 + raw["distance"].to_numpy(float) / 7.5) * MINUTE).astype(np.int64)
    late = raw["delay"].to_numpy() > LATE_AFTER_MIN
    origin = raw["origin"].astype("category")
    destination = raw["destination"].astype("category")
    airport = origin.cat.codes.to_numpy(np.int64)
    route = airport * len(destination.cat.categories) + destination.cat.codes.to_numpy(np.int64)
    features = pd.DataFrame(
        {
            "minute": (date // MINUTE) % (24 * 60),
            "weekday": (date // DAY + 3) % 7,
            "distance": raw["distance"].to_numpy(float),
            "origin": airport,
            "destination": destination.cat.codes.to_numpy(np.int64),
        }
    )
    for name, group, window in [
        ("airport_3h", airport, 3 * HOUR),
        ("airport_1d", airport, DAY),
        ("airport_7d", airport, 7 * DAY),
        ("route_7d", route, 7 * DAY),
    ]:
        features[name] = late_rate(group, date, landed, late, window)
    return date, landed, late, features


def late_rate(group, date, landed, late, window):
    """Share of late flights among those of the group that landed in (date - window, date]; NaN for none."""
    start = date.min() - window - 1
    span = max(landed.max(), date.max()) - start + 1
    # Group and time in one number, so that one sorted list answers for every group.
    arrivals = group * span + (landed - start)
    order = np.argsort(arrivals, kind="stable")
    arrivals = arrivals[order]
    total = np.concatenate([[0], np.cumsum(late[order])])
    now = group * span + (date - start)
    last = np.searchsorted(arrivals, now, side="right")
    first = np.searchsorted(arrivals, now - window, side="right")
    count = last - first
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 0, (total[last] - total[first]) / count, np.nan)


def train(bounds, data):
    """A model of the rows in [from, validation), stopped early by those in [validation, test)."""
    date, landed, late, features = data
    known = landed <= bounds["to"]
    fit = np.flatnonzero(known & (date >= bounds["from"]) & (date < bounds["validation"]))
    stop = np.flatnonzero(known & (date >= bounds["validation"]) & (date < bounds["test"]))
    categories = ["origin", "destination"]
    fitted = lgb.Dataset(features.iloc[fit], late[fit], categorical_feature=categories)
    stopping = lgb.Dataset(features.iloc[stop], late[stop], reference=fitted)
    quiet = lgb.early_stopping(EARLY_STOPPING, verbose=False)
    return lgb.train(PARAMS, fitted, ROUNDS, valid_sets=[stopping], callbacks=[quiet])


class Ranking:
    """AUC of one score vector under any row weights: sorted once, ties count half (Mann-Whitney)."""

    def __init__(self, score, late):
        self.order = np.argsort(score, kind="stable")
        ranked = score[self.order]
        self.late = late[self.order]
        self.starts = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]]))

    def auc(self, weights):
        weights = weights[self.order]
        late = np.add.reduceat(np.where(self.late, weights, 0.0), self.starts)
        good = np.add.reduceat(np.where(self.late, 0.0, weights), self.starts)
        below = np.cumsum(good) - good
        return float(np.sum(late * (below + good / 2)) / (late.sum() * good.sum()))


def paired(champion, candidate, late):
    """AUC of both and the difference, with its 95 % interval over resampled rows."""
    one, other = Ranking(champion, late), Ranking(candidate, late)
    rows = len(late)
    ones = np.ones(rows)
    random = np.random.default_rng(1)
    differences = []
    for _ in range(RESAMPLES):
        weights = np.bincount(random.integers(0, rows, rows), minlength=rows).astype(float)
        differences.append(other.auc(weights) - one.auc(weights))
    low, high = np.quantile(differences, [0.025, 0.975])
    first, second = one.auc(ones), other.auc(ones)
    return {"champion": first, "candidate": second, "value": second - first, "low": low, "high": high}


def decisions(value):
    """Every comparison in what was read, wherever it stands."""
    if isinstance(value, list):
        for item in value:
            yield from decisions(item)
    elif isinstance(value, dict):
        if all(isinstance(value.get(key), kind) for key, kind in SHAPE.items()):
            yield value
            return
        for item in value.values():
            yield from decisions(item)


SHAPE = {"judged": dict, "champion": dict, "candidates": list}


def agree(here, there):
    """The same sign, or one that does not know."""
    if here["value"] * there["value"] > 0:
        return True
    return any(side["low"] <= 0 <= side["high"] for side in (here, there))


def judge(decision, data, models):
    """One result for each candidate that was compared."""
    date, landed, late, features = data
    judged = decision["judged"]
    rows = np.flatnonzero((date >= judged["from"]) & (date < judged["to"]) & (landed <= judged["to"]))
    scores = {}

    def score(bounds):
        key = tuple(bounds[name] for name in ("from", "validation", "test", "to"))
        if key not in models:
            models[key] = train(bounds, data)
        if key not in scores:
            scores[key] = models[key].predict(features.iloc[rows])
        return scores[key]

    for candidate in decision["candidates"]:
        there = candidate["difference"]
        if candidate["trained"] is None or there["value"] is None:
            continue
        champion = score(decision["champion"]["trained"])
        here = paired(champion, score(candidate["trained"]), late[rows])
        yield {
            "at": judged["to"],
            "window": candidate["window"],
            "rows": len(rows),
            "here": here,
            "there": {name: there[name] for name in ("value", "low", "high")},
            "agrees": agree(here, there),
        }


def winner(side, window):
    if side["low"] <= 0 <= side["high"]:
        return "neither"
    return window if side["value"] > 0 else "the champion"


def show(result):
    day = np.datetime64(result["at"], "ms").astype("datetime64[D]")
    here, there = result["here"], result["there"]
    text = " ".join(
        f"{name} {side['value']:+.4f} [{side['low']:+.4f}, {side['high']:+.4f}] {winner(side, result['window'])};"
        for name, side in (("LightGBM", here), ("decided", there))
    )
    verdict = "agree" if result["agrees"] else "DISAGREE"
    print(f"{day} {result['window']}, {result['rows']:,} rows: {text} {verdict}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("decisions", help="JSON with evidence of kind comparison")
    parser.add_argument("--data", required=True, help="flights-3m.parquet")
    parser.add_argument("--out", help="where to write the results as JSON")
    options = parser.parse_args()
    with open(options.decisions, encoding="utf8") as file:
        found = list(decisions(json.load(file)))
    data, models, results = load(options.data), {}, []
    for decision in found:
        for result in judge(decision, data, models):
            show(result)
            results.append(result)
    if options.out:
        with open(options.out, "w", encoding="utf8") as file:
            json.dump(results, file)
    if not results:
        print("nothing to compare: no decision with bounds and a difference", file=sys.stderr)
        return 2
    return 0 if all(result["agrees"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
