// needs: python, older-mlflow
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type MlflowServer, runClient, startMlflowServer } from './run-client.ts';

/** Runs of known values, for searches. */
const TEN_RUNS = `
experiment = client.create_experiment("searched " + mlflow.__version__, tags={"team": "a"})
runs = []
for i in range(10):
    tags = {"odd": str(i % 2 == 1)}
    run = client.create_run(experiment, start_time=1000 + i, run_name=f"run-{i}", tags=tags)
    client.log_metric(run.info.run_id, "acc", i / 10, step=1)
    if i % 2: client.log_metric(run.info.run_id, "loss", float("nan") if i == 9 else i)
    client.log_param(run.info.run_id, "lr", f"0.{i}")
    client.log_param(run.info.run_id, "Kind", "Tree" if i < 5 else "linear_100%")
    if i < 3: client.set_terminated(run.info.run_id, end_time=2000 + i)
    runs.append(run.info.run_id)
def names(**asked):
    return [run.info.run_name[4:] for run in client.search_runs([experiment], **asked)]
`;

const FLUENT = `
mlflow.set_experiment("fluent " + mlflow.__version__)
with mlflow.start_run(run_name="outer", tags={"x": "1"}) as outer:
    mlflow.log_param("lr", 0.1)
    mlflow.log_params({"a": 1, "b": "é"})
    for step in range(3): mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_metrics({"inf": float("inf"), "nan": float("nan")})
    mlflow.set_tags({"team": "a", "long": "y" * 9000})
    mlflow.log_text("hello", "notes/a.txt")
    mlflow.log_dict({"a": 1}, "b.json")
    with mlflow.start_run(nested=True, run_name="inner") as inner: mlflow.log_metric("loss", 5)
try:
    with mlflow.start_run(run_name="broken"): raise ValueError("x")
except ValueError: pass
run = client.get_run(outer.info.run_id)
history = [(m.step, m.value) for m in client.get_metric_history(outer.info.run_id, "loss")]
print(json.dumps({
    "status": [run.info.status, client.get_run(mlflow.last_active_run().info.run_id).info.status],
    "name": run.info.run_name, "params": run.data.params, "inf": run.data.metrics["inf"],
    "nan": math.isnan(run.data.metrics["nan"]), "history": history, "long": len(run.data.tags["long"]),
    "parent": client.get_run(inner.info.run_id).data.tags["mlflow.parentRunId"] == outer.info.run_id,
    "files": sorted(f.path for f in client.list_artifacts(outer.info.run_id)),
    "notes": [(f.path, f.file_size) for f in client.list_artifacts(outer.info.run_id, "notes")],
    "text": mlflow.artifacts.load_text(run.info.artifact_uri + "/notes/a.txt"),
    "children": len(mlflow.search_runs(filter_string=f"tags.mlflow.parentRunId = '{outer.info.run_id}'")),
}))
`;

const AUTOLOG = `
import sklearn.linear_model, sklearn.datasets
X, y = sklearn.datasets.load_iris(return_X_y=True, as_frame=True)
mlflow.set_experiment("autolog " + mlflow.__version__)
mlflow.sklearn.autolog()
with mlflow.start_run() as run:
    sklearn.linear_model.LogisticRegression(max_iter=200).fit(X, y)
mlflow.sklearn.autolog(disable=True)
done = client.get_run(run.info.run_id)
model = mlflow.search_logged_models([done.info.experiment_id], output_format="list")[0]
loaded = mlflow.sklearn.load_model(f"models:/{model.model_id}")
answer = {
    "params": len(done.data.params), "metrics": len(done.data.metrics), "status": str(model.status),
    "context": done.inputs.dataset_inputs[0].tags[0].value,
    "predicted": [int(p) for p in loaded.predict(X[:2])],
    "output": done.outputs.model_outputs[0].model_id == model.model_id,
}
`;

const BOOSTED = `
import numpy as np, lightgbm, xgboost
mlflow.set_experiment("boosted")
random = np.random.default_rng(1)
X = random.random((200, 3)); y = (X[:, 0] > 0.5).astype(int)
mlflow.lightgbm.autolog(); mlflow.xgboost.autolog()
found = {}
with mlflow.start_run() as run:
    data = lightgbm.Dataset(X, y)
    lightgbm.train({"objective": "binary", "verbose": -1}, data, 5, valid_sets=[data])
found["lightgbm"] = len(client.get_metric_history(run.info.run_id, "training-binary_logloss"))
with mlflow.start_run() as run:
    data = xgboost.DMatrix(X, y)
    xgboost.train({"objective": "binary:logistic"}, data, 5, evals=[(data, "train")], verbose_eval=False)
found["xgboost"] = len(client.get_metric_history(run.info.run_id, "train-logloss"))
print(json.dumps(found))
`;

describe('the official client', () => {
  let mlflow: MlflowServer;
  before(async () => {
    mlflow = await startMlflowServer();
  });
  after(() => mlflow[Symbol.asyncDispose]());

  for (const venv of ['newest', 'older'] as const) {
    it(`tracks nested runs, metrics, params, tags and artifacts (${venv})`, async () => {
      const seen = await runClient(mlflow.url, FLUENT, { venv });
      assert.deepEqual(seen.status, ['FINISHED', 'FAILED']);
      assert.deepEqual([seen.name, seen.params], ['outer', { lr: '0.1', a: '1', b: 'é' }]);
      assert.deepEqual([seen.inf, seen.nan, seen.long], [Number.MAX_VALUE, true, 8_000]);
      assert.deepEqual(
        seen.history,
        [0, 1, 2].map((step) => [step, 1 / (step + 1)]),
      );
      assert.deepEqual([seen.parent, seen.children], [true, 1]);
      assert.deepEqual([seen.files, seen.notes], [['b.json', 'notes'], [['notes/a.txt', 5]]]);
      assert.equal(seen.text, 'hello');
    });

    it(`logs and loads a model by autolog (${venv})`, async () => {
      const seen = await runClient(mlflow.url, `${AUTOLOG}print(json.dumps(answer))`, { venv });
      assert.ok(seen.params >= 10 && seen.metrics >= 5, JSON.stringify(seen));
      assert.match(seen.status, /READY/);
      assert.deepEqual([seen.context, seen.predicted, seen.output], ['train', [0, 0], true]);
    });
  }

  it('autologs LightGBM and XGBoost', async () => {
    assert.deepEqual(await runClient(mlflow.url, BOOSTED), { lightgbm: 5, xgboost: 5 });
  });

  it('searches with every operator', async () => {
    const filters: Readonly<Record<string, string>> = {
      'metrics.acc > 0.65': '987',
      'metrics.acc >= 0.7': '987',
      'metrics.acc = 0.3': '3',
      'metrics.acc != 0.3': '987654210',
      'metrics.acc < 0.2 and metric.acc <= 0.1': '10',
      'metrics.loss > 0': '7531',
      "params.lr = '0.4'": '4',
      "params.lr != '0.4'": '987653210',
      "params.Kind LIKE 'Tr%'": '43210',
      "params.Kind LIKE 'tr%'": '',
      "params.Kind ILIKE 'tr%'": '43210',
      "params.Kind LIKE 'linear\\_100%'": '',
      "params.Kind LIKE 'linear_100_'": '98765',
      "tags.odd = 'True' AND params.`Kind` = 'Tree'": '31',
      "tags.`mlflow.runName` = 'run-7'": '7',
      "attributes.run_name IN ('run-1', 'run-2')": '21',
      "attributes.run_name NOT IN ('run-1', 'run-2')": '98765430',
      "run_name LIKE 'run-_'": '9876543210',
      "status = 'FINISHED'": '210',
      "attributes.status != 'FINISHED'": '9876543',
      'attributes.start_time > 1007': '98',
      'end_time >= 2001': '21',
      "tags.odd = 'it''s'": '',
      "params.lr = '0.4'' or 1=1 --'": '',
    };
    const orders: Readonly<Record<string, string>> = {
      'metrics.acc DESC': '9876543210',
      'metrics.acc ASC': '0123456789',
      'metrics.loss DESC': '7531986420',
      'metrics.loss ASC': '1357986420',
      'params.lr ASC': '0123456789',
      'attributes.start_time ASC': '0123456789',
      'end_time ASC': '0129876543',
      'tags.odd ASC': '8642097531',
      'run_name DESC': '9876543210',
    };
    const seen = await runClient(
      mlflow.url,
      `${TEN_RUNS}
filters = json.loads(r'''${JSON.stringify(Object.keys(filters)).replaceAll("'''", '')}''')
orders = json.loads(r'''${JSON.stringify(Object.keys(orders))}''')
def paged(order):
    found, token = [], None
    while True:
        page = client.search_runs([experiment], order_by=[order], max_results=3, page_token=token)
        found += [run.info.run_name[4:] for run in page]
        token = page.token
        if not token: return "".join(found)
print(json.dumps({
    "filters": {f: "".join(names(filter_string=f)) for f in filters},
    "orders": {o: "".join(names(order_by=[o])) for o in orders},
    "paged": {o: paged(o) for o in orders},
    "two": "".join(names(order_by=["tags.odd DESC", "metrics.acc ASC"])),
    "experiments": [
        e.name
        for e in client.search_experiments(filter_string="tags.team = 'a' and name LIKE 'searched%'")
    ],
}))`,
    );
    assert.deepEqual(seen.filters, filters);
    assert.deepEqual(seen.orders, orders);
    assert.deepEqual(seen.paged, orders);
    assert.equal(seen.two, '1357902468');
    assert.equal(seen.experiments.length, 1);
  });

  it('logs batches, deletes and restores', async () => {
    const seen = await runClient(
      mlflow.url,
      `
from mlflow.entities import Metric, Param, RunTag
experiment = client.create_experiment("kept")
run = client.create_run(experiment).info.run_id
points = [Metric("m", i * 0.5, 1000 + i, i) for i in range(1000)]
for _ in range(2): client.log_batch(run, metrics=points)
params = [Param(f"p{i}", str(i)) for i in range(100)]
client.log_batch(run, params=params, tags=[RunTag(f"t{i}", "v") for i in range(50)])
def refused(call):
    try: call()
    except MlflowException as error: return [error.error_code, str(error)]
new = [Metric("new", 1, 1, 1)]
changed = refused(lambda: client.log_batch(run, metrics=new, params=[Param("p0", "other")]))
client.log_param(run, "p0", "0")
client.delete_tag(run, "t0")
client.delete_run(run); client.delete_run(run)
answer = {
    "history": len(client.get_metric_history(run, "m")), "changed": changed,
    "gone": len(client.search_runs([experiment])), "deleted": client.get_run(run).info.lifecycle_stage,
    "write": refused(lambda: client.log_metric(run, "m", 1)),
}
client.restore_run(run)
data = client.get_run(run).data
answer["data"] = [len(data.params), len([t for t in data.tags if t[0] == "t"]), data.metrics]
client.delete_experiment(experiment)
answer["with experiment"] = [client.get_run(run).info.lifecycle_stage, len(client.search_runs([experiment]))]
answer["again"] = refused(lambda: client.create_experiment("kept"))
client.restore_experiment(experiment)
client.rename_experiment(experiment, "kept longer")
answer["restored"] = [client.get_run(run).info.lifecycle_stage, client.get_experiment(experiment).name]
answer["unknown"] = refused(lambda: client.get_experiment("9999"))
answer["tag"] = refused(lambda: client.delete_tag(run, "t0"))
print(json.dumps(answer))`,
    );
    assert.deepEqual([seen.history, seen.gone, seen.deleted], [1_000, 0, 'deleted']);
    assert.equal(seen.changed[0], 'INVALID_PARAMETER_VALUE');
    assert.match(seen.changed[1], /Changing param values is not allowed. Param with key='p0' was already/);
    assert.match(seen.write[1], /must be in the 'active' state. Current state is deleted/);
    assert.deepEqual(seen.data, [100, 49, { m: 499.5 }], 'a refused batch leaves nothing');
    assert.deepEqual(seen['with experiment'], ['deleted', 0]);
    assert.deepEqual(seen.again, ['RESOURCE_ALREADY_EXISTS', seen.again[1]]);
    assert.match(seen.again[1], /Experiment\(name=kept\) already exists\./);
    assert.deepEqual(seen.restored, ['active', 'kept longer']);
    assert.match(seen.unknown[1], /No Experiment with id=9999 exists/);
    assert.equal(seen.tag[0], 'RESOURCE_DOES_NOT_EXIST');
  });
});
