import { STAGES } from '../../src/kernel/verdict.ts';
import type { Import } from './imports-of.ts';

/** The rooms of src, the lowest row first. A room imports rooms of lower rows; never up, never sideways. */
const ROWS: readonly (readonly string[])[] = [
  ['kernel'],
  ['store'],
  ['learn', 'table', 'engine'],
  ['decide'],
  ['serve'],
  ['lifecycle'],
  ['project'],
  ['wire', 'http', 'cli'],
  ['main'],
];

/** Protocols that answer predictions: they know `serve` and what is below it. */
const SERVING_PROTOCOLS = new Set([
  'open-inference',
  'tensorflow-serving',
  'torchserve',
  'sagemaker',
  'vertex',
  'mlflow-scoring',
]);

/** Lists of what every stage has: the one kind of file beside the stages that sees them. */
const ALL_STAGES = /^src\/lifecycle\/all-[a-z-]+\.ts$/;

/** Why an import between two files of ours is not allowed; undefined where it is. */
export function layerViolation({ from, to }: Import): string | undefined {
  if (!to.startsWith('src/')) return outsideViolation(from, to);
  const [room, target] = [roomOf(from), roomOf(to)];
  if (isForTests(to) && !isForTests(from)) return 'a program imports what is for tests';
  const [row, targetRow] = [rowOf(room), rowOf(target)];
  if (row === undefined) return `${room} is not a room: name it in tools/architecture/layers.ts`;
  if (targetRow === undefined) return `${target} is not a room: name it in tools/architecture/layers.ts`;
  if (targetRow > row) return `${room} imports upward from ${target}`;
  if (targetRow === row && room !== target) return `${room} imports sideways from ${target}`;
  if (room === 'lifecycle' && target === 'lifecycle') return stageViolation(from, to);
  if (room === 'wire') return protocolViolation(from, to);
  return undefined;
}

function outsideViolation(from: string, to: string): string | undefined {
  if (isPackage(to)) return undefined;
  return (isForTests(from) && /^(?:test|tools)\//.test(to)) || /\.(?:json|wasm)$/.test(to)
    ? undefined
    : `src imports ${to} from outside src`;
}

/**
 * A stage knows itself, the index.ts of earlier stages, and the files beside the stages; those know no stage.
 */
function stageViolation(from: string, to: string): string | undefined {
  const [stage, target] = [folderOf(from), folderOf(to)];
  if (stage === target) return undefined;
  if (target === undefined)
    return ALL_STAGES.test(to) ? `${stage} imports the list of all stages` : undefined;
  if (stage === undefined) {
    return ALL_STAGES.test(from) ? undefined : `a file beside the stages imports the stage ${target}`;
  }
  const [position, targetPosition] = [positionOf(stage), positionOf(target)];
  if (position === -1) return `${stage} is not a stage`;
  if (targetPosition === -1) return `${target} is not a stage`;
  if (targetPosition > position) return `${stage} imports the later stage ${target}`;
  return to.endsWith(`/${target}/index.ts`) ? undefined : `${stage} imports ${target} past its index.ts`;
}

/** Protocols never import each other; files beside them are for all of them and know none. */
function protocolViolation(from: string, to: string): string | undefined {
  const protocol = folderOf(from);
  const row = rowOf(roomOf(to)) ?? 0;
  if (
    protocol !== undefined &&
    SERVING_PROTOCOLS.has(protocol) &&
    row > (rowOf('serve') ?? 0) &&
    roomOf(to) !== 'wire'
  ) {
    return `${protocol} answers predictions and imports ${roomOf(to)}, which is above serve`;
  }
  const target = roomOf(to) === 'wire' ? folderOf(to) : protocol;
  if (target === undefined || target === protocol) return undefined;
  return `${protocol ?? 'a file beside the protocols'} imports the protocol ${target}`;
}

/** Is the target of an import a package rather than a file of the repository? */
export function isPackage(to: string): boolean {
  return !to.includes('/') || to.startsWith('@') || to.startsWith('node:');
}

/** A test, what the tests of a folder have in common, or a program that only tests start. */
export function isForTests(path: string): boolean {
  return /\.test\.ts$|(?:\/|-)testbed\.ts$|\/fixtures\//.test(path);
}

/** `store` of `src/store/blob.ts`. */
export function roomOf(path: string): string {
  return path.split('/')[1] ?? '';
}

/** `data` of `src/lifecycle/data/spec.ts`; undefined for a file directly in the room. */
function folderOf(path: string): string | undefined {
  const parts = path.split('/');
  return parts.length > 3 ? parts[2] : undefined;
}

function rowOf(room: string): number | undefined {
  const row = ROWS.findIndex((rooms) => rooms.includes(room));
  return row === -1 ? undefined : row;
}

function positionOf(stage: string): number {
  return STAGES.findIndex((name) => name === stage);
}
