import * as l10n from '@vscode/l10n';
import { UserError } from '../../config/userError';
import type { JsonObject, MeasureNews } from '../protocol/form';

export type Progress = (progress: { readonly activity: string; readonly share: number }) => void;

/** What to measure, fixed when the measurement begins. */
export interface Task<Result> {
  /** Every field of the document, defaults filled in. */
  readonly of: JsonObject;
  readonly work: (onProgress: Progress, signal: AbortSignal) => Promise<Result>;
}

/** One thing that a form can have measured: begun and cancelled by hand, and told again to a page that is new. */
export class Measurement<Result> {
  private running: AbortController | undefined;
  private done: MeasureNews<Result> | undefined;
  private last: MeasureNews<Result> | undefined;

  constructor(
    private readonly tell: (news: MeasureNews<Result>) => void,
    private readonly onBug: (error: Error) => void,
  ) {}

  get isRunning(): boolean {
    return this.running !== undefined;
  }

  start({ of, work }: Task<Result>): void {
    if (this.running !== undefined) return;
    const abort = new AbortController();
    this.running = abort;
    this.say({ kind: 'running', activity: l10n.t('starting the engine'), share: 0 });
    const onProgress: Progress = ({ activity, share }) => {
      if (!abort.signal.aborted) this.say({ kind: 'running', activity, share });
    };
    work(onProgress, abort.signal).then(
      (result) => this.end(abort, { kind: 'done', result, of }),
      (error: unknown) => this.end(abort, this.failure(error, abort.signal)),
    );
  }

  /** What it found before stays. */
  cancel(): void {
    this.running?.abort();
  }

  tellAgain(): void {
    if (this.done !== undefined) this.tell(this.done);
    if (this.last !== undefined && this.last !== this.done) this.tell(this.last);
  }

  private end(abort: AbortController, news: MeasureNews<Result>): void {
    if (this.running === abort) this.running = undefined;
    if (news.kind === 'done') this.done = news;
    this.say(news);
  }

  private failure(error: unknown, signal: AbortSignal): MeasureNews<Result> {
    if (signal.aborted) return { kind: 'cancelled' };
    if (!(error instanceof UserError) && error instanceof Error) this.onBug(error);
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }

  private say(news: MeasureNews<Result>): void {
    this.last = news;
    this.tell(news);
  }
}
