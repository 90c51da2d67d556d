import { type Rule, eachFile } from '../rule.ts';

const FOLDERS = /^(?:src|tools|bin|ui\/src|test|examples|benchmarks|sdk)\//;
const KEBAB = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/;

/** Names under which anything may be put, and so everything will be. */
const CATCH_ALLS = /^(?:utils?|helpers?|common|shared|misc|types?|lib)$/;

export const fileName: Rule = {
  name: 'file-name',
  advice: 'kebab-case, named for its one concept (never utils, helpers, common, shared, misc, types, lib)',
  check: eachFile(
    (file) => file.isCode && FOLDERS.test(file.path),
    function* ({ path }) {
      for (const part of path.split('/')) {
        const stem = part.replace(/\..*$/, '');
        if (!KEBAB.test(part)) yield [1, `${part} is not kebab-case`];
        else if (CATCH_ALLS.test(stem)) yield [1, `${stem} names no concept`];
      }
    },
  ),
};
