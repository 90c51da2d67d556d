import assert from 'node:assert/strict';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { readRouting } from '../../serve/routing.ts';
import { routingFile } from '../../serve/routing-file.ts';
import { publishRouting } from './publish-routing.ts';
import { liveBed } from './rollout-testbed.ts';

test('the snapshot says what the records say, and publishing it again does not touch the file', async () => {
  const { bed } = await liveBed();
  await using _ = bed;
  const file = routingFile(bed.state.stateDir);
  const written = statSync(file, { bigint: true }).mtimeNs;
  const snapshot = await publishRouting(bed.context);
  assert.deepEqual(await readRouting(bed.state.stateDir), snapshot);
  assert.equal(statSync(file, { bigint: true }).mtimeNs, written);
});

test('a file that a kill kept from being written, or that is torn, is brought up to date', async () => {
  const { bed } = await liveBed();
  await using _ = bed;
  const file = routingFile(bed.state.stateDir);
  const text = readFileSync(file, 'utf8');
  rmSync(file);
  await publishRouting(bed.context);
  assert.equal(readFileSync(file, 'utf8'), text);
});

test('publishing many times at once leaves the last records in the file', async () => {
  const { bed, two } = await liveBed();
  await using _ = bed;
  const published = Array.from({ length: 20 }, () => publishRouting(bed.context));
  await bed.run(await bed.start(2, two));
  await Promise.all(published);
  const snapshot = await readRouting(bed.state.stateDir);
  assert.deepEqual(snapshot?.endpoints[0]?.routes.map(({ version, role }) => `${role} ${version}`).sort(), [
    'stable 2',
    'warm 1',
  ]);
});
