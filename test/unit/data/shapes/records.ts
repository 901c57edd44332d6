import type { DataRecord } from '../../../../src/engine/data/record';

/** A record as line 3 of a file. */
export function record(value: Record<string, unknown>): DataRecord {
  return { file: 'data.jsonl', line: 3, value, bytesRead: 0 };
}
