// needs: python, older-mlflow
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type MlflowServer, runClient, startMlflowServer } from './run-client.ts';

/** Logs a model by a flavor, registers it, and loads it back by an alias. */
const LOAD_BACK = `
import numpy as np
from mlflow.models import infer_signature
random = np.random.default_rng(1)
X = random.random((200, 3)); y = (X[:, 0] > 0.5).astype(int)
mlflow.set_experiment("load back")
def round_trip(name, flavor, model, predict):
    with mlflow.start_run():
        flavor.log_model(model, name="model", registered_model_name=name, signature=infer_signature(X, y))
    client.set_registered_model_alias(name, "champion", "1")
    loaded = mlflow.pyfunc.load_model(f"models:/{name}@champion")
    again = mlflow.pyfunc.load_model(f"models:/{name}/1")
    mlflow.pyfunc.load_model(f"models:/{name}/latest")
    same = np.allclose(loaded.predict(X), predict(X)) and np.allclose(again.predict(X), predict(X))
    version = client.get_model_version_by_alias(name, "champion")
    tag = client.get_logged_model(version.source.split("/")[-1]).tags.get("mlflow.modelVersions", "")
    return [bool(same), version.version, version.status, version.run_id is not None, name in tag]
found = {}
import sklearn.linear_model
model = sklearn.linear_model.LogisticRegression().fit(X, y)
found["sklearn"] = round_trip("by-sklearn", mlflow.sklearn, model, model.predict)
import lightgbm
booster = lightgbm.train({"objective": "binary", "verbose": -1}, lightgbm.Dataset(X, y), 5)
found["lightgbm"] = round_trip("by-lightgbm", mlflow.lightgbm, booster, booster.predict)
import xgboost
trees = xgboost.XGBClassifier(n_estimators=5).fit(X, y)
found["xgboost"] = round_trip("by-xgboost", mlflow.xgboost, trees, trees.predict)
print(json.dumps(found))
`;

/** The registry by its client. */
const REGISTRY = `
name = "registry " + mlflow.__version__
client.create_registered_model(name, tags={"team": "a"}, description="d")
try: client.create_registered_model(name)
except MlflowException as e: taken = e.error_code
run = client.create_run("0")
client.log_text(run.info.run_id, "flavors: {}", "model/MLmodel")
for i in range(3):
    client.create_model_version(name, f"runs:/{run.info.run_id}/model", run.info.run_id, tags={"i": str(i)})
client.update_registered_model(name, "new"); client.update_model_version(name, "1", "first")
client.set_registered_model_tag(name, "k", "v"); client.delete_registered_model_tag(name, "team")
client.set_model_version_tag(name, "1", "k", "v"); client.delete_model_version_tag(name, "1", "i")
client.set_registered_model_alias(name, "best", "2"); client.set_registered_model_alias(name, "best", "3")
client.set_registered_model_alias(name, "old", "1"); client.delete_registered_model_alias(name, "old")
client.transition_model_version_stage(name, "1", "Staging")
client.transition_model_version_stage(name, "2", "Production")
client.transition_model_version_stage(name, "3", "Production", archive_existing_versions=True)
model = client.get_registered_model(name)
first = client.get_model_version(name, "1")
def code(work):
    try: work()
    except MlflowException as e: return e.error_code
# The client adds its own note of where the files came from.
def files(uri): return [f for f in os.listdir(mlflow.artifacts.download_artifacts(uri)) if f == "MLmodel"]
mine = f"name = '{name}'"
answer = {
    "taken": taken, "description": [model.description, first.description], "tags": [model.tags, first.tags],
    "aliases": model.aliases, "latest": [[v.version, v.current_stage] for v in model.latest_versions],
    "by stage": [v.version for v in client.get_latest_versions(name, ["Production"])],
    "uri": client.get_model_version_download_uri(name, "1") == run.info.artifact_uri + "/model",
    "files": files(f"models:/{name}/3"),
    "found": [v.version for v in client.search_model_versions(mine, order_by=["version_number ASC"])],
    "by run": len(client.search_model_versions(f"run_id = '{run.info.run_id}'")),
    "models": [m.name == name for m in client.search_registered_models(f"name = '{name}'")],
    "missing": [code(lambda: client.get_registered_model("none")),
        code(lambda: client.get_model_version(name, "9")),
        code(lambda: client.get_model_version_by_alias(name, "none"))],
    "bad": [code(lambda: client.create_registered_model("a/b")),
        code(lambda: client.create_model_version(name, "/etc")),
        code(lambda: client.set_registered_model_alias(name, "v1", "1"))],
}
copied = client.copy_model_version(f"models:/{name}@best", name + " copy")
answer["copied"] = [copied.version, files(f"models:/{name} copy/1")]
client.delete_model_version(name, "3")
left = client.get_registered_model(name).aliases
answer["after"] = [left, client.create_model_version(name, "s3://x/y").version]
client.rename_registered_model(name, name + " renamed")
client.delete_registered_model(name + " renamed")
answer["gone"] = code(lambda: client.get_registered_model(name + " renamed"))
print(json.dumps(answer))
`;

const PROMPTS = `
import mlflow.genai
newer = tuple(map(int, mlflow.__version__.split(".")[:2])) > (3, 6)
name = "prompt-" + mlflow.__version__.replace(".", "-")
tags = {"team": "a"}
one = mlflow.genai.register_prompt(name=name, template="Hello {{x}}", commit_message="one", tags=tags)
chat = [{"role": "user", "content": "Hi {{x}}"}]
two = mlflow.genai.register_prompt(name=name, template=chat)
mlflow.genai.set_prompt_alias(name, "production", 1)
client.set_prompt_version_tag(name, "1", "k", "v")
loaded = mlflow.genai.load_prompt(f"prompts:/{name}@production")
found = mlflow.genai.search_prompts(filter_string=f"name = '{name}'")
client.create_registered_model("no prompt " + name)
# Newer clients remember prompts, and the older one takes a missing alias for an error.
def missing(uri):
    if newer: return mlflow.genai.load_prompt(uri, allow_missing=True, cache_ttl_seconds=0)
    return None if "@" in uri else mlflow.genai.load_prompt(uri, allow_missing=True)
answer = {
    "versions": [one.version, two.version], "formatted": loaded.format(x="you"),
    "second": mlflow.genai.load_prompt(name, version=2).format(x="you"),
    "missing": mlflow.genai.load_prompt("prompts:/none/1", allow_missing=True),
    "alias": missing(f"prompts:/{name}@none"),
    "found": [p.name == name for p in found], "tags": client.get_prompt_version(name, "1").tags,
    "models": name in [m.name for m in client.search_registered_models()],
    "prompts": [p.name for p in client.search_prompts() if p.name.startswith("no prompt")],
}
mlflow.genai.delete_prompt_alias(name, "production")
client.delete_prompt_version(name, "1"); client.delete_prompt_version(name, "2"); client.delete_prompt(name)
answer["gone"] = missing(f"prompts:/{name}/2")
print(json.dumps(answer))
`;

/** Webhooks by their client, with a receiver that checks signatures as MLflow's page says. */
const WEBHOOKS = `
import base64, hashlib, hmac, http.server, threading, time
got = []
class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        got.append((self.headers, self.rfile.read(int(self.headers["Content-Length"])).decode()))
        self.send_response(200); self.end_headers()
    def log_message(self, *args): pass
receiver = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=receiver.serve_forever, daemon=True).start()
from mlflow.entities.webhook import WebhookEvent
events = [WebhookEvent("registered_model", "created"), WebhookEvent("model_version_alias", "created")]
url = f"http://127.0.0.1:{receiver.server_port}/hook"
hook = client.create_webhook(name="hook", url=url, events=events, secret="s3cret", description="d")
def valid(headers, body):
    said = f"{headers['X-MLflow-Delivery-Id']}.{headers['X-MLflow-Timestamp']}.{body}"
    code = base64.b64encode(hmac.new(b"s3cret", said.encode(), hashlib.sha256).digest()).decode()
    return headers["X-MLflow-Signature"] == "v1," + code
tested = client.test_webhook(hook.webhook_id)
name = "hooked " + mlflow.__version__
client.create_registered_model(name)
client.create_model_version(name, "s3://x/y")
client.set_registered_model_alias(name, "a", "1")
for _ in range(600):
    if len(got) >= 3: break
    time.sleep(0.1)
bodies = [json.loads(body) for _, body in got]
changed = client.update_webhook(hook.webhook_id, status="DISABLED", name="other")
listed = [h.name for h in client.list_webhooks()]
client.delete_webhook(hook.webhook_id)
def code(work):
    try: work()
    except MlflowException as e: return e.error_code
print(json.dumps({
    "tested": [tested.success, tested.response_status], "valid": [valid(h, b) for h, b in got],
    "sent": [f"{b['entity']}.{b['action']}" for b in bodies],
    "named": [b["data"]["name"] == name for b in bodies],
    "changed": [str(changed.status), changed.name, changed.description, changed.secret], "listed": listed,
    "gone": code(lambda: client.get_webhook(hook.webhook_id)),
    "left": len(client.list_webhooks()),
    "inside": code(lambda: client.create_webhook("x", "http://169.254.169.254/", events)),
}))
`;

describe('the official clients find a registry', () => {
  let server: MlflowServer;
  before(async () => {
    server = await startMlflowServer({ TEND_EGRESS_ALLOW: '127.0.0.1/32' });
  });
  after(() => server[Symbol.asyncDispose]());

  for (const venv of ['newest', 'older'] as const) {
    it(`which does all that it knows (${venv})`, async () => {
      const answer = await runClient(server.url, REGISTRY, { venv });
      assert.deepEqual(answer, {
        taken: 'RESOURCE_ALREADY_EXISTS',
        description: ['new', 'first'],
        tags: [{ k: 'v' }, { k: 'v' }],
        aliases: { best: '3' },
        latest: [
          ['1', 'Staging'],
          ['2', 'Archived'],
          ['3', 'Production'],
        ],
        'by stage': ['3'],
        uri: true,
        files: ['MLmodel'],
        found: ['1', '2', '3'],
        'by run': 3,
        models: [true],
        missing: ['RESOURCE_DOES_NOT_EXIST', 'RESOURCE_DOES_NOT_EXIST', 'INVALID_PARAMETER_VALUE'],
        bad: ['INVALID_PARAMETER_VALUE', 'INVALID_PARAMETER_VALUE', 'INVALID_PARAMETER_VALUE'],
        copied: ['1', ['MLmodel']],
        after: [{}, '4'],
        gone: 'RESOURCE_DOES_NOT_EXIST',
      });
    });

    it(`that tells receivers what happens, signed as they expect it (${venv})`, async () => {
      assert.deepEqual(await runClient(server.url, WEBHOOKS, { venv }), {
        tested: [true, 200],
        valid: [true, true, true],
        sent: ['registered_model.created', 'registered_model.created', 'model_version_alias.created'],
        named: [false, true, true],
        changed: ['DISABLED', 'other', 'd', null],
        listed: ['other'],
        gone: 'RESOURCE_DOES_NOT_EXIST',
        left: 0,
        inside: 'INVALID_PARAMETER_VALUE',
      });
    });

    it(`in which prompts are kept and found (${venv})`, async () => {
      assert.deepEqual(await runClient(server.url, PROMPTS, { venv }), {
        versions: [1, 2],
        formatted: 'Hello you',
        second: [{ role: 'user', content: 'Hi you' }],
        missing: null,
        alias: null,
        found: [true],
        tags: { team: 'a', k: 'v' },
        models: false,
        prompts: [],
        gone: null,
      });
    });
  }

  it('from which logged models of scikit-learn, LightGBM and XGBoost are loaded back by alias', async () => {
    const each = [true, '1', 'READY', true, true];
    assert.deepEqual(await runClient(server.url, LOAD_BACK), {
      sklearn: each,
      lightgbm: each,
      xgboost: each,
    });
  });
});
