import { fact, factTable, moment } from '../document/fact-parts.ts';
import type { FactSection } from '../document/fact-document.ts';
import type { CardFacts } from './card-facts.ts';

/** The record of the version: who agreed, where it answers, what came after, and every piece of evidence. */
export function versionRecord(facts: CardFacts): FactSection {
  const { approvals, routes, retrainings, evidence, tombstone } = facts;
  return {
    id: 'record',
    title: 'Record of this version',
    parts: [
      factTable(
        'Approvals',
        ['approval', 'gate', 'state', 'by', 'asked for by', 'decided by', 'when', 'comment', 'given for'],
        approvals.map((one) => [
          one.id,
          one.gate,
          one.state,
          one.by,
          one.author,
          one.decidedBy,
          moment(one.decidedAt),
          one.comment,
          one.own ? 'this release' : 'an earlier release of the same document',
        ]),
      ),
      factTable(
        'Answers at',
        ['endpoint', 'role', 'share of traffic'],
        routes.map(({ endpoint, role, weight }) => [endpoint, role, weight]),
      ),
      fact(
        'Retired',
        tombstone === null
          ? null
          : `${moment(tombstone.at)}, succeeded by ${tombstone.successor ?? 'nothing'}`,
        tombstone === null ? [] : [tombstone.certificate],
      ),
      factTable(
        'Retrainings of the project',
        ['retraining', 'at', 'set off by', 'champion', 'promoted', 'state', 'reason'],
        retrainings.map((one) => [
          one.id,
          moment(one.at),
          one.trigger,
          one.champion,
          one.promoted,
          one.state,
          one.reason,
        ]),
      ),
      factTable(
        'Evidence',
        ['id', 'stage', 'kind', 'verdict', 'what it says', 'sha256'],
        evidence.map((one) => [one.id, one.stage, one.kind, one.verdict, one.title, one.hash]),
      ),
    ],
  };
}
