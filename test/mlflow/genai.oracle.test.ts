// needs: python
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type MlflowServer, runClient, startMlflowServer } from './run-client.ts';

const DATASETS = `
from mlflow.genai.datasets import (create_dataset, get_dataset, search_datasets, delete_dataset,
    set_dataset_tags, delete_dataset_tag, add_dataset_to_experiments, remove_dataset_from_experiments)
import pandas
first = mlflow.create_experiment("asked"); second = mlflow.create_experiment("asked again")
dataset = create_dataset(name="questions", experiment_id=first, tags={"team": "a"})
dataset.merge_records([
    {"inputs": {"question": "What?", "id": 12345678901234567890}, "expectations": {"answer": "That."}},
    {"inputs": {"question": "Who?"}, "expectations": {"answer": "She."}, "tags": {"kind": "person"}},
])
dataset.merge_records(pandas.DataFrame([
    {"inputs": {"question": "Who?"}, "expectations": {"certain": True}},
    {"inputs": {"question": "Why?"}, "expectations": {"answer": None}},
]))
again = get_dataset(dataset_id=dataset.dataset_id)
frame = again.to_df()
answer = {
    "id": dataset.dataset_id[:2], "questions": [one["question"] for one in frame["inputs"]],
    "exact": frame["inputs"][0]["id"] == 12345678901234567890,
    "expected": list(frame["expectations"]), "kind": frame["tags"][1].get("kind"),
    "source": [str(one.source_type if hasattr(one, "source_type") else one) for one in frame["source"]],
    "schema": json.loads(again.schema)["inputs"], "profile": json.loads(again.profile),
    "changed": again.digest != dataset.digest, "experiments": again.experiment_ids == [first],
}
set_dataset_tags(dataset_id=dataset.dataset_id, tags={"team": "b", "new": "x"})
delete_dataset_tag(dataset_id=dataset.dataset_id, key="new")
add_dataset_to_experiments(dataset_id=dataset.dataset_id, experiment_ids=[second])
remove_dataset_from_experiments(dataset_id=dataset.dataset_id, experiment_ids=[first])
found = search_datasets(experiment_ids=[second], filter_string="name LIKE 'quest%' AND tags.team = 'b'")
answer["found"] = [
    [one.name, one.tags.get("team"), one.tags.get("new"), one.experiment_ids == [second]] for one in found
]
answer["elsewhere"] = len(search_datasets(experiment_ids=[first]))
answer["deleted"] = again.delete_records([frame["dataset_record_id"][0]])
answer["left"] = len(get_dataset(dataset_id=dataset.dataset_id).to_df())
big = create_dataset(name="big", experiment_id=first)
big.merge_records([{"inputs": {"n": n}} for n in range(2500)])
inputs = get_dataset(dataset_id=big.dataset_id).to_df()["inputs"]
answer["big"] = [one["n"] for one in inputs] == list(range(2500))
delete_dataset(dataset_id=dataset.dataset_id)
try: get_dataset(dataset_id=dataset.dataset_id)
except MlflowException as error: answer["gone"] = error.error_code
print(json.dumps(answer))`;

const SCORERS = `
from mlflow.genai.scorers import scorer, get_scorer, list_scorers, delete_scorer
from mlflow.genai.scorers.registry import list_scorer_versions
experiment = mlflow.create_experiment("scored"); mlflow.set_experiment("scored")
import textwrap, tempfile, importlib.util
source = textwrap.dedent('''
from mlflow.genai.scorers import scorer
@scorer
def length(outputs) -> int:
    return len(outputs)
''')
path = os.path.join(tempfile.mkdtemp(), "made.py")
open(path, "w").write(source)
spec = importlib.util.spec_from_file_location("made", path); made = importlib.util.module_from_spec(spec)
spec.loader.exec_module(made)
from mlflow.genai.scorers import Guidelines
Guidelines(name="polite", guidelines="Be polite.", model="openai:/none").register()
first = made.length.register(name="length"); second = made.length.register(name="length")
answer = {
    "listed": [one.name for one in list_scorers(experiment_id=experiment)],
    "versions": [version for _, version in list_scorer_versions(name="length", experiment_id=experiment)],
    "got": get_scorer(name="length", experiment_id=experiment)(outputs="four"),
    "judge": get_scorer(name="polite", experiment_id=experiment).guidelines,
}
delete_scorer(name="length", experiment_id=experiment, version=1)
answer["after"] = [version for _, version in list_scorer_versions(name="length", experiment_id=experiment)]
delete_scorer(name="length", experiment_id=experiment, version="all")
try: get_scorer(name="length", experiment_id=experiment)
except MlflowException as error: answer["gone"] = error.error_code
print(json.dumps(answer))`;

describe('evaluation data of the official client', () => {
  let mlflow: MlflowServer;
  before(async () => {
    mlflow = await startMlflowServer();
  });
  after(() => mlflow[Symbol.asyncDispose]());

  it('is made, merged, read as a table, found, associated and deleted', async () => {
    const seen = await runClient(mlflow.url, DATASETS);
    assert.deepEqual(seen.questions, ['What?', 'Who?', 'Why?']);
    assert.deepEqual([seen.id, seen.exact, seen.kind, seen.changed], ['d-', true, 'person', true]);
    assert.deepEqual(seen.expected, [
      { answer: 'That.' },
      { answer: 'She.', certain: true },
      { answer: null },
    ]);
    assert.deepEqual(
      [seen.schema, seen.profile],
      [{ question: 'string', id: 'integer' }, { num_records: 3 }],
    );
    assert.equal(seen.experiments, true);
    assert.deepEqual([seen.found, seen.elsewhere], [[['questions', 'b', null, true]], 0]);
    assert.deepEqual([seen.deleted, seen.left, seen.big], [1, 2, true]);
    assert.equal(seen.gone, 'RESOURCE_DOES_NOT_EXIST');
  });

  it('is scored by scorers that are registered, listed and deleted by version', async () => {
    const seen = await runClient(mlflow.url, SCORERS, {
      env: { MLFLOW_SERVER_ENABLE_CUSTOM_SCORERS: 'true' },
    });
    assert.deepEqual(seen, {
      listed: ['length', 'polite'],
      versions: [1, 2],
      got: 4,
      judge: 'Be polite.',
      after: [2],
      gone: 'RESOURCE_DOES_NOT_EXIST',
    });
  });
});
