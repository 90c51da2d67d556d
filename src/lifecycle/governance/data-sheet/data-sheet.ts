import { datasetBody, featuresBody, knownEvidence, newestEvidence } from '../card/evidence-bodies.ts';
import {
  fact,
  factList,
  factTable,
  jsonLine,
  moment,
  requiredFact,
  unstated,
} from '../document/fact-parts.ts';
import type { FactDocument, FactSection } from '../document/fact-document.ts';
import { composition } from './composition.ts';
import type { SheetFacts } from './sheet-facts.ts';

/**
 * The sheet of a dataset version, in the seven groups of Gebru et al., "Datasheets for Datasets"
 * (Communications of the ACM 64(12), 2021). Whatever no record answers is stated as such.
 */
export function dataSheet(facts: SheetFacts): FactDocument {
  const { project, dataset, hash } = facts;
  return {
    format: 'tend.data-sheet/v1',
    title: `Data sheet: ${dataset}`,
    source: 'Gebru et al., Datasheets for Datasets, 2021',
    about: { project, name: dataset, version: hash.slice(0, 12), hash },
    factsUntil: Math.max(facts.createdAt, ...facts.evidence.map(({ createdAt }) => createdAt)),
    sections: [
      motivation(facts),
      composition(facts),
      collection(facts),
      preprocessing(facts),
      uses(facts),
      ...distributionAndMaintenance(facts),
    ],
  };
}

function motivation({ project }: SheetFacts): FactSection {
  return {
    id: 'motivation',
    title: 'Motivation',
    parts: [
      requiredFact('Declared by the project', project),
      ...unstated('Why it was made', 'Who made it', 'Who paid for it'),
    ],
  };
}

function collection(facts: SheetFacts): FactSection {
  const version = newestEvidence(facts.evidence, 'dataset-version', datasetBody);
  const source = version?.body.source;
  const from = version === undefined ? [] : [version.id];
  const moments = (version?.body.partitions ?? []).flatMap((one) => [one.from, one.to]);
  const known = moments.filter((at) => typeof at === 'number');
  const declared = facts.declared.source;
  const came = (version?.body.partitions ?? []).filter((one) => one.received === true);
  return {
    id: 'collection',
    title: 'Collection process',
    parts: [
      requiredFact('Source', source?.uri ?? (declared === null ? null : jsonLine(declared.uri ?? '')), from),
      fact('Source file (sha256)', source?.hash, from),
      fact('Read as', declared === null ? null : jsonLine(declared)),
      fact(
        'Of the time',
        known.length === 0 ? null : `${moment(Math.min(...known))} to ${moment(Math.max(...known))}`,
        from,
      ),
      factList(
        'Partitions of rows that came as predictions with their outcomes',
        came.map(({ name, rows }) => `${name}: ${rows.toLocaleString('en')} rows`),
        from,
      ),
      fact(
        'Outcomes received for the project',
        facts.received.parts === 0
          ? null
          : `${facts.received.rows.toLocaleString('en')} rows in ${facts.received.parts} sealed logs`,
      ),
      ...unstated('How it was measured', 'Sampling', 'Who collected it', 'Consent', 'Ethical review'),
    ],
  };
}

function preprocessing({ declared, evidence }: SheetFacts): FactSection {
  const features = newestEvidence(evidence, 'feature-set', featuresBody);
  const tables = knownEvidence(evidence, 'feature-table', featureTable);
  return {
    id: 'preprocessing',
    title: 'Preprocessing, cleaning, labelling',
    parts: [
      factList('Rules that rows are held to', declared.contract.map(jsonLine)),
      fact('Label', features?.body.target, features === undefined ? [] : [features.id]),
      factTable(
        'Features made of it',
        ['feature', 'type'],
        (features?.body.definition.features ?? []).map(({ name, type }) => [name, type]),
        features === undefined ? [] : [features.id],
      ),
      factList(
        'Feature tables',
        [...new Set(tables.map(({ title }) => title))],
        tables.map(({ id }) => id),
      ),
      ...unstated('Software that prepared it before it was read'),
    ],
  };
}

const featureTable = datasetBody.pick({ rows: true });

function uses({ trained }: SheetFacts): FactSection {
  return {
    id: 'uses',
    title: 'Uses',
    parts: [
      factList(
        'Trained on it',
        trained.map(({ model, version }) => `${model}@${version}`),
        trained.map(({ run }) => run),
      ),
      ...unstated('Other uses', 'Uses to avoid'),
    ],
  };
}

function distributionAndMaintenance(facts: SheetFacts): FactSection[] {
  const { owner, versions, declared } = facts;
  return [
    {
      id: 'distribution',
      title: 'Distribution',
      parts: unstated('Who gets it', 'Licence', 'Rights of others', 'Export controls'),
    },
    {
      id: 'maintenance',
      title: 'Maintenance',
      parts: [
        requiredFact('Owner', owner),
        factTable(
          'Versions',
          ['version (sha256)', 'rows', 'made'],
          versions.map((one) => [one.hash, one.rows, moment(one.createdAt)]),
        ),
        fact('Kept', declared.decommissioning === null ? null : jsonLine(declared.decommissioning)),
        ...unstated('Errata', 'How others can add to it'),
      ],
    },
  ];
}
