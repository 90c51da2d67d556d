import { ask } from './tour-replay.ts';
import type { Tour } from './tour-server.ts';

interface Figure {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

interface Retraining {
  readonly id: string;
  readonly at: number;
  readonly trigger: string;
  readonly state: string;
  readonly reason: string;
  readonly looks?: readonly { readonly difference: Figure; readonly verdict: string }[];
}

interface Candidate {
  readonly retraining: string;
  readonly window: string;
  readonly version: number | null;
  readonly state: string;
  readonly reason: string;
  readonly comparison: {
    readonly metric: string;
    readonly figure: Figure;
    readonly difference: Figure;
  } | null;
}

interface Incident {
  readonly id: string;
  readonly title: string;
  readonly whatToDo: string;
  readonly openedAt: number;
}

interface Tombstone {
  readonly kind: string;
  readonly name: string;
  readonly successor: string | null;
  readonly at: number;
}

type Items<T> = { readonly items: readonly T[] };

/** Prints what happened while the months were played: retrainings, exits, and what is left for a person. */
export async function showLife(tour: Tour, project: string): Promise<void> {
  const retrainings = (await ask<Items<Retraining>>(tour, `/projects/${project}/retrainings`))?.items ?? [];
  const candidates = (await ask<Items<Candidate>>(tour, `/projects/${project}/candidates`))?.items ?? [];
  const exits = (await ask<Items<Tombstone>>(tour, `/retirements?project=${project}`))?.items ?? [];
  const open = (await ask<Items<Incident>>(tour, `/incidents?project=${project}&state=open`))?.items ?? [];
  if (retrainings.length > 0)
    console.log('\nRetrained, with what each candidate came to on flights that none had seen:\n');
  for (const one of [...retrainings].sort((a, b) => a.at - b.at)) {
    console.log(`  ${day(one.at)}  ${one.state.padEnd(11)} ${one.trigger}: ${one.reason}`);
    for (const candidate of candidates)
      if (candidate.retraining === one.id) console.log(candidateLine(candidate));
    const last = one.looks?.at(-1);
    if (last !== undefined)
      console.log(`              effect on live flights: ${figureText(last.difference)}, ${last.verdict}`);
  }
  if (exits.length > 0) console.log('\nRetired, each with an archive that was restored and a certificate:\n');
  for (const { kind, name, successor, at } of [...exits].sort((a, b) => a.at - b.at)) {
    console.log(`  ${day(at)}  ${kind} ${name}${successor === null ? '' : `, followed by ${successor}`}`);
  }
  if (open.length > 0) console.log('\nLeft for you:\n');
  for (const { id, title, whatToDo, openedAt } of open) {
    console.log(
      `  ${day(openedAt)}  ${title}\n              ${whatToDo}\n              tend incidents show ${id}`,
    );
  }
}

function candidateLine({ window, version, state, reason, comparison }: Candidate): string {
  const name = `${window}${version === null ? '' : `, version ${version}`}`;
  const figures =
    comparison === null
      ? ''
      : `${comparison.metric} ${number(comparison.figure.value)}, ${figureText(comparison.difference)}; `;
  return `              ${name.padEnd(20)} ${state.padEnd(11)} ${figures}${reason}`;
}

function figureText({ value, low, high }: Figure): string {
  return `${signed(value)} [${signed(low)}, ${signed(high)}]`;
}

function signed(value: number | null): string {
  return value === null ? '?' : `${value < 0 ? '' : '+'}${value.toFixed(4)}`;
}

function number(value: number | null): string {
  return value === null ? '?' : value.toFixed(4);
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
