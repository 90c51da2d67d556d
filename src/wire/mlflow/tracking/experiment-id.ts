import { type Field, idText } from '../codec/field.ts';
import { MlflowError } from '../mlflow-error.ts';

/** The id of an experiment: digits. Any other text is that of no experiment. */
export function experimentId(): Field<number> {
  const plain = idText();
  return { kind: 'one', read: (value, name) => experimentNumber(plain.read(value, name)) };
}

/** @throws RESOURCE_DOES_NOT_EXIST for a text that cannot be the id of an experiment */
function experimentNumber(id: string): number {
  if (/^\d{1,15}$/.test(id)) return Number(id);
  throw new MlflowError('RESOURCE_DOES_NOT_EXIST', `No Experiment with id=${id} exists`);
}
