import assert from 'node:assert/strict';
import test from 'node:test';
import { apiErrorOf } from './api-error.ts';
import { applyChange } from './apply-change.ts';
import { asChange } from './change-stream.ts';
import { apiRequest } from './request.ts';

test('path fields are encoded into the path, the rest of a POST is its body', () => {
  assert.deepEqual(apiRequest('approvals.approve', { id: 'a/b', comment: 'fine' }), {
    method: 'POST',
    url: '/api/tend/v1/approvals/a%2Fb/approve',
    body: '{"comment":"fine"}',
  });
});

test('the rest of a GET is its query, and nothing gives no query', () => {
  assert.equal(apiRequest('status.show', { limit: 5 }).url, '/api/tend/v1/status?limit=5');
  assert.equal(apiRequest('status.show', {}).url, '/api/tend/v1/status');
});

test('a missing path field is a mistake of the caller', () => {
  assert.throws(() => apiRequest('evidence.show', {}), /expects "id"/);
});

test('an error carries code, message and hint of the problem, or at least the status', () => {
  const error = apiErrorOf(409, { code: 'CONFLICT', detail: 'Decided already.', hint: 'Read it again.' });
  assert.deepEqual(
    [error.status, error.code, error.message, error.hint],
    [409, 'CONFLICT', 'Decided already.', 'Read it again.'],
  );
  assert.equal(apiErrorOf(502, null).message, 'The server answered 502.');
});

test('changes of unknown kinds and broken data are passed over', () => {
  assert.deepEqual(asChange('{"kind":"inbox"}'), { kind: 'inbox' });
  assert.equal(asChange('{"kind":"weather"}'), undefined);
  assert.equal(asChange('{"kind":'), undefined);
});

test('a change touches one stage of one project and leaves its evidence', () => {
  const stage = (name: 'data' | 'training') => ({
    stage: name,
    verdict: 'none' as const,
    reason: '',
    evidence: [],
  });
  const project = (name: string) => ({
    name,
    owner: '',
    kind: '',
    statement: '',
    stages: [stage('data'), stage('training')],
  });
  const before = { projects: [project('a'), project('b')] };
  const after = applyChange(before, {
    kind: 'stage',
    project: 'b',
    stage: 'data',
    verdict: 'running',
    reason: 'now',
  });
  assert.equal(after.projects[0], before.projects[0]);
  assert.deepEqual(
    after.projects[1]?.stages.map(({ verdict, reason }) => [verdict, reason]),
    [
      ['running', 'now'],
      ['none', ''],
    ],
  );
});
