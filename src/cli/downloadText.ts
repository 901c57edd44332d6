import type { DownloadProgress } from '../engine/rpc/download';
import { formatBytes } from '../language/bytes';
import { progressBar } from './bars';
import { duration } from './figures';
import { paint, type Terminal } from './terminal';

const MAX_BAR = 40;

/** How far a download is, and how fast it goes. */
export interface DownloadFigures {
  readonly progress: DownloadProgress;
  /** Bytes per second, once that is known. */
  readonly speed: number | undefined;
}

/** One line that stands for itself, for logs. */
export function downloadLine({ progress, speed }: DownloadFigures): string {
  if (progress.kind === 'waiting') return WAITING;
  return [...figures(progress, speed), progress.file].join('  ');
}

/** The lines that are rewritten in place while a download goes. */
export function downloadBlock(title: string, { progress, speed }: DownloadFigures, terminal: Terminal): string {
  const head = paint(terminal, 'bold', title);
  if (progress.kind === 'waiting') return `${head}  ${paint(terminal, 'dim', WAITING)}`;
  const { file, bytes: here, size, done, total } = progress;
  const bar = progressBar(share(done, total), Math.max(10, Math.min(MAX_BAR, terminal.columns - 60)));
  const ofFile = `${percent(here, size)} of ${formatBytes(size)}`;
  return [
    `${head}  ${paint(terminal, 'dim', `${file}, ${ofFile}`)}`,
    [paint(terminal, 'cyan', bar), ...figures(progress, speed)].join('  '),
  ].join('\n');
}

const WAITING = 'another process downloads this model; waiting for it';

function figures({ done, total }: DownloadProgress & { kind: 'downloading' }, speed: number | undefined): string[] {
  return [
    percent(done, total),
    `${formatBytes(done)} of ${formatBytes(total)}`,
    ...(speed === undefined ? [] : [`${formatBytes(speed)}/s`, `${duration((total - done) / speed)} left`]),
  ];
}

function percent(part: number, whole: number): string {
  return `${Math.floor(100 * share(part, whole))} %`;
}

function share(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}
