import type { ComponentProps, ReactElement } from 'react';
import { classNames } from './class-names.ts';

const TONES = {
  primary: 'bg-accent text-accent-ink hover:bg-accent-strong',
  plain: 'border border-line-strong/60 bg-surface text-ink hover:bg-hover',
  danger: 'border border-fail/60 bg-surface text-fail hover:bg-fail-tint',
  quiet: 'text-ink-soft hover:bg-sunken hover:text-ink',
} as const;

interface ButtonProps extends ComponentProps<'button'> {
  readonly tone?: keyof typeof TONES;
  /** A square button that holds a symbol alone; it then needs an `aria-label`. */
  readonly square?: boolean;
}

/** A button of the board; 32 px high, above the 24 px that a finger or a tremor needs at least. */
export function Button({
  tone = 'plain',
  square = false,
  className = '',
  ...rest
}: ButtonProps): ReactElement {
  const shape = square ? 'size-8' : 'h-8 px-3';
  return (
    <button
      type="button"
      className={classNames(
        'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-medium',
        'text-scan font-medium whitespace-nowrap transition-colors disabled:opacity-55',
        shape,
        TONES[tone],
        className,
      )}
      {...rest}
    />
  );
}
