import { Dialog } from '@base-ui/react/dialog';
import type { KeyboardEvent, ReactElement, ReactNode, RefObject } from 'react';
import { classNames } from './class-names.ts';

interface PanelProps {
  readonly open: boolean;
  readonly onClose: () => void;
  /** True for a press outside that must not close the panel. */
  readonly keepsOpen: (target: Element) => boolean;
  /** Where the focus goes on closing. */
  readonly returnFocus: () => HTMLElement | null;
  readonly focusFirst: RefObject<HTMLElement | null>;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly children: ReactNode;
}

/**
 * The sheet at the right edge, the whole screen on a phone. It holds the focus, but the board beside it stays
 * usable with the pointer: a press on another cell changes what the panel shows.
 */
export function Panel(props: PanelProps): ReactElement {
  return (
    <Dialog.Root
      open={props.open}
      modal="trap-focus"
      onOpenChange={(open, details) => {
        if (open) return;
        const { target } = details.event;
        if (details.reason === 'outside-press' && target instanceof Element && props.keepsOpen(target))
          return;
        props.onClose();
      }}
    >
      <Dialog.Portal>
        <Dialog.Popup
          initialFocus={props.focusFirst}
          finalFocus={() => props.returnFocus()}
          onKeyDown={props.onKeyDown}
          className={classNames(
            'fixed inset-y-0 right-0 z-20 flex w-full flex-col bg-surface shadow-sheet',
            'transition-[translate,opacity] duration-150 ease-out outline-none',
            'data-ending-style:translate-x-4 data-ending-style:opacity-0',
            'data-starting-style:translate-x-4 data-starting-style:opacity-0 sm:w-[37rem]',
          )}
        >
          {props.children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
