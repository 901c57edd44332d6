import { CommanderError } from 'commander';
import { UserError } from '../config/userError';
import { errorLine } from './errorLine';
import { program } from './program';

/** Runs the command line and sets the exit code; every error is one line on stderr. */
async function main(): Promise<void> {
  // A reader that has seen enough (`| head`) closes the pipe; a run attached to us ends with us.
  process.stdout.on('error', () => process.exit(1));
  try {
    await program((code) => {
      process.exitCode = code;
    }).parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode;
      // Help and version come this way too, after they were printed.
      if (error.exitCode !== 0) process.stderr.write(`${errorLine(asUserError(error), false)}\n`);
      return;
    }
    process.exitCode = 1;
    process.stderr.write(`${errorLine(error, process.argv.includes('--debug'))}\n`);
  }
}

function asUserError({ code, message }: CommanderError): UserError {
  if (code === 'commander.help') return new UserError('give a command; `mora --help` lists them.');
  return new UserError(message.replace(/^error: /, ''));
}

void main();
