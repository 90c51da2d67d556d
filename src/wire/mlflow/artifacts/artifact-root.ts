import { artifactNames } from '../../../lifecycle/training/tracking/artifact-path.ts';
import { invalid } from '../mlflow-error.ts';

/**
 * The path below our artifacts that an address of ours stands for: `mlflow-artifacts:/1/…` or with a host.
 * @throws INVALID_PARAMETER_VALUE for the address of another store, which clients reach by themselves
 */
export function artifactRoot(uri: string): string {
  const path = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.*)$/.exec(uri)?.[1];
  if (path === undefined) throw invalid(`These artifacts are not kept by this server: ${uri}`);
  return artifactNames(path).join('/');
}
