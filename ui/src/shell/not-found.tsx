import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';

export function NotFound(): ReactElement {
  return (
    <div className="py-16 text-center">
      <h1 className="text-title font-semibold">There is no such page</h1>
      <p className="mt-2 text-ink-soft">
        <Link to="/" className="text-accent underline underline-offset-2">
          Back to the board
        </Link>
      </p>
    </div>
  );
}
