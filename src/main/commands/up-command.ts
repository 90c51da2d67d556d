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
    { flag: 'no-serve', type: 'boolean', description: 'Without a data plane.' },
  ],
  load: async () => async (call) => {
    const { runServer } = await import('../run-server.ts');
    const { dir } = call.global;
    const { host, port, servePort, noServe } = call.options;
    const config = readConfig(process.env, process.cwd(), {
      ...(dir === undefined ? {} : { dir }),
      ...(typeof host === 'string' ? { host } : {}),
      ...(typeof port === 'number' ? { port } : {}),
      ...(typeof servePort === 'number' ? { servePort } : {}),
    });
    const served = await runServer(config, {
      serve: noServe !== true,
      signal: call.signal,
      onReady: (line) => call.terminal.print(line),
      onNotice: (line) => call.terminal.note(line),
    });
    return { data: served, text: '' };
  },
});
