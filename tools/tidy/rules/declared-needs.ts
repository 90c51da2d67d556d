import { type Rule, eachFile } from '../rule.ts';

/** What in a test's text shows that it needs a part of the machine. */
const SIGNS: readonly { readonly part: string; readonly sign: RegExp }[] = [
  { part: 'chromium', sign: /from '(?:playwright-core|.*\/browser\.ts)'/ },
  { part: 'postgres', sign: /from '.*\/postgres\.ts'/ },
  { part: 'python', sign: /from '.*\/python\.ts'|\.venv\b/ },
  { part: 'prometheus', sign: /'promtool'|'prometheus'/ },
  { part: 'wrk', sign: /'wrk'/ },
  { part: 'mounts', sign: /from '.*\/small-disk\.ts'/ },
];

export const declaredNeeds: Rule = {
  name: 'declared-needs',
  advice: 'add `// needs: <part>` at the top: without the part the run names the file and goes on',
  check: eachFile(
    (file) => file.isTest && !file.path.startsWith('tools/'),
    function* ({ path, text, lines }) {
      const declared = (/^\/\/ needs: (.+)$/m.exec(text)?.[1] ?? '').split(',').map((part) => part.trim());
      if (path.endsWith('.oracle.test.ts')) declared.push('python');
      for (const { part, sign } of SIGNS) {
        const index = lines.findIndex((line) => sign.test(line));
        if (index !== -1 && !declared.includes(part)) yield [index + 1, `needs ${part} and does not say so`];
      }
    },
  ),
};
