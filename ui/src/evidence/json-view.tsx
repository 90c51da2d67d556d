import type { ReactElement } from 'react';
import type { Json } from './json.ts';
import { classNames } from '../components/class-names.ts';

/** Anything that has no better form: JSON, folded. */
export function JsonView({ name, value }: { readonly name: string; readonly value: Json }): ReactElement {
  return (
    <details className="group rounded-medium border border-line">
      <summary
        className={classNames(
          'flex cursor-pointer items-baseline gap-2 rounded-medium px-3 py-1.5 text-scan',
          'hover:bg-hover',
        )}
      >
        <span className="font-medium">{name}</span>
        <span className="figures text-small text-ink-faint">{extentOf(value)}</span>
      </summary>
      {/* What scrolls must be reachable by keyboard, hence the tab stop. */}
      <pre
        role="region"
        aria-label={`${name} as JSON`}
        tabIndex={0}
        className={classNames(
          'max-h-96 overflow-auto border-t border-line bg-sunken px-3 py-2 font-mono',
          'text-small text-ink-soft',
        )}
      >
        {JSON.stringify(value, null, 2)}
      </pre>
    </details>
  );
}

function extentOf(value: Json): string {
  if (Array.isArray(value)) return value.length === 1 ? '1 item' : `${value.length} items`;
  if (typeof value === 'object' && value !== null) {
    const count = Object.keys(value).length;
    return count === 1 ? '1 field' : `${count} fields`;
  }
  return JSON.stringify(value);
}
