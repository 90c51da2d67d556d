import { defineCommand } from '../../cli/command.ts';
import { readConfig } from '../config.ts';

/** `tend up`: the server. Prints one line when it is ready and stays until it is told to stop. */
export const upCommand = defineCommand({
  name: 'up',
  summary: 'Runs the server: board, API and data plane, until Ctrl-C',
  examples: ['tend up', 'tend up --port 0 --no-serve'],
  arguments: [],
  options: [
    { flag: 'host', type: 'string', description: 'Address to listen on; default 127.0.0.1 (TEND_HOST).' },
    {
      flag: 'port',
      type: 'number',
      description: 'Port of the control plane; default 4600, 0 for any (TEND_PORT).',
    },
    {
      flag: 'serve-port',
      type: 'number',
      description: 'Port of the data plane; default 4610 (TEND_SERVE_PORT).',
    },
    { flag: 'serve', type: 'boolean', description: 'Without a data plane.', fallback: true },
  ],
  load: async () => async (call) => {
    const { runServer } = await import('../run-server.ts');
    const { dir } = call.global;
    const { host, port, servePort, serve } = call.options;
    const config = readConfig(process.env, process.cwd(), {
      ...(dir === undefined ? {} : { dir }),
      ...(typeof host === 'string' ? { host } : {}),
      ...(typeof port === 'number' ? { port } : {}),
      ...(typeof servePort === 'number' ? { servePort } : {}),
    });
    const served = await runServer(config, {
      serve: serve !== false,
      signal: call.signal,
      // With --json standard output holds the result alone, when the server has ended.
      onReady: (line) => (call.global.json ? call.terminal.note(line) : call.terminal.print(line)),
      onNotice: (line) => call.terminal.note(line),
    });
    return { data: served, text: '' };
  },
});
