import { walk } from '../../syntax/parse.ts';
import { type Rule, eachFile } from '../rule.ts';

export const noAny: Rule = {
  name: 'no-any',
  advice: 'say what it is: `unknown` and a check, a type parameter, `never` for an input nobody gives',
  check: eachFile(
    (file) => file.isTypeScript,
    function* ({ syntax }) {
      const found: [number, string][] = [];
      walk(syntax.program, (node) => {
        if (node.type === 'TSAnyKeyword') found.push([syntax.lineOf(node.start), 'any']);
      });
      for (const comment of syntax.comments) {
        const directive = /@ts-(?:ignore|nocheck)/.exec(comment.value);
        if (directive !== null) found.push([syntax.lineOf(comment.start), directive[0]]);
      }
      yield* found;
    },
  ),
};
