import {
  deleteScorer,
  listScorers,
  readScorer,
  registerScorer,
  type ScorerVersion,
  scorerVersions,
} from '../../../lifecycle/training/genai/scorer-store.ts';
import { activeExperiment } from '../../../lifecycle/training/tracking/experiment-store.ts';
import { double, int64, list, text } from '../codec/field.ts';
import { jsonText } from '../codec/json-text.ts';
import { message, required } from '../codec/message.ts';
import { invalid } from '../mlflow-error.ts';
import { type AnyRpc, rpc } from '../rpc.ts';
import { experimentId } from '../tracking/experiment-id.ts';

const ROOT = '/mlflow/scorers';
const NAME_CHARS_MAX = 256;

/** A scorer carries its own source text. */
const BODY_CHARS_MAX = 900_000;

const scorer = { experiment_id: required(experimentId()), name: required(text(NAME_CHARS_MAX)) };
const read = { method: 'GET', since: '3.0', permission: 'model.read' } as const;
const write = { since: '3.0', permission: 'model.write' } as const;

/** What scores answers: texts that clients write down, version by version. The server runs none of them. */
export const scorerCalls: readonly AnyRpc[] = [
  rpc({
    ...write,
    method: 'POST',
    path: `${ROOT}/register`,
    input: message({ ...scorer, serialized_scorer: required(text(BODY_CHARS_MAX)) }),
    handler: async (ctx, { experiment_id: experiment, name, serialized_scorer: body }) => {
      if (name.trim() === '') throw invalid('Scorer name cannot be empty or contain only whitespace.');
      jsonText(BODY_CHARS_MAX).read(body, 'serialized_scorer');
      const made = await registerScorer(ctx, { experimentId: experiment, name, body });
      return {
        version: made.version,
        scorer_id: made.id,
        experiment_id: String(made.experimentId),
        name,
        serialized_scorer: body,
        creation_time: made.createdAt,
      };
    },
  }),
  rpc({
    ...read,
    path: `${ROOT}/list`,
    input: message({ experiment_id: experimentId(), experiment_ids: list(experimentId(), 1_000) }),
    handler: async (ctx, { experiment_id: one, experiment_ids: several }) => {
      if (one !== undefined && several.length > 0)
        throw invalid("Cannot specify both 'experiment_id' and 'experiment_ids'.");
      if (one !== undefined) await activeExperiment(ctx, one);
      const ids = one === undefined ? several : [one];
      return { scorers: (await listScorers(ctx, ids.length === 0 ? undefined : ids)).map(scorerJson) };
    },
  }),
  rpc({
    ...read,
    path: `${ROOT}/versions`,
    input: message(scorer),
    handler: async (ctx, { experiment_id: experiment, name }) => ({
      scorers: (await scorerVersions(ctx, experiment, name)).map(scorerJson),
    }),
  }),
  rpc({
    ...read,
    path: `${ROOT}/get`,
    input: message({ ...scorer, version: int64() }),
    handler: async (ctx, { experiment_id: experiment, name, version }) => ({
      scorer: scorerJson(await readScorer(ctx, experiment, name, version)),
    }),
  }),
  rpc({
    ...write,
    method: 'DELETE',
    path: `${ROOT}/delete`,
    input: message({ ...scorer, version: int64() }),
    handler: async (ctx, { experiment_id: experiment, name, version }) => {
      await deleteScorer(ctx, experiment, name, version);
      return undefined;
    },
  }),
  // Newer clients ask for these with every list of scorers. Nothing is scored by this server.
  rpc({
    ...read,
    path: `${ROOT}/online-configs`,
    input: message({ scorer_ids: list(text(100), 1_000) }),
    handler: async () => '{"configs":[]}',
  }),
  rpc({
    ...write,
    method: 'PUT',
    path: `${ROOT}/online-config`,
    input: message({ ...scorer, sample_rate: required(double()), filter_string: text() }),
    handler: async (ctx, { experiment_id: experiment, name, sample_rate: rate, filter_string: filter }) => {
      if (!(rate >= 0 && rate <= 1)) throw invalid(`sample_rate must be between 0.0 and 1.0, got ${rate}`);
      const { id } = await readScorer(ctx, experiment, name, undefined);
      if (rate > 0)
        throw invalid(
          `Scorer '${name}' does not use a gateway model. Automatic evaluation is only supported for ` +
            'scorers that use gateway models, and this server has no gateway.',
        );
      const config = { scorer_id: id, sample_rate: 0, experiment_id: String(experiment) };
      return { config: { online_scoring_config_id: id, ...config, filter_string: filter } };
    },
  }),
];

function scorerJson({ experimentId: experiment, id, name, version, body, createdAt }: ScorerVersion): object {
  return {
    experiment_id: experiment,
    scorer_name: name,
    scorer_version: version,
    serialized_scorer: body,
    creation_time: createdAt,
    scorer_id: id,
  };
}
