import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listEvidence } from '../../../store/evidence.ts';
import { acknowledgeIncident, resolveIncident } from './decide-incident.ts';
import { incidentOf } from './incident.ts';
import { findIncident, listIncidents } from './incident-store.ts';
import {
  ADA,
  DAY,
  finding,
  HOUR,
  type IncidentBed,
  incidentBed,
  PROJECT,
  START,
} from './incident-testbed.ts';
import { settleFindings } from './settle-findings.ts';
import { webhookIncident } from './webhook-incident.ts';

const settle = (bed: IncidentBed, ...findings: Parameters<typeof settleFindings>[2]) =>
  settleFindings(bed.ctx, PROJECT, findings);

test('a cause that is found opens an incident with owner and evidence; one that holds does not', async () => {
  await using bed = await incidentBed();
  const { opened, open } = await settle(
    bed,
    finding(),
    finding({ cause: 'drift', title: 'drift of two features' }),
    finding({ cause: 'requests', holds: true }),
  );
  assert.deepEqual(
    opened.map(({ cause, state, owner, seen, openedAt }) => [cause, state, owner, seen, openedAt]),
    [
      ['criterion:still-good', 'open', PROJECT.owner, 1, START + HOUR],
      ['drift', 'open', PROJECT.owner, 1, START + HOUR],
    ],
  );
  assert.equal(open.length, 2);
  const [evidence] = await listEvidence(bed.db, opened[0]?.evidence ?? []);
  assert.deepEqual([evidence?.stage, evidence?.verdict], ['monitoring', 'fail']);
  assert.deepEqual(await bed.ledger(), ['incident.opened', 'incident.opened']);
  assert.deepEqual(await bed.events(), ['monitoring.incident.opened', 'monitoring.incident.opened']);
});

test('found again it is counted, with evidence once a day, and no second event', async () => {
  await using bed = await incidentBed();
  await settle(bed, finding());
  for (let hour = 2; hour <= 50; hour++) await settle(bed, finding({ at: START + hour * HOUR }));
  const [incident] = (await listIncidents(bed.db, { limit: 10 })).items;
  assert.deepEqual([incident?.seen, incident?.lastAt, incident?.evidence.length], [50, START + 50 * HOUR, 3]);
  assert.deepEqual(await bed.events(), ['monitoring.incident.opened']);
});

test('a monitor that holds again closes it, with that window as the proof', async () => {
  await using bed = await incidentBed();
  const { opened } = await settle(bed, finding());
  await acknowledgeIncident(bed.ctx, opened[0]?.id ?? '');
  const proof = {
    kind: 'live-criterion',
    subject: 'a'.repeat(64),
    verdict: 'pass' as const,
    title: 'p',
    body: {},
  };
  const holds = finding({
    holds: true,
    at: START + DAY,
    title: 'roc_auc 0.68, at least 0.66',
    evidence: [proof],
  });
  const { closed, open } = await settle(bed, holds);
  assert.deepEqual(
    [closed.length, closed[0]?.state, closed[0]?.resolvedBy, closed[0]?.resolution, open.length],
    [1, 'resolved', 'system', 'roc_auc 0.68, at least 0.66', 0],
  );
  const stored = incidentOf(await findIncident(bed.db, closed[0]?.id ?? ''));
  assert.deepEqual(stored, { ...closed[0], acknowledgedBy: ADA.id });
  const evidence = await listEvidence(bed.db, stored.evidence);
  assert.deepEqual(
    evidence.map(({ kind, verdict }) => [kind, verdict]),
    [
      ['finding', 'fail'],
      ['live-criterion', 'pass'],
    ],
  );
  assert.deepEqual(await bed.ledger(), ['incident.opened', 'incident.acknowledged', 'incident.closed']);
});

test('windows that are looked at again, after a kill, count once and open nothing that closed', async () => {
  await using bed = await incidentBed();
  const windows = [
    finding(),
    finding({ at: START + 2 * HOUR }),
    finding({ at: START + 3 * HOUR, holds: true }),
  ];
  await settle(bed, ...windows);
  const before = [await listIncidents(bed.db, { limit: 10 }), await bed.ledger(), await bed.events()];
  for (let from = 0; from < windows.length; from++) await settle(bed, ...windows.slice(from));
  assert.deepEqual(
    [await listIncidents(bed.db, { limit: 10 }), await bed.ledger(), await bed.events()],
    before,
  );
  const { opened } = await settle(bed, finding({ at: START + 4 * HOUR }));
  assert.equal(opened.length, 1, 'a later one is another incident');
});

test('of monitors that look at once, one opens the incident and the others are counted on it', async () => {
  await using bed = await incidentBed();
  const same = await Promise.all(
    [1, 2, 3, 4].map((hour) => settle(bed, finding({ at: START + hour * HOUR }))),
  );
  assert.equal(same.flatMap(({ opened }) => opened).length, 1);
  assert.equal((await listIncidents(bed.db, { limit: 10 })).items.length, 1);
});

test('what was set aside stays an incident until a person resolves it', async () => {
  await using bed = await incidentBed();
  const cause = 'quality:flights:delay';
  const { opened } = await settle(bed, finding({ cause }));
  const { closed, open } = await settle(bed, finding({ cause, holds: true, at: START + DAY }));
  assert.deepEqual([closed.length, open.length], [0, 1]);
  const id = opened[0]?.id ?? '';
  await bed.moveTo(START + 2 * DAY);
  const resolved = await resolveIncident(bed.ctx, { id, resolution: 'The source was repaired.' });
  assert.deepEqual(
    [resolved.state, resolved.resolvedBy, resolved.resolvedAt, resolved.resolution],
    ['resolved', ADA.id, START + 2 * DAY, 'The source was repaired.'],
  );
  const [, decision] = await listEvidence(bed.db, resolved.evidence);
  assert.deepEqual([decision?.kind, decision?.verdict], ['resolution', 'info']);
  await assert.rejects(resolveIncident(bed.ctx, { id, resolution: 'again' }), { code: 'CONFLICT' });
  await assert.rejects(acknowledgeIncident(bed.ctx, id), { code: 'CONFLICT' });
  await assert.rejects(acknowledgeIncident(bed.ctx, 'inc_0'), { code: 'NOT_FOUND' });
});

test('incidents are listed by project and state, page by page', async () => {
  await using bed = await incidentBed();
  for (let n = 0; n < 5; n++) {
    bed.time.advance(1);
    await settle(bed, finding({ cause: `monitor:m${n}` }));
  }
  await settle(bed, finding({ cause: 'monitor:m0', holds: true, at: START + DAY }));
  const first = await listIncidents(bed.db, { limit: 3, state: 'open', project: PROJECT.name });
  const cursor = first.next ?? '';
  const second = await listIncidents(bed.db, { limit: 3, state: 'open', cursor });
  assert.deepEqual(
    [...first.items, ...second.items].map(({ cause }) => cause),
    ['monitor:m4', 'monitor:m3', 'monitor:m2', 'monitor:m1'],
  );
  assert.equal(second.next, undefined);
  assert.deepEqual((await listIncidents(bed.db, { limit: 3, project: 'other' })).items, []);
});

test('a receiver that was given up is one incident, which closes when it takes a delivery', async () => {
  await using bed = await incidentBed();
  const report = { webhook: 'whk_1', project: PROJECT.name, origin: 'https://hooks.example', answers: false };
  await webhookIncident(bed.ctx, { ...report, reason: 'it answered 503' });
  await webhookIncident(bed.ctx, { ...report, reason: 'it answered 503' });
  await webhookIncident(bed.ctx, { ...report, project: null, reason: 'it answered 503' });
  const [incident, ...others] = (await listIncidents(bed.db, { limit: 10 })).items;
  assert.deepEqual([incident?.cause, incident?.state, others.length], ['webhook:whk_1', 'open', 0]);
  await webhookIncident(bed.ctx, { ...report, answers: true, reason: '' });
  const [closed] = (await listIncidents(bed.db, { limit: 10 })).items;
  assert.equal(closed?.state, 'resolved');
});
