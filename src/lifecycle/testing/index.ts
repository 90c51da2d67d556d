/**
 * Testing: does the candidate hold in the real serving process, at small scale?
 *
 * A serving process is started for the candidate alone and eight kinds of test are run against it: unit,
 * integration, coverage, performance, load, privacy, security, bias. Each leaves an in-toto test result as
 * evidence; one that fails does not keep the others from running.
 */
export { runTesting, type TestingOutputs, testingKey } from './stage.ts';
export type { TestingInputs } from './test-bench.ts';
