/**
 * Deployment: from a proved candidate to an endpoint that answers.
 *
 * The gate opens when every stage before it passed and every criterion held; an approval may be required on
 * top. A release (model, features, code, configuration as one unit) then takes over an endpoint: at once
 * where nothing was live, else in shares of traffic, each held for a number of the candidate's own
 * predictions. The release before stays loaded, so going back is one swap. Nothing else moves an alias or a
 * route.
 */
export { dropWarm } from './drop-warm.ts';
export { endRollouts } from './end-rollouts.ts';
export { listRoutes } from './endpoint-store.ts';
export { fallBack } from './fall-back.ts';
export { liveClock } from './live-clock.ts';
export { moveVersionStage, pointAlias } from './move-version.ts';
export { publishRouting } from './publish-routing.ts';
export { releaseAnswers } from './release-answers.ts';
export { retireEndpoint } from './retire-endpoint.ts';
export { rollBack } from './roll-back.ts';
export { stopEndpoint } from './stop-endpoint.ts';
export { throttle } from './throttle.ts';
export {
  type DeploymentInputs,
  type DeploymentOutputs,
  deploymentKey,
  gateStep,
  runDeployment,
} from './stage.ts';
