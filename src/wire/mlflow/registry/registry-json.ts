import type {
  RegisteredModel,
  RegisteredVersion,
} from '../../../lifecycle/training/registry/registered-model.ts';

/** A version as clients read it. */
export function versionJson(version: RegisteredVersion): object {
  const retired = version.state === 'retired';
  return {
    name: version.model,
    version: String(version.version),
    creation_timestamp: version.createdAt,
    last_updated_timestamp: version.updatedAt,
    user_id: version.userName,
    current_stage: version.stage,
    description: version.description,
    source: version.source,
    run_id: version.runId,
    run_link: version.runLink,
    model_id: version.loggedModelId,
    status: retired ? 'FAILED_REGISTRATION' : 'READY',
    ...(retired ? { status_message: 'It was retired: its bytes are in its archive alone.' } : {}),
    tags: version.tags,
    aliases: version.aliases,
  };
}

/** A model as clients read it. */
export function modelJson(model: RegisteredModel): object {
  return {
    name: model.name,
    creation_timestamp: model.createdAt,
    last_updated_timestamp: model.updatedAt,
    description: model.description,
    latest_versions: model.latest.map(versionJson),
    tags: model.tags,
    aliases: model.aliases.map(({ alias, version }) => ({ alias, version: String(version) })),
  };
}
