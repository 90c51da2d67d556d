import type { Rule } from './rule.ts';
import { declaredNeeds } from './rules/declared-needs.ts';
import { docstring } from './rules/docstring.ts';
import { erasable } from './rules/erasable.ts';
import { exportName } from './rules/export-name.ts';
import { fileLength } from './rules/file-length.ts';
import { fileName } from './rules/file-name.ts';
import { functionLength } from './rules/function-length.ts';
import { lineLength } from './rules/line-length.ts';
import { lockWithoutAddress } from './rules/lock-without-address.ts';
import { medianLength } from './rules/median-length.ts';
import { noAmbientInput } from './rules/no-ambient-input.ts';
import { noAny } from './rules/no-any.ts';
import { noBarrel } from './rules/no-barrel.ts';
import { noDefaultExport } from './rules/no-default-export.ts';
import { noEval } from './rules/no-eval.ts';
import { noMachinePath } from './rules/no-machine-path.ts';
import { noRegistryHost } from './rules/no-registry-host.ts';
import { noUnfinishedMark } from './rules/no-unfinished-mark.ts';
import { readme } from './rules/readme.ts';
import { wholeTests } from './rules/whole-tests.ts';

/** The house rules that a machine can check. A new one needs a planted violation in fixtures/. */
export const RULES: readonly Rule[] = [
  fileLength,
  medianLength,
  functionLength,
  lineLength,
  fileName,
  exportName,
  noDefaultExport,
  noBarrel,
  erasable,
  noAny,
  noEval,
  noAmbientInput,
  docstring,
  noUnfinishedMark,
  noMachinePath,
  noRegistryHost,
  lockWithoutAddress,
  readme,
  wholeTests,
  declaredNeeds,
];
