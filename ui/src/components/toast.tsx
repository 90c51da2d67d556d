import { createContext, use, useCallback, useMemo, useRef, useState } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';
import { classNames } from './class-names.ts';

interface ToastContext {
  /** Shows a line at the foot of the page until it is closed or replaced, and says it to screen readers. */
  readonly show: (text: string) => void;
  /** Says a line to screen readers alone: what is plain to see for others. */
  readonly announce: (text: string) => void;
}

const Context = createContext<ToastContext>({ show: () => {}, announce: () => {} });

/** The one live region of the page. */
export function useToast(): ToastContext {
  return use(Context);
}

/** How long a line stays, in milliseconds: it never carries what can be found nowhere else. */
const SHOWN_MS = 6000;

export function ToastProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const [said, setSaid] = useState('');
  const [shown, setShown] = useState('');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const announce = useCallback((text: string) => setSaid(text), []);
  const show = useCallback((text: string) => {
    setSaid(text);
    setShown(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setShown(''), SHOWN_MS);
  }, []);
  const value = useMemo(() => ({ show, announce }), [show, announce]);
  return (
    <Context value={value}>
      {children}
      <div role="status" className="sr-only">
        {said}
      </div>
      {shown === '' ? null : (
        <div
          className={classNames(
            'fixed inset-x-4 bottom-4 z-40 mx-auto flex w-fit max-w-[calc(100%-2rem)]',
            'items-center gap-2 rounded-large bg-surface py-1.5 pr-1.5 pl-4 text-scan',
            'shadow-box',
          )}
        >
          <span aria-hidden="true">{shown}</span>
          <Button tone="quiet" square aria-label="Close the message" onClick={() => setShown('')}>
            <Icon name="close" size={14} />
          </Button>
        </div>
      )}
    </Context>
  );
}
