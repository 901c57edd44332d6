import type { Disposable, TextDocument } from 'vscode';
import { UserError } from '../../config/userError';
import { Debounced } from '../configuration/debounced';
import type { PlanSource } from '../configuration/planSource';
import type { PlanNews } from '../protocol/form';

/** Short enough to follow a slider, long enough not to ask for every step of it. */
const QUIET_MS = 150;

/** Reading the data takes longer, so it waits for a pause. */
const DATA_QUIET_MS = 700;

/** Enough for the data to be read; the form asks for pages of examples itself. */
const EXAMPLES = 1;

export interface PlanListener {
  onPlan(news: PlanNews): void;
  onDataPlan(news: PlanNews): void;
  onBug(error: Error): void;
}

/** Keeps a form's plan in step with its document: the newest text wins, an answer to an older one is dropped. */
export class FormPlans implements Disposable {
  private readonly quick = new Debounced(() => void this.ask(0), QUIET_MS);
  private readonly slow = new Debounced(() => void this.ask(EXAMPLES), DATA_QUIET_MS);
  private failed = false;
  private disposed = false;

  constructor(
    private readonly document: TextDocument,
    private readonly plans: PlanSource,
    private readonly listener: PlanListener,
  ) {}

  /** The document has changed. */
  refresh(): void {
    this.listener.onPlan({ kind: 'planning' });
    this.listener.onDataPlan({ kind: 'planning' });
    this.quick.call();
    this.slow.call();
  }

  /** The form is new and knows nothing. */
  restart(): void {
    void this.ask(0);
    this.slow.call();
  }

  retryFailed(): void {
    if (this.failed) this.refresh();
  }

  dispose(): void {
    this.disposed = true;
    this.quick.dispose();
    this.slow.dispose();
  }

  private async ask(examples: number): Promise<void> {
    const { version } = this.document;
    const news = await this.answer(examples);
    if (this.disposed || this.document.version !== version) return;
    if (examples === 0) this.failed = news.kind === 'failed';
    if (examples === 0) this.listener.onPlan(news);
    else this.listener.onDataPlan(news);
  }

  private async answer(examples: number): Promise<PlanNews> {
    try {
      return { kind: 'plan', plan: await this.plans.plan(this.document, examples) };
    } catch (error) {
      // Overtaken by a newer question of another view of the document, which has its own answer.
      if (error instanceof Error && error.name === 'AbortError') return { kind: 'planning' };
      if (!(error instanceof UserError) && error instanceof Error) this.listener.onBug(error);
      return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
    }
  }
}
