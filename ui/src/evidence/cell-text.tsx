import type { ReactElement } from 'react';
import { CopyLine } from '../components/copy-line.tsx';
import { Verdict } from '../components/verdict.tsx';
import { formatDuration } from '../format/duration.ts';
import { shortHash } from '../format/hash.ts';
import { formatBytes, formatNumber } from '../format/number.ts';
import { formatTime } from '../format/time.ts';
import type { CellValue } from './body-part.ts';
import { asVerdict } from './verdict-word.ts';

/** Classes of a block of text that scrolls. */
const BLOCK =
  'max-h-60 overflow-auto rounded-small bg-sunken px-2.5 py-2 font-mono text-small whitespace-pre-wrap';

/** By the convention of this API, `createdAt` and the like are milliseconds UTC. 1e11 is March 1973. */
const TIME_NAME = /(?:[a-z]At|_at|^at|^from|_from|^to|^since|^newest|^validation|^test)$/;
const TIME_MIN = 1e11;

/** Names up to this length are not broken: `2001-01` is one. */
const UNBROKEN_MAX = 24;

/** A moment as samples of rows have it. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.000)?Z$/;

const HASH = /^[0-9a-f]{64}$/;

/** A value of an evidence body as a reader wants it: `name` says what it measures. */
export function CellText({
  name,
  value,
  time = false,
}: {
  readonly name: string;
  readonly value: CellValue;
  /** True: its numbers are milliseconds UTC. */
  readonly time?: boolean;
}): ReactElement | string {
  if (value === null) return '–';
  if (typeof value === 'boolean') return truth(name, value);
  if (typeof value === 'number')
    return <span className="whitespace-nowrap">{numberText(name, value, time)}</span>;
  if (typeof value === 'string') return <Words name={name} text={value} />;
  return value.map((one) => (typeof one === 'number' ? numberText(name, one, time) : String(one))).join(', ');
}

function truth(name: string, value: boolean): ReactElement | string {
  if (name === 'passed') return <Verdict verdict={value ? 'pass' : 'fail'} />;
  return value ? 'yes' : 'no';
}

function numberText(name: string, value: number, time: boolean): string {
  if (time || (TIME_NAME.test(name) && value > TIME_MIN)) return formatTime(value);
  if (name.endsWith('Ms')) return formatDuration(value);
  if (/(?:^|_)ms(?:_|$)/.test(name)) return `${formatNumber(value)}\u202fms`;
  if (/bytes$/i.test(name)) return formatBytes(value);
  return formatNumber(value);
}

function Words({ name, text }: { readonly name: string; readonly text: string }): ReactElement | string {
  const verdict = /verdict$/i.test(name) ? asVerdict(text) : undefined;
  if (verdict !== undefined) return <Verdict verdict={verdict} />;
  if (MOMENT.test(text)) return <span className="whitespace-nowrap">{formatTime(Date.parse(text))}</span>;
  if (HASH.test(text)) return <CopyLine text={text} shown={shortHash(text)} what={`${name} hash`} />;
  if (text.length <= UNBROKEN_MAX && !text.includes(' '))
    return <span className="whitespace-nowrap">{text}</span>;
  if (!text.includes('\n') && !/^select /i.test(text)) return text;
  return (
    // What scrolls must be reachable by keyboard, hence the tab stop.
    <pre role="region" aria-label={name} tabIndex={0} className={BLOCK}>
      {text.trim()}
    </pre>
  );
}
