import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operationCommand } from '../../cli/operation-command.ts';
import { operations } from '../operations.ts';
import { commands } from './commands.ts';
import { ORDER } from './order.ts';

const all = [...commands, ...operations.flatMap((operation) => operationCommand(operation) ?? [])];

describe('the commands of tend', () => {
  it('have a name each, and the help puts those first that there are', () => {
    const names = all.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(
      ORDER.filter((name) => !names.includes(name)),
      [],
    );
  });

  it('show whole command lines of their own as examples, with flags that they take', () => {
    for (const { name, examples, options } of all.filter((one) =>
      ORDER.some((known) => known === one.name),
    )) {
      assert.ok(examples.length > 0, name);
      const known = new Set([
        'json',
        'dir',
        ...options.map(({ flag, fallback }) => (fallback === true ? `no-${flag}` : flag)),
      ]);
      for (const example of examples) {
        for (const line of example.split(' && ')) assert.match(line, /^tend [a-z]/, example);
        assert.ok(example.startsWith(`tend ${name}`), `${name}: ${example}`);
        const [own = ''] = example.split(' && ');
        for (const [, flag = ''] of own.matchAll(/ --([a-z-]+)/g))
          assert.ok(known.has(flag), `${name}: --${flag}`);
      }
    }
  });

  it('describe every argument and option', () => {
    for (const { name, arguments: args, options } of commands) {
      for (const { description } of [...args, ...options]) assert.notEqual(description, '', name);
    }
  });
});
