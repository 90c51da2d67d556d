// needs: python
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type MlflowServer, runClient, startMlflowServer } from './run-client.ts';

const EVALUATE = `
import matplotlib; matplotlib.use("Agg")
import numpy as np, pandas
from sklearn.linear_model import LogisticRegression, LinearRegression
mlflow.set_experiment("evaluated")
random = np.random.default_rng(1)
X = pandas.DataFrame(random.random((200, 3)), columns=["a", "b", "c"])
kind = (X["a"] + 0.1 * random.random(200) > 0.5).astype(int); value = X["a"] * 2 + X["b"]
known = {"classifier": (LogisticRegression(), kind), "regressor": (LinearRegression(), value)}
for name in [os.environ["EVALUATED"]]:
    model, target = known[name]
    with mlflow.start_run(run_name=name) as parent:
        info = mlflow.sklearn.log_model(model.fit(X, target), name=name, pip_requirements=["scikit-learn"])
        with mlflow.start_run(run_name="evaluation", nested=True) as child:
            data = mlflow.data.from_pandas(X.assign(y=target), targets="y", name="held out")
            result = mlflow.models.evaluate(info.model_uri, data, model_type=name)
    done = client.get_run(child.info.run_id)
    files, folders = [], [""]
    while folders:
        for file in client.list_artifacts(done.info.run_id, folders.pop()):
            (folders if file.is_dir else files).append(file.path)
    of_model = client.get_logged_model(info.model_id).metrics
    answer = {
        "metrics": all(done.data.metrics[key] == float(value) for key, value in result.metrics.items()),
        "count": len(result.metrics), "files": sorted(files),
        "dataset": [one.dataset.name for one in done.inputs.dataset_inputs],
        "parent": done.data.tags["mlflow.parentRunId"] == parent.info.run_id,
        "of model": len({metric.key for metric in of_model}) >= len(result.metrics),
        "measured on": sorted({metric.dataset_name for metric in of_model if metric.dataset_name}),
        "artifacts": sorted(result.artifacts),
    }
print(json.dumps(answer))`;

/** 64 threads write to one run and to runs of their own, all below one parent. */
const WRITERS = `
from concurrent.futures import ThreadPoolExecutor
from mlflow.entities import Metric, Param, RunTag
experiment = client.create_experiment("crowded")
shared = client.create_run(experiment).info.run_id
def work(n):
    tags = {"mlflow.parentRunId": shared}
    own = client.create_run(experiment, run_name=f"own-{n}", tags=tags).info.run_id
    for step in range(10):
        client.log_metric(shared, "shared", n, timestamp=1000 + step, step=step * 64 + n)
        client.log_metric(own, "own", step, step=step)
    client.log_batch(shared, metrics=[Metric(f"m{n}", step, step, step) for step in range(100)],
        params=[Param(f"p{n}", str(n))], tags=[RunTag(f"t{n}", "x"), RunTag("last", str(n))])
    client.log_text(own, f"text {n}", "folder/text.txt")
    client.set_terminated(own)
    return own
with ThreadPoolExecutor(64) as pool: runs = list(pool.map(work, range(64)))
def text(run):
    return mlflow.artifacts.load_text(client.get_run(run).info.artifact_uri + "/folder/text.txt")
data = client.get_run(shared).data
children = client.search_runs([experiment], f"tags.\`mlflow.parentRunId\` = '{shared}'")
print(json.dumps({
    "shared": len(client.get_metric_history(shared, "shared")), "latest": data.metrics["shared"],
    "batches": sum(len(client.get_metric_history(shared, f"m{n}")) for n in range(64)),
    "params": len(data.params), "tags": len([tag for tag in data.tags if tag[0] == "t"]),
    "own": sum(len(client.get_metric_history(run, "own")) for run in runs),
    "texts": [text(run) for run in runs] == [f"text {n}" for n in range(64)],
    "children": len(children), "ended": all(run.info.status == "FINISHED" for run in children),
}))`;

describe('evaluation by the official client', () => {
  let mlflow: MlflowServer;
  before(async () => {
    mlflow = await startMlflowServer();
  });
  after(() => mlflow[Symbol.asyncDispose]());

  for (const [name, count, file] of [
    ['classifier', 9, 'confusion_matrix.png'],
    ['regressor', 7, undefined],
  ] as const) {
    it(`measures a logged ${name} in a nested run, with files`, async () => {
      const seen = await runClient(mlflow.url, EVALUATE, { env: { EVALUATED: name } });
      assert.deepEqual([seen.metrics, seen.parent, seen['of model']], [true, true, true]);
      assert.ok(seen.count >= count, String(seen.count));
      assert.deepEqual([seen.dataset, seen['measured on']], [['held out'], ['held out']]);
      if (file !== undefined) assert.ok(seen.files.includes(file), JSON.stringify(seen.files));
      assert.ok(seen.files.length >= seen.artifacts.length);
    });
  }

  it('loses nothing that 64 threads write at once', async () => {
    const seen = await runClient(mlflow.url, WRITERS);
    assert.deepEqual(seen, {
      shared: 640,
      latest: 63,
      batches: 6_400,
      params: 64,
      tags: 64,
      own: 640,
      texts: true,
      children: 64,
      ended: true,
    });
  });
});
