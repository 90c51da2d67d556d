import { type Tour, TourFailure } from './tour-server.ts';

/** The two identities of the tour, each known by a token alone. */
export interface Identities {
  readonly author: string;
  readonly lead: string;
}

/** A token of the tour is thrown away with the day. */
const TOKEN_LIFE = '1d';

/** Makes the modeller and the ml-lead if they are not there, and a fresh token for each. */
export async function identities(tour: Tour): Promise<Identities> {
  const known = (await must(tour, ['accounts', 'list'])) as {
    readonly items: readonly { readonly name: string }[];
  };
  const names = known.items.map((account) => account.name);
  for (const [name, role] of [
    ['modeller', 'editor'],
    ['ml-lead', 'approver'],
  ] as const) {
    if (!names.includes(name)) {
      await must(tour, [
        'accounts',
        'create',
        name,
        '--kind',
        'service',
        '--roles',
        role,
        '--roles',
        'viewer',
      ]);
    }
  }
  return { author: await token(tour, 'modeller'), lead: await token(tour, 'ml-lead') };
}

async function token(tour: Tour, account: string): Promise<string> {
  const made = await must(tour, [
    'tokens',
    'create',
    'tour',
    '--account',
    account,
    '--expires-in',
    TOKEN_LIFE,
  ]);
  return (made as { readonly secret: string }).secret;
}

async function must(tour: Tour, args: readonly string[]): Promise<unknown> {
  const { exitCode, data, error } = await tour.tend(args, { quiet: true });
  if (exitCode !== 0) throw new TourFailure(`tend ${args.join(' ')}: ${error}`, exitCode);
  return data;
}

interface Applied {
  readonly waiting: string | null;
}

/**
 * Applies as the author; where an approval is asked for, gives it as the ml-lead and says so, or leaves it
 * to the reader (`ask`): then `asked` is true.
 */
export async function carryOut(
  tour: Tour,
  people: Identities,
  options: { readonly ask: boolean },
): Promise<{ readonly exitCode: number; readonly asked: boolean }> {
  console.log('$ tend apply --yes            # as the modeller, the author');
  const first = await apply(tour, people);
  const approval = /tend approve (apr_\w+)/.exec(first.applied.waiting ?? '')?.[1];
  if (approval === undefined) return { exitCode: first.exitCode, asked: false };
  if (options.ask) {
    console.log(`\nIt waits for you: TEND_TOKEN=<a token of ml-lead> tend approve ${approval}`);
    return { exitCode: first.exitCode, asked: true };
  }
  console.log(
    `\n$ tend approve ${approval}   # as the ml-lead: given here for you, by another token than the author's`,
  );
  const given = await tour.tend(['approve', approval, '--comment', 'given by the guided run'], {
    token: people.lead,
  });
  if (given.exitCode !== 0) throw new TourFailure(given.error, given.exitCode);
  return { exitCode: (await apply(tour, people)).exitCode, asked: false };
}

async function apply(tour: Tour, people: Identities): Promise<{ applied: Applied; exitCode: number }> {
  const { exitCode, data, error } = await tour.tend(['apply', '--yes'], { token: people.author });
  if (data === undefined) throw new TourFailure(error, exitCode);
  return { applied: data as Applied, exitCode };
}
