import type { JsonText } from '../../../store/json-text.ts';
import type { Attributes, ReceivedSpan } from './received-span.ts';

/** Attributes as one JSON object. */
export function attributesText(attributes: Attributes): JsonText {
  const members: string[] = [];
  for (const [name, value] of attributes) members.push(`${JSON.stringify(name)}:${value}`);
  return `{${members.join(',')}}`;
}

/** What is kept of a span beside its attributes; read by `StoredSpanBody`. */
export function spanBodyText(span: ReceivedSpan): JsonText {
  const { kind, startNs, endNs, status, events, links } = span;
  const eventTexts = events.map(
    (event) =>
      `{"name":${JSON.stringify(event.name)},"timeNs":"${event.timeNs}",` +
      `"attributes":${attributesText(event.attributes)}}`,
  );
  const linkTexts = links.map(
    (link) =>
      `{"traceId":"${link.traceId}","spanId":"${link.spanId}",` +
      `"attributes":${attributesText(link.attributes)}}`,
  );
  return (
    `{"kind":${kind},"startNs":"${startNs}","endNs":"${endNs}","code":${status.code},` +
    `"message":${JSON.stringify(status.message)},"events":[${eventTexts.join(',')}],` +
    `"links":[${linkTexts.join(',')}]}`
  );
}
