import { type ExactJson, type ExactObject, isExactObject, numberSource } from '../../../kernel/exact-json.ts';
import type { RecordInput, RecordSource } from '../../../lifecycle/training/genai/evaluation-dataset.ts';
import type { KeyValue } from '../../../lifecycle/training/tracking/tracking-context.ts';
import { invalid } from '../mlflow-error.ts';
import { KEY_CHARS_MAX, TAG_CHARS_MAX } from '../tracking/keys.ts';

/** Records of one request. More are sent in several. */
const RECORDS_MAX = 50_000;

const SOURCES = ['UNSPECIFIED', 'TRACE', 'HUMAN', 'DOCUMENT', 'CODE'] as const;

/** The records that a client sends, as a list of objects. @throws INVALID_PARAMETER_VALUE */
export function recordInputs(value: ExactJson): readonly RecordInput[] {
  if (!Array.isArray(value)) throw refused('records', 'a list of records');
  if (value.length > RECORDS_MAX)
    throw invalid(`Invalid value for parameter 'records' supplied: more than ${RECORDS_MAX} at once.`);
  return value.map((one: ExactJson, index) => recordInput(one, `records[${index}]`));
}

function recordInput(value: ExactJson, at: string): RecordInput {
  if (!isExactObject(value)) throw refused(at, 'an object');
  const own = (name: string): ExactJson | undefined => (Object.hasOwn(value, name) ? value[name] : undefined);
  return {
    inputs: objectOf(own('inputs'), `${at}.inputs`) ?? {},
    outputs: own('outputs'),
    expectations: objectOf(own('expectations'), `${at}.expectations`),
    tags: objectOf(own('tags'), `${at}.tags`),
    source: sourceOf(objectOf(own('source'), `${at}.source`), `${at}.source`),
  };
}

function objectOf(value: ExactJson | undefined, at: string): ExactObject | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isExactObject(value)) throw refused(at, 'an object');
  return value;
}

function sourceOf(value: ExactObject | undefined, at: string): RecordSource | undefined {
  if (value === undefined || Object.keys(value).length === 0) return undefined;
  const { source_type: given } = value;
  const name = typeof given === 'string' ? given.toUpperCase() : '';
  const type = SOURCES.find((one) => one === name);
  if (type === undefined) throw refused(`${at}.source_type`, `one of ${SOURCES.join(', ')}`);
  return { source_type: type, source_data: objectOf(value['source_data'], `${at}.source_data`) ?? {} };
}

/** Tags as an object of names; what is no text becomes what Python calls it, null is left out. */
export function tagList(value: ExactJson | undefined): readonly KeyValue[] {
  const tags = objectOf(value, 'tags') ?? {};
  return Object.entries(tags).flatMap(([key, one]): readonly KeyValue[] => {
    if (one === null) return [];
    const text = tagText(one);
    if (key === '' || key.length > KEY_CHARS_MAX || text.length > TAG_CHARS_MAX)
      throw invalid(
        `Invalid value for parameter 'tags' supplied: keys have 1 to ${KEY_CHARS_MAX} characters, ` +
          `values at most ${TAG_CHARS_MAX}.`,
      );
    if (key.includes('\0') || text.includes('\0'))
      throw invalid("Invalid value for parameter 'tags' supplied: it holds U+0000.");
    return [{ key, value: text }];
  });
}

function tagText(value: ExactJson): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return numberSource(value) ?? JSON.stringify(value);
}

function refused(at: string, expected: string): Error {
  return invalid(`Invalid value for parameter '${at}' supplied: expected ${expected}.`);
}
