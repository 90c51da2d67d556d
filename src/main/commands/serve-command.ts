import { defineCommand } from '../../cli/command.ts';
import { readConfig } from '../config.ts';

/** `tend serve MODEL`: the data plane alone, without a database. */
export const serveCommand = defineCommand({
  name: 'serve',
  summary: 'Serves a model file by itself: the data plane without a database',
  examples: ['tend serve model.onnx --name price'],
  arguments: [{ name: 'model', description: 'An ONNX file, or an archive.', required: true }],
  options: [
    {
      flag: 'name',
      type: 'string',
      description: 'Name of the endpoint; the base name of the file if absent.',
    },
    { flag: 'log', type: 'string', description: 'Folder of the prediction log; a temporary one if absent.' },
    { flag: 'host', type: 'string', description: 'Address to listen on; default 127.0.0.1.' },
    { flag: 'serve-port', type: 'number', description: 'Port; default 4610, 0 for any.' },
    { flag: 'workers', type: 'number', description: 'Serving processes; default 1.', fallback: 1 },
  ],
  load: async () => async (call) => {
    const { serveModel } = await import('../serve-model.ts');
    const { host, servePort, name, log, workers } = call.options;
    const config = readConfig(process.env, process.cwd(), {
      ...(typeof host === 'string' ? { host } : {}),
      ...(typeof servePort === 'number' ? { servePort } : {}),
    });
    await serveModel({
      model: String(call.arguments.model),
      host: config.host,
      port: config.servePort,
      workers: Number(workers),
      signal: call.signal,
      onReady: (line) => (call.global.json ? call.terminal.note(line) : call.terminal.print(line)),
      ...(typeof name === 'string' ? { name } : {}),
      ...(typeof log === 'string' ? { log } : {}),
    });
    return { data: {}, text: '' };
  },
});
