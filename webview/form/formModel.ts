import type { ExampleLook, ExamplesSeen } from '../../src/engine/rpc/examples';
import type { Plan } from '../../src/engine/rpc/plan';
import { messageOf, type Channel, type Handlers } from '../../src/host/protocol/channel';
import type {
  Change,
  Documentation,
  FieldProblem,
  FormHostEnd,
  FormPageEnd,
  FormState,
  JsonObject,
  Measured,
  PlanNews,
  RunNews,
} from '../../src/host/protocol/form';
import { heard, NOT_MEASURED, type KnownMeasurement } from './measurements';
import { withChanges } from './values';

type FormChannel = Channel<FormPageEnd, FormHostEnd>;

/** A plan, and whether the document has moved on since. */
export interface KnownPlan {
  readonly plan: Plan | undefined;
  readonly stale: boolean;
  readonly error: string | undefined;
}

/** Large data is tokenized anew for the first page. */
const EXAMPLES_TIMEOUT_MS = 60 * 60_000;

const NO_PLAN: KnownPlan = { plan: undefined, stale: true, error: undefined };

/**
 * What the form knows: the document as the extension last told it, with the changes on top that are still on their way.
 * Everything else follows from this, so undo, another editor and the form itself look the same.
 */
export class FormModel {
  state: FormState | undefined;
  documentation: Documentation = {};
  defaults: JsonObject = {};
  plan: KnownPlan = NO_PLAN;
  dataPlan: KnownPlan = NO_PLAN;
  run: RunNews | null = null;
  suggestion: KnownMeasurement<Measured['suggestion']> = NOT_MEASURED;
  steps: KnownMeasurement<Measured['steps']> = NOT_MEASURED;
  /** What the extension refused last, until the next change. */
  refusal: string | undefined;

  private readonly channel: FormChannel;
  private underWay: readonly Change[] = [];
  private waiting: readonly Change[] = [];

  constructor(
    open: (handlers: Handlers<FormPageEnd>) => FormChannel,
    private readonly onChange: () => void,
  ) {
    // The extension is trusted: what it sends is typed at its end.
    this.channel = open({
      requests: {},
      events: {
        state: { parse: trusted, hear: (state) => this.set({ state }) },
        plan: { parse: trusted, hear: (news) => this.set({ plan: known(this.plan, news) }) },
        dataPlan: { parse: trusted, hear: (news) => this.set({ dataPlan: known(this.dataPlan, news) }) },
        run: { parse: trusted, hear: (run) => this.set({ run }) },
        suggestion: { parse: trusted, hear: (news) => this.set({ suggestion: heard(this.suggestion, news) }) },
        steps: { parse: trusted, hear: (news) => this.set({ steps: heard(this.steps, news) }) },
      },
    });
  }

  async start(): Promise<void> {
    this.set(await this.channel.request('start', null));
  }

  get values(): JsonObject {
    const content = this.state?.content;
    if (content?.kind !== 'fields') return this.defaults;
    return withChanges(content.values, [...this.underWay, ...this.waiting], this.defaults);
  }

  get problems(): readonly FieldProblem[] {
    const content = this.state?.content;
    return content?.kind === 'fields' ? content.problems : [];
  }

  isWritten(field: string): boolean {
    const content = this.state?.content;
    return content?.kind === 'fields' && content.written.includes(field);
  }

  problemOf(field: string): string | undefined {
    return this.problems.find((problem) => problem.field === field || problem.field.startsWith(`${field}.`))?.message;
  }

  /** Changes the document. While one change is under way, later ones of a field replace each other. */
  edit(changes: readonly Change[]): void {
    const fields = new Set(changes.map(({ field }) => field));
    this.waiting = [...this.waiting.filter(({ field }) => !fields.has(field)), ...changes];
    this.set({ refusal: undefined });
    if (this.underWay.length === 0) void this.send();
  }

  train(): void {
    void this.ask(() => this.channel.request('train', null));
  }

  openRun(root: string): void {
    void this.ask(() => this.channel.request('openRun', { root }));
  }

  openText(field: string | null = null): void {
    void this.ask(() => this.channel.request('openText', { field }));
  }

  /** Whether something is measured now: one thing at a time, for each would slow the other. */
  get isMeasuring(): boolean {
    return this.suggestion.running !== undefined || this.steps.running !== undefined;
  }

  measure(what: keyof Measured): void {
    this.set({ refusal: undefined });
    void this.ask(() => this.channel.request('measure', { what }));
  }

  cancelMeasure(what: keyof Measured): void {
    void this.ask(() => this.channel.request('cancelMeasure', { what }));
  }

  /** Rejects with a ChannelError that says why; a newer question takes the place of one under way. */
  examples(look: ExampleLook): Promise<ExamplesSeen> {
    return this.channel.request('examples', { look }, EXAMPLES_TIMEOUT_MS);
  }

  async pick(field: string, what: 'model' | 'adapter' | 'data'): Promise<void> {
    // The dialog stays open as long as the user likes.
    const path = await this.ask(() => this.channel.request('pick', { what }, 2 ** 31 - 1));
    if (typeof path === 'string') this.edit([{ field, value: path }]);
  }

  private async send(): Promise<void> {
    while (this.waiting.length > 0) {
      this.underWay = this.waiting;
      this.waiting = [];
      const changes = this.underWay;
      await this.ask(() => this.channel.request('edit', { changes }));
      this.underWay = [];
      this.set({});
    }
  }

  private async ask<Result>(request: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await request();
    } catch (error) {
      this.set({ refusal: messageOf(error) });
      return undefined;
    }
  }

  private set(
    change: Partial<
      Pick<
        FormModel,
        'state' | 'documentation' | 'defaults' | 'plan' | 'dataPlan' | 'run' | 'suggestion' | 'steps' | 'refusal'
      >
    >,
  ): void {
    Object.assign(this, change);
    this.onChange();
  }
}

/** The last plan stays on screen while a new one is made: figures that blink say less than old ones, marked so. */
function known(before: KnownPlan, news: PlanNews): KnownPlan {
  switch (news.kind) {
    case 'planning':
      return { ...before, stale: true };
    case 'plan':
      return { plan: news.plan, stale: false, error: undefined };
    case 'failed':
      return { plan: before.plan, stale: true, error: news.message };
  }
}

function trusted<Body>(body: unknown): Body {
  return body as Body;
}
