import { type ExactJson, parseExactJson } from '../../../kernel/exact-json.ts';
import { isDeeperThan, JSON_DEPTH_MAX } from '../../../kernel/json-depth.ts';
import { invalid } from '../mlflow-error.ts';
import { type Field, text } from './field.ts';

/** JSON within a text of at most `max` characters; numbers stay as they are written. */
export function jsonText(max: number): Field<ExactJson> {
  const plain = text(max);
  return {
    kind: 'one',
    read: (value, name) => {
      const read = plain.read(value, name);
      if (isDeeperThan(JSON_DEPTH_MAX, Buffer.from(read)))
        throw invalid(
          `Invalid value for parameter '${name}' supplied: JSON of more than ${JSON_DEPTH_MAX} levels.`,
        );
      try {
        return parseExactJson(read);
      } catch {
        throw invalid(
          `Invalid value for parameter '${name}' supplied: it is not valid JSON. ` +
            'NaN and Infinity have no spelling in it: send null or a text.',
        );
      }
    },
  };
}
