import { hashJson } from '../../kernel/hash.ts';
import type { Database } from '../../store/database.ts';
import { parseJsonText } from '../../store/json-text.ts';
import {
  evidencedStep,
  type KeyScope,
  type StageEvidence,
  type StageResult,
  type StageScope,
} from '../stage-scope.ts';
import type { ApprovalFact } from './card/card-facts.ts';
import { modelCard } from './card/model-card.ts';
import { readCardFacts } from './card/read-card-facts.ts';
import { dataSheet } from './data-sheet/data-sheet.ts';
import { readSheetFacts } from './data-sheet/read-sheet-facts.ts';
import { type FactDocument, unstatedLabels } from './document/fact-document.ts';
import { DOCUMENT_FORMATS, MEDIA_TYPES, renderDocument } from './document/render-document.ts';
import { type EvidenceByKind, frameworkCoverage, readFramework } from './framework/framework.ts';
import type { GovernanceSpec } from './spec.ts';

/** What governance takes: its part of the document, and the version that answers. */
export interface GovernanceInputs {
  readonly governance: GovernanceSpec;
  readonly model: string;
  readonly version: number;
  /** The dataset that the version was trained on, and the hash of its version. */
  readonly dataset: { readonly name: string; readonly hash: string };
}

/** What governance hands on: the blobs of its documents by format, which keeps them alive. */
export type GovernanceOutputs = {
  readonly card: Readonly<Record<string, string>>;
  readonly sheet: Readonly<Record<string, string>>;
};

/** Hash of what the documents would say now and of what was agreed: facts come without other inputs. */
export async function governanceKey(scope: KeyScope, inputs: GovernanceInputs): Promise<string> {
  const { card, sheet, approvals } = await readDocuments(scope.db, scope.project, inputs);
  const evidence = new Map(await evidenceByKind(scope.db, scope.project));
  // The stage writes them before it looks, so that the first time is no other case than the second.
  for (const kind of ['model-card', 'data-sheet']) evidence.set(kind, { count: 1, newest: '' });
  return hashJson({
    stage: 'governance',
    ...inputs,
    card,
    sheet,
    approvals: approvals.map(({ id, state }) => ({ id, state })),
    frameworks: (inputs.governance.frameworks ?? []).map((name) =>
      readFramework(name).controls.map(({ kinds }) => kinds.filter((kind) => evidence.has(kind))),
    ),
    version: scope.version,
  });
}

/**
 * Writes the model card and the data sheet of the version that answers, says which outcomes of the declared
 * frameworks evidence speaks to, and whether the approvals that were asked for were given.
 */
export async function runGovernance(
  scope: StageScope,
  inputs: GovernanceInputs,
): Promise<StageResult<GovernanceOutputs>> {
  const documents = await documentsStep(scope, inputs);
  const frameworks = await frameworksStep(scope, inputs);
  const { card, sheet, missing } = documents.result;
  const { approvals, decided } = await approvalsNow(scope.db, scope.project, inputs);
  const evidence = [...decided, ...documents.evidence, ...frameworks.evidence];
  const { verdict, reason } = judge(inputs, approvals, missing);
  return { verdict, reason, evidence, outputs: { card, sheet } };
}

function judge(
  { governance, model, version }: GovernanceInputs,
  approvals: readonly ApprovalFact[],
  missing: readonly string[],
): { readonly verdict: 'pass' | 'fail' | 'waiting'; readonly reason: string } {
  const waiting = approvals.find(({ state }) => state === 'waiting');
  if (waiting !== undefined) {
    return { verdict: 'waiting', reason: `waits for approval by ${waiting.by} (tend approve ${waiting.id})` };
  }
  const rejected = approvals.findLast(({ own }) => own);
  if (rejected?.state === 'rejected') {
    return { verdict: 'fail', reason: `approval ${rejected.id} was refused by ${rejected.decidedBy ?? ''}` };
  }
  const given = approvals.findLast(({ state }) => state === 'approved');
  if (governance.approve?.production !== undefined && given === undefined) {
    return { verdict: 'fail', reason: `nobody approved ${model}@${version}` };
  }
  if (missing.length > 0) {
    return { verdict: 'fail', reason: `the documents do not state: ${missing.join(', ')}` };
  }
  const by = given === undefined ? 'no approval is asked for' : agreed(given);
  return { verdict: 'pass', reason: `${by}; card and data sheet of version ${version} are complete` };
}

function agreed({ decidedBy, id, own }: ApprovalFact): string {
  return `approved by ${decidedBy ?? ''}${own ? '' : ` (under ${id}, the document is unchanged)`}`;
}

async function readDocuments(db: Database, project: string, inputs: GovernanceInputs) {
  const { model, version, dataset } = inputs;
  const facts = await readCardFacts(db, { model, version });
  const sheet = await readSheetFacts(db, { dataset: dataset.name, project, version: dataset.hash });
  return { card: modelCard(facts), sheet: dataSheet(sheet), approvals: facts.approvals };
}

/** Approvals as they are now, and the evidence of their decisions. */
async function approvalsNow(db: Database, project: string, { model, version }: GovernanceInputs) {
  const { approvals } = await readCardFacts(db, { model, version });
  const ids = new Set(approvals.map(({ id }) => id));
  const rows = await db.query
    .selectFrom('evidence')
    .select(['id', 'body'])
    .where('project', '=', project)
    .where('stage', '=', 'governance')
    .where('kind', '=', 'approval')
    .orderBy('id')
    .execute();
  const decided = rows.filter(({ body }) => {
    const { approval } = parseJsonText(body) as { readonly approval?: string };
    return approval !== undefined && ids.has(approval);
  });
  return { approvals, decided: decided.map(({ id }) => id) };
}

type Written = GovernanceOutputs & { readonly missing: readonly string[] };

function documentsStep(scope: StageScope, inputs: GovernanceInputs) {
  return evidencedStep<Written>(scope, 'governance', 'documents', async () => {
    scope.workflow.report({ text: 'governance: model card and data sheet' });
    const { card, sheet } = await readDocuments(scope.db, scope.project, inputs);
    const cardBlobs = await putDocument(scope, card);
    const sheetBlobs = await putDocument(scope, sheet);
    return {
      result: {
        card: cardBlobs,
        sheet: sheetBlobs,
        missing: [card, sheet].flatMap((document) => unstatedLabels(document, 'required')),
      },
      evidence: [
        documentEvidence('model-card', card, cardBlobs),
        documentEvidence('data-sheet', sheet, sheetBlobs),
      ],
    };
  });
}

async function putDocument(scope: StageScope, document: FactDocument): Promise<Record<string, string>> {
  const blobs: Record<string, string> = {};
  for (const format of DOCUMENT_FORMATS) {
    const { hash } = await scope.blobs.put(Buffer.from(renderDocument(document, format), 'utf8'));
    blobs[format] = hash;
  }
  return blobs;
}

function documentEvidence(
  kind: 'model-card' | 'data-sheet',
  document: FactDocument,
  blobs: Readonly<Record<string, string>>,
): StageEvidence {
  const missing = unstatedLabels(document, 'required');
  const unstated = unstatedLabels(document);
  const parts = document.sections.reduce((sum, section) => sum + section.parts.length, 0);
  return {
    kind,
    subject: document.about.hash ?? hashJson(document.about),
    verdict: missing.length === 0 ? 'pass' : 'fail',
    title: `${document.title}: ${parts - unstated.length} of ${parts} parts are filled from records`,
    body: {
      about: { ...document.about },
      files: DOCUMENT_FORMATS.map((format) => ({
        format,
        media_type: MEDIA_TYPES[format],
        blob: blobs[format] ?? '',
      })),
      facts_until: document.factsUntil,
      sections: document.sections.map(({ title }) => title),
      not_stated: unstated,
      missing,
    },
  };
}

function frameworksStep(scope: StageScope, inputs: GovernanceInputs) {
  return evidencedStep<object>(scope, 'governance', 'frameworks', async () => {
    const names = inputs.governance.frameworks ?? [];
    const evidence = names.length === 0 ? new Map() : await evidenceByKind(scope.db, scope.project);
    return {
      result: {},
      evidence: names.map((name): StageEvidence => {
        const framework = readFramework(name);
        const { covered, body } = frameworkCoverage(framework, evidence);
        const { title, controls } = framework;
        return {
          kind: 'framework',
          subject: hashJson(framework),
          verdict: 'info',
          title: `${title}: evidence speaks to ${covered} of ${controls.length} listed outcomes`,
          body,
        };
      }),
    };
  });
}

async function evidenceByKind(db: Database, project: string): Promise<EvidenceByKind> {
  const rows = await db.query
    .selectFrom('evidence')
    .select((select) => ['kind', select.fn.countAll().as('count'), select.fn.max('id').as('newest')])
    .where('project', '=', project)
    .groupBy('kind')
    .execute();
  return new Map(rows.map(({ kind, count, newest }) => [kind, { count: Number(count), newest }]));
}
