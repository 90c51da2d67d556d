/** What a value of an expression can be. Times are moments; all calendar functions read them in UTC. */
export const VALUE_TYPES = ['number', 'string', 'time', 'boolean'] as const;
export type ValueType = (typeof VALUE_TYPES)[number];

/**
 * A value while an expression is computed. Numbers, booleans (0, 1) and times (milliseconds UTC) are numbers
 * and missing is NaN, so that arithmetic passes it on by itself; strings are strings and missing is null.
 */
export type Value = number | string | null;

/** One way of calling a function: the types it takes, the type it gives, and what it computes. */
export interface Overload {
  readonly args: readonly ValueType[];
  readonly result: ValueType;
  readonly apply: (a: never, b: never, c: never) => Value;
}

/** What a function means: its overloads, and a check that the types alone cannot make. */
export interface Meaning {
  readonly overloads: readonly Overload[];
  /**
   * `literals[i]` is the value of argument i if it is written out. Returns what was expected, if it is not
   * met.
   */
  readonly check?: (literals: readonly (Value | undefined)[]) => string | undefined;
}

/** A function of numbers that gives a number. Missing in, missing out: `apply` must pass NaN on. */
export function numeric1(apply: (a: number) => number): Meaning {
  return { overloads: [{ args: ['number'], result: 'number', apply }] };
}

/** As `numeric1`, of two numbers. */
export function numeric2(apply: (a: number, b: number) => number): Meaning {
  return { overloads: [{ args: ['number', 'number'], result: 'number', apply }] };
}

/** 1 or 0 as a boolean value. */
export function truth(condition: boolean): number {
  return condition ? 1 : 0;
}
