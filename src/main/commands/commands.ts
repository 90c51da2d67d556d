import type { Command } from '../../cli/command.ts';
import { applyCommand } from './apply-command.ts';
import { archiveRestoreCommand, archiveSaveCommand } from './archive-commands.ts';
import { doctorCommand } from './doctor-command.ts';
import { initCommand } from './init-command.ts';
import { ledgerExportCommand, ledgerVerifyCommand } from './ledger-commands.ts';
import { planCommand } from './plan-command.ts';
import { replayCommand } from './replay-command.ts';
import { serveCommand } from './serve-command.ts';
import { upCommand } from './up-command.ts';
import { validateCommand } from './validate-command.ts';

/** Commands that are more than one operation, or none. */
export const commands: readonly Command[] = [
  initCommand,
  validateCommand,
  planCommand,
  applyCommand,
  upCommand,
  serveCommand,
  replayCommand,
  ledgerExportCommand,
  ledgerVerifyCommand,
  archiveRestoreCommand,
  archiveSaveCommand,
  doctorCommand,
];
