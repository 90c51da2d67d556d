// needs: python, older-mlflow
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type MlflowServer, runClient, startMlflowServer } from './run-client.ts';

const PASSWORD = 'correct horse battery';

/** Signs in, and offers every file of more than 1,000 bytes in parts of 1,000. */
const PARTS = {
  MLFLOW_TRACKING_USERNAME: 'root',
  MLFLOW_TRACKING_PASSWORD: PASSWORD,
  MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD: 'true',
  MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE: '1000',
  MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE: '1000',
};

const UPLOADS = `
import requests
parts, put = [], requests.put
def counted(url, **rest):
    answer = put(url, **rest)
    parts.append([answer.status_code, "authorization" in {name.lower() for name in rest["headers"]}])
    return answer
requests.put = counted
run = client.create_run("0").info
text = "".join(str(i) for i in range(10_000))
client.log_text(run.run_id, text, "folder/parts.txt")
client.log_text(run.run_id, text, "at the root.txt")
def read(name): return mlflow.artifacts.load_text(f"{run.artifact_uri}/{name}")
same = [read(name) == text for name in ["folder/parts.txt", "at the root.txt"]]
def broken(url, **rest):
    if url.endswith("/7"): raise OSError("the line is down")
    return put(url, **rest)
requests.put = broken
try: client.log_text(run.run_id, text, "never.txt"); failed = False
except MlflowException as error: failed = "Failed to upload at least one part" in str(error)
names = sorted(file.path for file in client.list_artifacts(run.run_id))
print(json.dumps({"same": same, "parts": parts, "failed": failed, "names": names}))`;

describe('files of the official client', () => {
  let mlflow: MlflowServer;
  before(async () => {
    mlflow = await startMlflowServer({ TEND_ADMIN_USER: 'root', TEND_ADMIN_PASSWORD: PASSWORD });
  });
  after(() => mlflow[Symbol.asyncDispose]());

  for (const venv of ['newest', 'older'] as const) {
    it(`come in parts without credentials, and leave nothing where one fails (${venv})`, async () => {
      const seen = await runClient(mlflow.url, UPLOADS, { venv, env: PARTS });
      assert.deepEqual(seen.same, [true, true]);
      assert.deepEqual(
        seen.parts,
        Array.from({ length: 2 * 39 }, () => [200, false]),
      );
      assert.equal(seen.failed, true);
      assert.deepEqual(seen.names, ['at the root.txt', 'folder']);
    });
  }
});
