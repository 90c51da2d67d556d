import type { Database } from '../../store/database.ts';
import { listRetrainings, type Retraining } from './retraining-store.ts';

/**
 * Promotions of a project whose effect is to be looked at by the project clock `at`, oldest first: those
 * whose time has come, and those that a later promotion has overtaken.
 */
export async function dueEffects(
  db: Database,
  project: string,
  at: number,
): Promise<(Retraining & { readonly promotion: NonNullable<Retraining['promotion']> })[]> {
  const retrainings = (await listRetrainings(db, project)).reverse();
  return retrainings.flatMap((one) => {
    const { promotion } = one;
    if (one.state !== 'promoted' || promotion === null) return [];
    const due = promotion.lookAt <= at || successorOf(retrainings, one) !== undefined;
    return due ? [{ ...one, promotion }] : [];
  });
}

/** The retraining whose candidate took over from that of another one, if there is one. */
export function successorOf(retrainings: readonly Retraining[], one: Retraining): Retraining | undefined {
  const promotedAt = one.promotion?.promotedAt ?? Number.POSITIVE_INFINITY;
  const later = retrainings.filter(
    (other) => other.id !== one.id && (other.promotion?.promotedAt ?? Number.NEGATIVE_INFINITY) > promotedAt,
  );
  return later.sort((a, b) => (a.promotion?.promotedAt ?? 0) - (b.promotion?.promotedAt ?? 0))[0];
}
