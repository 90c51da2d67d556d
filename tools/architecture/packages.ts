import type { Import } from './imports-of.ts';
import { isForTests, isPackage, roomOf } from './layers.ts';

interface Owner {
  readonly packages: RegExp;
  /** Files that may import them, besides src/main. */
  readonly files: RegExp;
  readonly says: string;
}

/** Packages that shape what imports them have one owner each, so that they can be replaced in one place. */
const OWNERS: readonly Owner[] = [
  {
    packages: /^kysely$/,
    files: /^src\/(?:store|engine|project)\/|^src\/lifecycle\/(?:.+\/)?[^/]*-store(?:\.test)?\.ts$/,
    says: 'kysely is for store, engine, project and the `*-store.ts` files of a stage',
  },
  { packages: /^(?:pg|node:sqlite)$/, files: /^src\/store\//, says: 'pg and node:sqlite are for store' },
  { packages: /^@duckdb\//, files: /^src\/table\//, says: 'DuckDB is for table' },
  { packages: /^(?:fastify|@fastify\/.+)$/, files: /^src\/http\//, says: 'Fastify is for http' },
  {
    packages: /^(?:commander|picocolors)$/,
    files: /^src\/cli\//,
    says: 'commander and picocolors are for cli',
  },
];

/**
 * Why a file of src may not import a package; undefined where it may. `shipped`: the packages that users get.
 */
export function packageViolation({ from, to }: Import, shipped: ReadonlySet<string>): string | undefined {
  if (!isPackage(to)) return undefined;
  // Another implementation is what an oracle test is for.
  if (from.endsWith('.oracle.test.ts')) return undefined;
  const owner = OWNERS.find(({ packages }) => packages.test(to));
  if (owner !== undefined && roomOf(from) !== 'main' && !owner.files.test(from)) return owner.says;
  const isAvailable = to.startsWith('node:') || shipped.has(to) || isForTests(from);
  return isAvailable ? undefined : `${to} is not among the dependencies that users get`;
}
