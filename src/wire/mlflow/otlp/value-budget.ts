import { damaged } from './proto-fields.ts';

/** Counts what one request holds, so that few bytes cannot stand for endless work. */
export interface ValueBudget {
  /** One more value, `depth` levels down. @throws INVALID_PARAMETER_VALUE for one too many or too deep */
  readonly spend: (depth: number) => void;
}

/** Values in one request: a batch of 512 spans has some 10,000. */
const VALUES_MAX = 500_000;
/** As JSON elsewhere; nobody nests this deep. */
const DEPTH_MAX = 50;

/** A budget for one request. */
export function valueBudget(): ValueBudget {
  let left = VALUES_MAX;
  return {
    spend: (depth) => {
      if (depth > DEPTH_MAX) throw damaged(`a value is nested more than ${DEPTH_MAX} levels deep`);
      if (--left < 0) throw damaged(`it holds more than ${VALUES_MAX} values`);
    },
  };
}
