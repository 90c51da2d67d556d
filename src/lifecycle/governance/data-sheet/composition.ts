import {
  factFigures,
  factTable,
  moment,
  requiredFact,
  requiredTable,
  unstated,
} from '../document/fact-parts.ts';
import type { FactSection } from '../document/fact-document.ts';
import {
  checksBody,
  datasetBody,
  type Known,
  knownEvidence,
  newestEvidence,
} from '../card/evidence-bodies.ts';
import type { SheetFacts } from './sheet-facts.ts';
import type { z } from 'zod';

type Checks = Known<z.output<typeof checksBody>>;

/** The newest checks of each partition, by its content hash. */
export function checksByPartition({ evidence }: SheetFacts): ReadonlyMap<string, Checks> {
  return new Map(
    knownEvidence(evidence, 'data-checks', checksBody).map((one) => [one.body.partition.contentHash, one]),
  );
}

/** Composition: what the rows are, how many, what is missing and wrong in them. */
export function composition(facts: SheetFacts): FactSection {
  const checks = checksByPartition(facts);
  const all = [...checks.values()];
  const version = newestEvidence(facts.evidence, 'dataset-version', datasetBody);
  const from = version === undefined ? [facts.hash] : [version.id];
  return {
    id: 'composition',
    title: 'Composition',
    parts: [
      requiredFact('Rows', facts.rows, from),
      requiredTable(
        'Columns',
        ['column', 'type', 'missing', 'least', 'greatest'],
        facts.columns.map(({ name, type }) => [name, type, ...profileOf(name, type, all)]),
        all.map(({ id }) => id),
      ),
      requiredTable(
        'Partitions',
        ['partition', 'rows', 'rows set aside', 'part of the version', 'content (sha256)'],
        facts.partitions.map((one) => [
          one.name,
          one.row_count,
          checks.get(one.content_hash)?.body.partition.quarantinedRows ?? null,
          one.quarantined === 0 ? 'yes' : `no: ${one.reason ?? ''}`,
          one.content_hash,
        ]),
        from,
      ),
      ...factFigures(version?.body.figures, from),
      factTable(
        'Errors and noise that the checks found',
        ['partition', 'rule', 'severity', 'rows'],
        all.flatMap(({ body }) =>
          body.checks
            .filter(({ verdict }) => verdict === 'fail')
            .map(({ rule, severity, rows }) => [body.partition.name, rule, severity, rows]),
        ),
        all.map(({ id }) => id),
      ),
      ...unstated(
        'Confidential data',
        'Data that offends or distresses',
        'People it is about, and whether they can be told',
        'Sensitive data',
      ),
    ],
  };
}

/** Missing values, least and greatest over all partitions. */
function profileOf(name: string, type: string, checks: readonly Checks[]): (string | number | null)[] {
  const columns = checks.flatMap(({ body }) => body.profile.filter((column) => column.name === name));
  if (columns.length === 0) return [null, null, null];
  const nulls = columns.reduce((sum, column) => sum + column.nulls, 0);
  const least = extreme(
    columns.map(({ min }) => min),
    -1,
  );
  const greatest = extreme(
    columns.map(({ max }) => max),
    1,
  );
  const shown = (value: string | number | null) =>
    type === 'time' && typeof value === 'number' ? moment(value) : value;
  return [nulls, shown(least), shown(greatest)];
}

function extreme(values: readonly (string | number | undefined)[], sign: 1 | -1): string | number | null {
  const known = values.filter((value) => value !== undefined);
  return known.reduce<string | number | null>((best, value) => {
    if (best === null) return value;
    return (value > best ? 1 : -1) === sign ? value : best;
  }, null);
}
