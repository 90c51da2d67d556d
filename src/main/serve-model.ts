import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { loadOnnx } from '../decide/onnx/load-onnx.ts';
import type { ReleaseManifest } from '../decide/release.ts';
import { TendError } from '../kernel/error.ts';
import { sha256 } from '../kernel/hash.ts';
import { nameText } from '../kernel/schema.ts';
import { writeRouting } from '../serve/routing.ts';
import { openBlobStore } from '../store/blob.ts';
import { statePlanes } from './plane-launcher.ts';
import { isArchive, publishArchive } from './serve-archive.ts';

/** Which model file is served, where, and until when. */
export interface ServeModelOptions {
  readonly model: string;
  readonly name?: string;
  /** Folder that keeps the prediction log. */
  readonly log?: string;
  readonly host: string;
  readonly port: number;
  readonly workers: number;
  readonly signal: AbortSignal;
  readonly onReady: (line: string) => void;
}

/**
 * Serves a model file until the signal: an archive by what it holds, an ONNX file by itself. The inputs of
 * the latter are the fields of a request: those that the file names, else `x0`, `x1`, … for the columns of
 * its number tensor. @throws NOT_FOUND, INVALID_INPUT (not such a model), STATE_UNREADABLE (a damaged
 * archive)
 */
export async function serveModel(options: ServeModelOptions): Promise<void> {
  const path = resolve(options.model);
  if (await isArchive(path)) {
    if (options.name !== undefined) throw namedArchive();
    return serveFolder(options, (stateDir) => publishArchive(path, stateDir));
  }
  const bytes = readModel(options.model);
  const name = options.name ?? endpointName(options.model);
  const named = nameText.safeParse(name);
  if (!named.success) {
    const hint = 'Give the endpoint another name with --name.';
    throw new TendError('USAGE', `--name ${name}: ${named.error.issues[0]?.message ?? ''}`, { hint });
  }
  const manifest = manifestOf(bytes, name);
  return serveFolder(options, async (stateDir) => {
    await publish(stateDir, bytes, manifest);
    return [name];
  });
}

/** Serves a folder that is filled first, and gone afterwards unless the log is to be kept. */
async function serveFolder(
  options: ServeModelOptions,
  fill: (stateDir: string) => Promise<readonly string[]>,
): Promise<void> {
  const temporary = options.log === undefined ? mkdtempSync(join(tmpdir(), 'tend-serve-')) : undefined;
  const stateDir = temporary ?? resolve(options.log ?? '');
  try {
    const endpoints = await fill(stateDir);
    const planes = statePlanes({ stateDir, host: options.host, port: options.port, lasting: true });
    const plane = await planes.ensure(options.workers);
    try {
      const answers = endpoints.map((name) => `${name} answers at ${plane.url}/predict/${name}`);
      options.onReady(answers.join(', '));
      await aborted(options.signal);
    } finally {
      await plane.stop();
    }
  } finally {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
  }
}

function namedArchive(): TendError {
  return new TendError('USAGE', '--name: an archive names its endpoints itself', {
    hint: 'Leave --name out.',
  });
}

async function publish(stateDir: string, bytes: Uint8Array, manifest: ReleaseManifest): Promise<void> {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const { project: name } = manifest;
  const blobDir = join(stateDir, 'blobs');
  const blobs = openBlobStore(blobDir);
  await blobs.put(bytes);
  const { hash } = await blobs.put(Buffer.from(JSON.stringify(manifest), 'utf8'));
  await writeRouting(stateDir, {
    format: 'tend.routing/v1',
    generation: 1,
    blobDir,
    featureDir: join(stateDir, 'features'),
    endpoints: [
      { name, project: name, routes: [{ releaseHash: hash, version: '1', weight: 1, role: 'stable' }] },
    ],
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
}

const MODEL_HINT = 'Name the ONNX file of a model whose inputs are numbers and texts.';

function readModel(model: string): Uint8Array {
  const path = resolve(model);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new TendError('NOT_FOUND', `there is no file ${path}`, { hint: MODEL_HINT });
  if (stats.isDirectory()) {
    throw new TendError('USAGE', `expected an ONNX file, ${path} is a folder`, { hint: MODEL_HINT });
  }
  return readFileSync(path);
}

function endpointName(path: string): string {
  const name = basename(path)
    .replace(/\.onnx$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'model' : name.slice(0, 63);
}

const inputList = z.array(z.strictObject({ name: z.string().min(1), type: z.enum(['number', 'string']) }));
type Input = z.output<typeof inputList>[number];

/** What the file says of its inputs; anyone may have written it. */
function readInputs(said: string): Input[] {
  try {
    return inputList.parse(JSON.parse(said));
  } catch (cause) {
    const message = 'tend.inputs in the metadata of the file is no list of {name, type}';
    throw new TendError('INVALID_INPUT', message, { cause, hint: MODEL_HINT });
  }
}

/** The columns of a number tensor by their place; a text input by its name. */
function unnamedInputs(input: {
  readonly name: string;
  readonly type: string;
  readonly width: number;
}): Input[] {
  if (input.type !== 'number') return [{ name: input.name, type: 'string' }];
  return Array.from({ length: input.width }, (_, i): Input => ({ name: `x${i}`, type: 'number' }));
}

function readOnnx(bytes: Uint8Array): ReturnType<typeof loadOnnx> {
  try {
    return loadOnnx(bytes);
  } catch (error) {
    if (!(error instanceof TendError)) throw error;
    throw new TendError(error.code, error.message, { cause: error, hint: MODEL_HINT });
  }
}

/** What the file itself says: names of its inputs where it carries them, else their places. */
function manifestOf(bytes: Uint8Array, name: string): ReleaseManifest {
  const model = readOnnx(bytes);
  const said = model.metadata['tend.inputs'];
  const inputs: Input[] = said === undefined ? model.inputs.flatMap(unnamedInputs) : readInputs(said);
  const binary = model.outputs.includes('score');
  return {
    format: 'tend.release/v1',
    id: `rel_${sha256(bytes).slice(0, 26)}`,
    project: name,
    model: name,
    version: 1,
    kind: binary ? 'classification' : 'regression',
    target: '',
    modelBlob: sha256(bytes),
    fields: inputs.map((input) => ({ ...input, nullable: true })),
    features: inputs.map((input) => ({ ...input, expression: { kind: 'field', name: input.name } })),
    eventTime: null,
    tables: [],
    key: null,
    inputs,
    codeCommit: null,
    specHash: '',
  };
}
