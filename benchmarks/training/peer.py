"""The Python side of the training benchmark: data, LightGBM, and the AUC of either's predictions.

peer.py prepare DATASET DIR [FLIGHTS]   writes x.bin (float32, by column), y.bin (float64), shape.json
peer.py train DIR                       trains LightGBM on one thread, writes lightgbm.bin, prints its figures
peer.py score DIR                       prints the AUC of each *.bin of predictions as one JSON line
"""
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np


def prepare(name, folder, flights=None):
    features, target, names = synthetic() if name == 'synthetic' else flight_delays(flights)
    test = len(target) // 6
    features.T.astype(np.float32).copy().tofile(folder / 'x.bin')
    target.astype(np.float64).tofile(folder / 'y.bin')
    shape = dict(train=len(target) - test, test=test, names=names)
    (folder / 'shape.json').write_text(json.dumps(shape))


def synthetic():
    from sklearn.datasets import make_classification

    features, target = make_classification(
        n_samples=120_000, n_features=20, n_informative=10, n_redundant=5, n_clusters_per_class=4,
        class_sep=0.8, flip_y=0.05, random_state=7)
    return features, target, [f'x{i}' for i in range(20)]


def flight_delays(path):
    """Later than 15 minutes? Every second of three million flights, the last sixth in time held out.

    The day of the year is left out: the held-out days are unseen, and what a tree makes of them is chance.
    """
    import pandas

    flights = pandas.read_parquet(path).sort_values('date', kind='stable').iloc[::2]
    when = flights['date'].dt
    columns = dict(
        hour=when.hour, minute=when.hour * 60 + when.minute, weekday=when.dayofweek,
        distance=flights['distance'],
        origin=flights['origin'].astype('category').cat.codes,
        destination=flights['destination'].astype('category').cat.codes)
    features = np.stack([np.asarray(column, dtype=np.float32) for column in columns.values()], axis=1)
    return features, np.asarray(flights['delay'] > 15), list(columns)


def load(folder):
    shape = json.loads((folder / 'shape.json').read_text())
    features = np.fromfile(folder / 'x.bin', np.float32).reshape(len(shape['names']), -1).T.copy()
    return features, np.fromfile(folder / 'y.bin'), shape['train']


def peak_bytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def train(folder):
    import lightgbm

    features, target, rows = load(folder)
    before = peak_bytes()
    wall, cpu = time.perf_counter(), time.process_time()
    params = dict(
        objective='binary', num_leaves=31, learning_rate=0.1, min_data_in_leaf=20, num_threads=1, verbose=-1)
    model = lightgbm.train(params, lightgbm.Dataset(features[:rows], target[:rows]), 100)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = peak_bytes()
    model.predict(features[rows:], raw_score=True).tofile(folder / 'lightgbm.bin')
    print(json.dumps(dict(
        version=f'LightGBM {lightgbm.__version__}', wallSeconds=wall, cpuSeconds=cpu,
        workingBytes=peak - before)))


def score(folder):
    from sklearn.metrics import roc_auc_score

    _, target, rows = load(folder)
    print(json.dumps({name: roc_auc_score(target[rows:], np.fromfile(folder / f'{name}.bin'))
                      for name in ('tend', 'lightgbm')}))


COMMANDS = dict(prepare=lambda name, folder, *rest: prepare(name, Path(folder), *rest),
                train=lambda folder: train(Path(folder)), score=lambda folder: score(Path(folder)))
COMMANDS[sys.argv[1]](*sys.argv[2:])
