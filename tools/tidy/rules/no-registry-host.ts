import { type Rule, eachFile } from '../rule.ts';

/** Package registries and their mirrors by host name or by an address given to a package manager. */
const REGISTRY = new RegExp(
  [
    String.raw`\bregistry\.(?:npmjs|yarnpkg|npmmirror)\.\w+`,
    String.raw`\b(?:files\.python${'hosted'}|pypi)\.org`,
    String.raw`\b(?:deb|security)\.debian\.org`,
    String.raw`\b(?:arti${'factory'}|verd${'accio'}|dev${'pi'})\b`,
    String.raw`--(?:extra-)?index-${'url'}|_auth${'Token'}`,
  ].join('|'),
);

export const noRegistryHost: Rule = {
  name: 'no-registry-host',
  advice: 'leave it out: which registry answers is for the machine to say, and the lock file has the digests',
  check: eachFile(
    () => true,
    function* ({ lines }) {
      for (const [index, line] of lines.entries()) {
        const host = REGISTRY.exec(line);
        if (host !== null) yield [index + 1, host[0]];
      }
    },
  ),
};
