import { FIXTURE_NOW_MS } from './fixture-evidence.ts';
import { LOOP_AT } from './fixture-loop-evidence.ts';
import type { FixtureLoop } from './fixture-loop.ts';

interface Asked {
  readonly method: string;
  /** Below `/api/tend/v1/`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/** Status and body; undefined for what is none of the loop's. */
type Answered = readonly [number, unknown] | undefined;

const GONE: Answered = [404, { code: 'NOT_FOUND', detail: 'There is no such thing.' }];

/** What the control plane answers about live models, from memory. */
export function answerLoop(loop: FixtureLoop, asked: Asked): Answered {
  return asked.method === 'GET' ? read(loop, asked) : write(loop, asked);
}

function read(loop: FixtureLoop, { path, query }: Asked): Answered {
  const project = query.get('project');
  const own = <T extends { readonly project: string }>(items: readonly T[]): readonly T[] =>
    items.filter((one) => project === null || one.project === project);
  if (path === 'incidents') {
    const state = query.get('state');
    return [200, { items: own(loop.incidents).filter((one) => state === null || one.state === state) }];
  }
  if (path === 'endpoints') return [200, { items: loop.endpoints }];
  if (path === 'retirements') return [200, { items: own(loop.retirements) }];
  if (path === 'comments') {
    const items = loop.comments.filter(({ subject }) => subject === query.get('subject'));
    return [200, { items: items.toReversed() }];
  }
  const [, id] = /^incidents\/([^/]+)$/.exec(path) ?? [];
  if (id !== undefined) return incidentAnswer(loop, id);
  const [, name, part] = /^projects\/([^/]+)\/(candidates|timeline|clock|monitors)$/.exec(path) ?? [];
  if (part === 'candidates') return [200, { items: loop.candidates.filter((one) => one.project === name) }];
  if (part === 'monitors') {
    const items = ['criterion:answers', 'criterion:still-good', 'drift'].map((monitor) => ({ monitor }));
    return [200, { items }];
  }
  if (part === 'clock') return [200, { at: LOOP_AT.now, starts: LOOP_AT.deployed, busy: [], waiting: [] }];
  return part === 'timeline'
    ? [200, { criterion: 'still-good', figure: loop.timeline, windows: [] }]
    : undefined;
}

function incidentAnswer(loop: FixtureLoop, id: string): Answered {
  const found = loop.incidents.find((one) => Reflect.get(one, 'id') === id);
  if (found === undefined) return GONE;
  return [200, { ...found, actions: loop.actions.filter((one) => one.incident === id), shown: [] }];
}

function write(loop: FixtureLoop, { path, body }: Asked): Answered {
  const field = (name: string): string => {
    const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
    return typeof value === 'string' ? value : '';
  };
  if (path === 'comments') {
    const comment = {
      id: `cmt_${loop.comments.length + 1}`,
      project: field('project'),
      subject: field('subject'),
      author: { id: 'acc_2', name: 'dana' },
      text: field('text'),
      createdAt: FIXTURE_NOW_MS,
    };
    loop.comments.push(comment);
    return [200, comment];
  }
  const [, list, id, verb] = /^(incidents|actions)\/([^/]+)\/(acknowledge|resolve|veto)$/.exec(path) ?? [];
  const items: readonly object[] = list === 'incidents' ? loop.incidents : loop.actions;
  const found = items.find((one) => Reflect.get(one, 'id') === id);
  if (list === undefined) return undefined;
  if (found === undefined) return GONE;
  if (verb === 'veto') Object.assign(found, { state: 'vetoed', reason: field('reason'), decidedBy: 'dana' });
  if (verb === 'acknowledge') Object.assign(found, { state: 'acknowledged', acknowledgedBy: 'dana' });
  if (verb === 'resolve') {
    const resolution = field('resolution');
    Object.assign(found, { state: 'resolved', resolution, resolvedBy: 'dana', resolvedAt: LOOP_AT.now });
  }
  return [200, found];
}
