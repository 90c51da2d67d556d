import type { HourBucket } from './hour-bucket.ts';
import { defects } from './input-counts.ts';
import type { ReferenceProfile } from './reference-profile.ts';
import type { WindowReport } from './window-report.ts';

/** Fewer requests say nothing of a share. */
const ROWS_MIN = 200;

/** A share of missing or never seen values matters from this much above the reference's on. */
const SHARE_FLOOR = 0.05;

/** Standard deviations of a share that chance does not explain: one hour in a hundred thousand. */
const DEVIATIONS = 4.3;

/** Are the values of requests there, and known? The greatest rise of a missing or unseen share over the reference's. */
export function requestsReport(
  reference: ReferenceProfile,
  window: { readonly from: number; readonly to: number },
  bucket: HourBucket,
): WindowReport {
  const rows = bucket.rows;
  const found = reference.inputs.map((profile, i) => {
    const { missing, unseen } = defects(profile, bucket.counts[i] as Float64Array);
    const expected = profile.missing / Math.max(1, reference.rows);
    const rise = Math.max(missing / rows - expected, unseen / rows);
    const noise = DEVIATIONS * Math.sqrt(Math.max(expected * (1 - expected), 1 / rows) / rows);
    return {
      input: profile.name,
      missing,
      unseen,
      expected,
      rise,
      matters: rise >= SHARE_FLOOR && rise > noise,
    };
  });
  const worst = [...found].sort((a, b) => b.rise - a.rise)[0];
  const broken = found.filter(({ matters }) => matters);
  const few = rows < ROWS_MIN;
  const names = broken.map(({ input }) => input).join(', ');
  return {
    monitor: 'requests',
    ...window,
    verdict: few ? 'open' : broken.length === 0 ? 'pass' : 'fail',
    value: rows === 0 || worst === undefined ? null : worst.rise,
    bound: SHARE_FLOOR,
    release: reference.release,
    title:
      broken.length === 0
        ? `Requests are complete: ${rows.toLocaleString('en')} looked at`
        : `Values are missing or were never seen in ${rows.toLocaleString('en')} requests: ${names}`,
    body: {
      rows,
      inputs: found
        .filter(({ missing, unseen }) => missing > 0 || unseen > 0)
        .map(({ input, missing, unseen, expected }) => ({
          input,
          missing,
          unseen,
          expected_missing_share: expected,
        })),
    },
  };
}
