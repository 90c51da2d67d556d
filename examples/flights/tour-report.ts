import { showLife } from './tour-life.ts';
import type { Tour } from './tour-server.ts';

interface Stage {
  readonly stage: string;
  readonly verdict: string;
  readonly reason: string;
  readonly evidence: readonly { readonly id: string }[];
}

/** A flight of the evening on which the data ends; any field may be changed. */
const REQUEST = { date: '2001-06-30T23:30:00Z', distance: 606, origin: 'ORD', destination: 'ATL' };

/** Prints each stage with its figures and where its evidence is, an answered request, and what to try. */
export async function showEnd(tour: Tour, name: string): Promise<void> {
  const { data } = await tour.tend(['status'], { quiet: true });
  const { projects } = data as { projects: { name: string; stages: Stage[] }[] };
  const project = projects.find((one) => one.name === name);
  if (project === undefined) return;
  console.log('\nWhat was carried out:\n');
  for (const { stage, verdict, reason, evidence } of project.stages) {
    console.log(`  ${stage.padEnd(16)} ${verdict.padEnd(8)} ${reason}`);
    if (evidence.length > 0) {
      console.log(
        `  ${' '.repeat(16)}          evidence: ${tour.url}/?project=${project.name}&stage=${stage}`,
      );
    }
  }
  await showLife(tour, project.name);
  console.log(`\nThe board:  ${tour.url}/?project=${project.name}`);
  await showAnswer(tour, project.name);
  console.log(`
Three things to try, in examples/flights:
  tend plan
      after raising ranks-well to 0.75 in tend.yaml: what would run, and who has to agree
  tend incidents list --state open
      what is left for a person, with what to do
  tend ledger export --out l.jsonl && tend ledger verify l.jsonl
      every state change, verified without the server
(tend is ../../node_modules/.bin/tend there, or \`npx tend\`)`);
}

async function showAnswer(tour: Tour, endpoint: string): Promise<void> {
  const url = `${tour.dataPlane}/predict/${endpoint}`;
  const body = JSON.stringify(REQUEST);
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  if (!response.ok) {
    console.log('\nNothing answers at the endpoint yet: the gate has not let a version through.');
    return;
  }
  console.log(`\nAsk it:\n  curl -s ${url} -H 'content-type: application/json' \\\n    -d '${body}'`);
  console.log(`  ${(await response.text()).trim()}`);
}
