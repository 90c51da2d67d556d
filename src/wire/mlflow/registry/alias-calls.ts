import { pointAlias } from '../../../lifecycle/deployment/index.ts';
import { deleteAlias } from '../../../lifecycle/training/registry/alias-store.ts';
import { newestVersion, readAlias, readModel } from '../../../lifecycle/training/registry/read-registry.ts';
import { message, required } from '../codec/message.ts';
import { invalid, MlflowError } from '../mlflow-error.ts';
import { type AnyRpc, rpc } from '../rpc.ts';
import { aliasName, modelName, newAliasName, versionNumber } from './fields.ts';
import { versionJson } from './registry-json.ts';

const PATH = '/mlflow/registered-models/alias';
const name = required(modelName());

/** Aliases; `champion` of a project's model moves through the gate. */
export const aliasCalls: readonly AnyRpc[] = [
  rpc({
    method: 'POST',
    path: PATH,
    since: '2.0',
    permission: 'model.write',
    input: message({ name, alias: required(newAliasName()), version: required(versionNumber()) }),
    handler: async (ctx, input) => {
      await pointAlias(ctx, input.name, input.alias, input.version);
      return undefined;
    },
  }),
  rpc({
    method: 'GET',
    path: PATH,
    since: '2.0',
    permission: 'model.read',
    input: message({ name, alias: required(aliasName()) }),
    handler: async (ctx, input) => {
      if (input.alias.toLowerCase() === 'latest') {
        await readModel(ctx, input.name);
        const newest = await newestVersion(ctx, input.name);
        if (newest !== undefined) return { model_version: versionJson(newest) };
        const none = `Latest version not found for model ${input.name}.`;
        throw new MlflowError('RESOURCE_DOES_NOT_EXIST', none);
      }
      const version = await readAlias(ctx, input.name, input.alias);
      // As MLflow has it, and as its older clients expect it.
      if (version === undefined) throw invalid(`Registered model alias ${input.alias} not found.`);
      return { model_version: versionJson(version) };
    },
  }),
  rpc({
    method: 'DELETE',
    path: PATH,
    since: '2.0',
    permission: 'model.write',
    input: message({ name, alias: required(aliasName()) }),
    handler: async (ctx, input) => {
      await deleteAlias(ctx, input.name, input.alias);
      return undefined;
    },
  }),
];
