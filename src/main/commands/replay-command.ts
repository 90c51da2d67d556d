import { defineCommand } from '../../cli/command.ts';

/** `tend replay DATASET`: plays declared data as the traffic of its time; a client like any other. */
export const replayCommand = defineCommand({
  name: 'replay',
  summary: 'Plays a dataset as the traffic of its time, with its outcomes as they came',
  examples: ['tend replay orders', 'tend replay orders --until 2001-03-01'],
  arguments: [
    { name: 'dataset', description: 'The source of tend.yaml that holds the examples.', required: true },
  ],
  options: [
    {
      flag: 'until',
      type: 'string',
      description: "Date to end at, 00:00 UTC, or a time; the end of the data's last whole month if absent.",
    },
    {
      flag: 'speed',
      type: 'string',
      description: 'Seconds of the past in one of today, or max: as fast as answers come.',
      fallback: 'max',
    },
    { flag: 'batch', type: 'number', description: 'Rows in one request; default 100.', fallback: 100 },
  ],
  load: async () => (await import('./replay/replay.ts')).replay,
});
