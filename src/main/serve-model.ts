import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { loadOnnx } from '../decide/onnx/load-onnx.ts';
import type { ReleaseManifest } from '../decide/release.ts';
import { TendError } from '../kernel/error.ts';
import { sha256 } from '../kernel/hash.ts';
import { writeRouting } from '../serve/routing.ts';
import { openBlobStore } from '../store/blob.ts';
import { statePlanes } from './plane-launcher.ts';

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
 * Serves one ONNX file until the signal. Its inputs are the fields of a request: those that the file names,
 * else `x0`, `x1`, … for the columns of its number tensor. @throws NOT_FOUND, INVALID_INPUT (not such a
 * model)
 */
export async function serveModel(options: ServeModelOptions): Promise<void> {
  const path = resolve(options.model);
  if (!existsSync(path)) throw new TendError('NOT_FOUND', `there is no file ${path}`);
  const bytes = readFileSync(path);
  const name = options.name ?? endpointName(path);
  const temporary = options.log === undefined;
  const stateDir =
    options.log === undefined ? mkdtempSync(join(tmpdir(), 'tend-serve-')) : resolve(options.log);
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const blobDir = join(stateDir, 'blobs');
  const blobs = openBlobStore(blobDir);
  await blobs.put(bytes);
  const manifest = await blobs.put(Buffer.from(JSON.stringify(manifestOf(bytes, name)), 'utf8'));
  await writeRouting(stateDir, {
    format: 'tend.routing/v1',
    generation: 1,
    blobDir,
    featureDir: join(stateDir, 'features'),
    endpoints: [
      {
        name,
        project: name,
        routes: [{ releaseHash: manifest.hash, version: '1', weight: 1, role: 'stable' }],
      },
    ],
  });
  const planes = statePlanes({ stateDir, host: options.host, port: options.port, lasting: true });
  const plane = await planes.ensure(options.workers);
  try {
    options.onReady(`${name} answers at ${plane.url}/predict/${name}`);
    await new Promise<void>((done) => {
      if (options.signal.aborted) done();
      options.signal.addEventListener('abort', () => done(), { once: true });
    });
  } finally {
    await plane.stop();
    if (temporary) rmSync(stateDir, { recursive: true, force: true });
  }
}

function endpointName(path: string): string {
  const name = basename(path)
    .replace(/\.onnx$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'model' : name.slice(0, 63);
}

type Input = { readonly name: string; readonly type: 'number' | 'string' };

/** The columns of a number tensor by their place; a text input by its name. */
function unnamedInputs(input: {
  readonly name: string;
  readonly type: string;
  readonly width: number;
}): Input[] {
  if (input.type !== 'number') return [{ name: input.name, type: 'string' }];
  return Array.from({ length: input.width }, (_, i): Input => ({ name: `x${i}`, type: 'number' }));
}

/** What the file itself says: names of its inputs where it carries them, else their places. */
function manifestOf(bytes: Uint8Array, name: string): ReleaseManifest {
  const model = loadOnnx(bytes);
  const said = model.metadata['tend.inputs'];
  const inputs: Input[] =
    said === undefined ? model.inputs.flatMap(unnamedInputs) : (JSON.parse(said) as Input[]);
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
    inputs,
    codeCommit: null,
    specHash: '',
  };
}
