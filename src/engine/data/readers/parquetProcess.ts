import { UserError } from '../../../config/userError';
import { notParquet, type TableAnswer } from './parquetMessages';
import { readTable } from './parquetTable';
import { rowBatches } from './rowBatches';

/** Decodes the file and columns of its arguments, and sends some rows for each message that it gets. */
const [file = '', ...wanted] = process.argv.slice(2);
const batches = rowBatches(file, readTable(file, wanted));

async function answer(): Promise<TableAnswer> {
  try {
    const next = await batches.next();
    return { kind: 'rows', rows: next.done === true ? [] : next.value };
  } catch (error) {
    return error instanceof UserError ? { kind: 'failed', message: error.message } : failed(error);
  }
}

function failed(error: unknown): TableAnswer {
  return { kind: 'failed', message: notParquet(file, error instanceof Error ? error.message : String(error)) };
}

process.on('message', () => {
  void answer().then((reply) => {
    try {
      process.send?.(reply);
    } catch (error) {
      // Such as a value too deep to be written down.
      process.send?.(failed(error));
    }
  });
});
// Columns are decoded side by side, and the library forgets some when another has failed, which is what is told.
process.on('unhandledRejection', () => undefined);
// Whoever asked is gone.
process.on('disconnect', () => process.exit());
