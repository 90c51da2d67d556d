/** What clients put before OpenTelemetry's id of a trace. */
const PREFIX = 'tr-';

/** The id of a trace from OpenTelemetry's, 32 hexadecimal digits. */
export function traceIdOf(otelId: string): string {
  return PREFIX + otelId;
}

/** OpenTelemetry's id of a trace. */
export function otelIdOf(traceId: string): string {
  return traceId.startsWith(PREFIX) ? traceId.slice(PREFIX.length) : traceId;
}

/** Where clients keep files of a trace, such as spans that they cannot send. */
export function artifactLocation(
  experiment: { readonly artifact_location: string },
  traceId: string,
): string {
  return `${experiment.artifact_location}/traces/${traceId}/artifacts`;
}
