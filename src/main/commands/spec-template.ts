/** The files of a new project, by name: a whole document that validates, to be changed line by line. */
export function specTemplate(name: string): Readonly<Record<string, string>> {
  return { 'tend.yaml': yaml(name), 'request.sql': REQUEST, 'outcome.sql': OUTCOME };
}

const REQUEST = `-- What is known when the model is asked, row by row.
select
  x1,
  x2
from examples
`;

const OUTCOME = `-- What is known afterwards: the target.
select
  y
from examples
`;

function yaml(name: string): string {
  return `# yaml-language-server: $schema=./.tend/schema.json
apiVersion: tend/v1
name: ${name}
owner: team@example.com
kind: regression # or classification

problem:
  statement: What does the model answer, in one sentence?
  stakeholders: { owner: team }
  objective: What gets better when the answer is good?
  risk: { level: minimal, reason: Say why. }
  baseline: { constant: mean }
  criteria:
    - { id: accurate, metric: rmse, at_most: baseline - 0.1, on: test }
    - { id: fast, metric: latency_p99, at_most: 500ms }
  requires: { rows: 100 }

data:
  sources:
    examples: { type: csv, uri: examples.csv }
  contract:
    examples:
      - { column: y, not_null: true }
  features: { request: request.sql, outcome: outcome.sql, target: y }
split: { by: hash, validation: 0.2, test: 0.2 }

training: { engine: builtin, trials: 6, rounds: 200, seed: 1 }
testing: { load: { rate: 50/s, for: 2s } }
deployment: { endpoint: ${name}, rollout: all-at-once }
`;
}
