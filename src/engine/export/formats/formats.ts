import { UserError } from '../../../config/userError';
import type { ExportFormatName } from '../../rpc/export';
import type { ExportFormat } from '../exportFormat';
import { ggufFormat } from './gguf';
import { ggufLoraFormat } from './ggufLora';
import { mergedFormat } from './merged';
import { officialFormat } from './official';
import { peftFormat } from './peft';

const FORMATS: Readonly<Partial<Record<ExportFormatName, ExportFormat>>> = {
  mora: officialFormat,
  peft: peftFormat,
  merged: mergedFormat,
  gguf: ggufFormat,
  'gguf-lora': ggufLoraFormat,
};

export function formatNamed(name: ExportFormatName): ExportFormat {
  const format = FORMATS[name];
  if (format === undefined)
    throw new UserError(`"${name}" is no export format; use ${Object.keys(FORMATS).join(', ')}.`);
  return format;
}
