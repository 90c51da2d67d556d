import { TendError } from '../../../kernel/error.ts';
import type { Database } from '../../../store/database.ts';
import { artifactNames, OWN_VERSIONS } from '../tracking/artifact-path.ts';
import { readLoggedModel } from '../tracking/logged-model-store.ts';
import { readRunInfo } from '../tracking/run-store.ts';
import { newestVersion, readAlias, readVersion } from './read-registry.ts';

/** What clients name as the source of a prompt, which has no files. */
const PROMPT_SOURCES: readonly string[] = ['dummy-source', 'prompt-template'];

/** What a source says of its version. */
export interface ResolvedSource {
  readonly location: string;
  readonly runId: string | null;
  readonly loggedModelId: string | null;
}

/** What is said beside the source. */
export interface SourceInput {
  readonly source: string;
  readonly runId: string | null;
  readonly loggedModelId: string | null;
  readonly isPrompt: boolean;
}

type Reader = { readonly db: Database };

/**
 * Where the files of a version are, of what a client says: `runs:/`, `models:/`, a path of our artifacts, or
 * the address of a store that clients reach by themselves. Nothing here is ever opened by the server.
 * @throws NOT_FOUND for a run, a model or a version that is not there; INVALID_INPUT for a path of this
 * machine and for one that leads elsewhere
 */
export async function resolveSource(ctx: Reader, input: SourceInput): Promise<ResolvedSource> {
  const { source, isPrompt } = input;
  if (isPrompt) {
    if (PROMPT_SOURCES.includes(source)) return { location: source, runId: null, loggedModelId: null };
    throw refused(source, `the source of a prompt is one of ${PROMPT_SOURCES.join(', ')}`);
  }
  const model = input.loggedModelId === null ? null : await readLoggedModel(ctx, input.loggedModelId);
  const said = { runId: input.runId ?? model?.sourceRunId ?? null, loggedModelId: input.loggedModelId };
  const [, scheme = '', rest = ''] = /^([a-z][a-z\d+.-]*):\/*(.*)$/is.exec(source) ?? [];
  switch (scheme.toLowerCase()) {
    case 'runs':
      return ofRun(ctx, said, rest, source);
    case 'models':
      return ofModel(ctx, said, rest, source);
    case 'mlflow-artifacts': {
      const path = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.*)$/i.exec(source)?.[1];
      if (path === undefined) throw refused(source, 'no path follows');
      const names = artifactNames(path.replace(/\/+$/, ''));
      if (names[0] === OWN_VERSIONS)
        throw refused(source, 'these are versions of Tend; use models:/name/version');
      return { ...said, location: source.replace(/\/+$/, '') };
    }
    case '':
    case 'file':
      return { ...said, location: await ofFolder(ctx, said, source, model?.artifactUri) };
    default:
      assertPlain(source);
      return { ...said, location: source };
  }
}

type Said = Omit<ResolvedSource, 'location'>;

async function ofRun(ctx: Reader, said: Said, rest: string, source: string): Promise<ResolvedSource> {
  const [id = '', ...below] = rest.split('/');
  if (said.runId !== null && said.runId !== id)
    throw refused(source, `it is of the run ${id}, and run_id names another`);
  const { artifactUri } = await readRunInfo(ctx, id);
  const names = artifactNames(below.join('/').replace(/\/+$/, ''));
  return { ...said, runId: id, location: [artifactUri, ...names].join('/') };
}

async function ofModel(ctx: Reader, said: Said, rest: string, source: string): Promise<ResolvedSource> {
  const logged = /^(m-[^/@]+)(?:\/(.*))?$/.exec(rest);
  if (logged !== null) {
    const [, id = '', below = ''] = logged;
    if (said.loggedModelId !== null && said.loggedModelId !== id)
      throw refused(source, `it is the model ${id}, and model_id names another`);
    const model = await readLoggedModel(ctx, id);
    const location = [model.artifactUri, ...artifactNames(below.replace(/\/+$/, ''))].join('/');
    return { location, runId: said.runId ?? model.sourceRunId, loggedModelId: id };
  }
  const version = await versionNamed(ctx, rest, source);
  return {
    location: version.location,
    runId: said.runId ?? version.runId,
    loggedModelId: said.loggedModelId ?? version.loggedModelId,
  };
}

/** `name/3`, `name@alias`, `name/latest`. */
async function versionNamed(ctx: Reader, rest: string, source: string) {
  const [, name = '', number, alias] = /^([^/@]+)(?:\/(\d{1,15}|latest)|@([\w-]+))$/i.exec(rest) ?? [];
  if (number !== undefined && number.toLowerCase() !== 'latest')
    return readVersion(ctx, name, Number(number));
  const found = alias === undefined ? await newestVersion(ctx, name) : await readAlias(ctx, name, alias);
  if (name === '') throw refused(source, 'expected models:/name/version, models:/name@alias or models:/m-…');
  if (found === undefined) throw new TendError('NOT_FOUND', `No version of ${name} is named by ${source}`);
  return found;
}

/** A folder of the machine on which a client runs: allowed below the artifacts of its own run or model. */
async function ofFolder(
  ctx: Reader,
  { runId }: Said,
  source: string,
  modelRoot: string | undefined,
): Promise<string> {
  assertPlain(source);
  const roots = [modelRoot ?? '', runId === null ? '' : await runRoot(ctx, runId)];
  const plain = (uri: string): string => uri.replace(/^file:\/*(?=\/)/i, '').replace(/\/+$/, '');
  const isBelow = roots.some((root) => root !== '' && `${plain(source)}/`.startsWith(`${plain(root)}/`));
  if (isBelow) return source;
  throw refused(
    source,
    'to use a local path as a model version source, the run_id request parameter has to be specified and ' +
      'the path has to be within the artifacts of that run',
  );
}

async function runRoot(ctx: Reader, id: string): Promise<string> {
  return (await readRunInfo(ctx, id)).artifactUri;
}

/** Rounds of decoding that are looked through; what needs more is no address. */
const DECODINGS_MAX = 10;

/** Refuses what would lead elsewhere, however many times it is decoded. */
function assertPlain(source: string): void {
  let text = source;
  for (let round = 0; ; round++) {
    // Control characters are what is meant.
    // eslint-disable-next-line no-control-regex
    if (/[\\#?\u0000-\u001f\u007f]/.test(text) || text.split('/').includes('..'))
      throw refused(source, 'it has a relative part or a character that means something else');
    const next = decoded(text);
    if (next === text) return;
    if (next === undefined || round === DECODINGS_MAX) throw refused(source, 'it is no address');
    text = next;
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function refused(source: string, why: string): TendError {
  return new TendError('INVALID_INPUT', `Invalid model version source: '${source.slice(0, 200)}': ${why}.`);
}
