import type { JsonText } from '../../../store/json-text.ts';

/**
 * Attributes by name, each value as JSON: numbers are spelled as they were, 64 bits and `1.0` included;
 * `{"$double":"NaN"}` and `{"$bytes":"base64"}` stand for what JSON has no word for.
 */
export type Attributes = ReadonlyMap<string, JsonText>;

/** Something that happened during a span; times are nanoseconds since 1970. */
export interface SpanEvent {
  readonly name: string;
  readonly timeNs: bigint;
  readonly attributes: Attributes;
}

/** Another span that a span has to do with; ids in hexadecimal digits. */
export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: Attributes;
}

/** A span as OpenTelemetry has it. `traceId`: 32 hexadecimal digits, `id` and `parentId`: 16. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parentId: string | null;
  readonly name: string;
  readonly kind: number;
  readonly startNs: bigint;
  /** 0 while it lasts. */
  readonly endNs: bigint;
  /** 1: all went well, 2: it failed, 0: nobody said. */
  readonly status: { readonly code: number; readonly message: string };
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  /** Name of the service that made it; empty where it has none. */
  readonly service: string;
}
