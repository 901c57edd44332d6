import * as l10n from '@vscode/l10n';
import type { ChangeSource, ModuleProgress } from '../../engine/rpc/changes';
import type { EngineService } from '../../engine/rpc/engineService';
import type { Work } from '../protocol/rankView';
import type { ModelPair } from './rankKey';
import type { RankSource } from './rankSource';

/** Asks an engine of its own, which ends with the answer and when the signal aborts. */
export type Alone = <T>(work: (engine: EngineService) => Promise<T>, signal: AbortSignal) => Promise<T>;

/** Directions looked at, whatever is counted: a larger k then needs no second look. */
const LEAST_TOP = 32;

/** Norms of a base up to this size are read without being asked for: a second or two. */
const UNASKED_BYTES = 2 ** 30;

/** The long work for one source: one job at a time, in an engine of its own. What is found goes into the source. */
export class RankWork {
  private controller: AbortController | undefined;

  constructor(
    private readonly source: RankSource,
    private readonly alone: Alone,
    private readonly onChange: () => void,
  ) {}

  /** Rejects with what the engine says; resolves when it is cancelled too. */
  difference(pair: ModelPair): Promise<void> {
    this.source.isPartial = true;
    return this.run('difference', async (engine, progressed, signal) => {
      const { warnings } = await engine.difference(
        pair,
        progressed((spectrum) => this.source.add(0, spectrum)),
        signal,
      );
      this.source.isPartial = false;
      return warnings;
    });
  }

  intruders(change: ChangeSource, step: number, modules: readonly string[], top: number): Promise<void> {
    return this.run('intruders', async (engine, progressed, signal) => {
      const { warnings } = await engine.intruders(
        { source: change, modules, top: Math.max(top, LEAST_TOP) },
        progressed(({ name, cosines }) => this.source.setCosines(step, name, cosines)),
        signal,
      );
      return warnings;
    });
  }

  /** `asked`: whoever looks wants them, however much is to be read. */
  norms(change: ChangeSource, asked: boolean): Promise<void> {
    return this.run('norms', async (engine, progressed, signal) => {
      await engine.baseNorms(
        { source: change, limit: asked ? null : UNASKED_BYTES },
        progressed(({ name, norm }) => this.source.setBaseNorm(name, norm)),
        signal,
      );
      return [];
    });
  }

  cancel(): void {
    this.controller?.abort();
  }

  private async run(
    kind: Work['kind'],
    job: (
      engine: EngineService,
      progressed: <Found>(take: (found: Found) => void) => (progress: ModuleProgress<Found>) => void,
      signal: AbortSignal,
    ) => Promise<readonly string[]>,
  ): Promise<void> {
    this.controller?.abort();
    const controller = new AbortController();
    this.controller = controller;
    const { signal } = controller;
    const show = (work: Work | null): void => {
      if (this.controller !== controller) return; // another job has begun since
      this.source.work = work;
      this.onChange();
    };
    this.source.withdraw(CANCELLED[kind]);
    show({ kind, done: 0, total: 0, module: '' });
    try {
      const warnings = await this.alone(
        (engine) =>
          job(
            engine,
            (take) =>
              ({ done, total, module, found }) => {
                if (signal.aborted) return;
                for (const each of found) take(each);
                show({ kind, done, total, module });
              },
            signal,
          ),
        signal,
      );
      for (const warning of warnings) this.source.warn(warning);
    } catch (error) {
      if (!signal.aborted) throw error;
      this.source.warn(CANCELLED[kind]);
    } finally {
      show(null);
    }
  }
}

const CANCELLED: Readonly<Record<Work['kind'], string>> = {
  difference: l10n.t('The difference was cancelled; what was found until then is shown.'),
  intruders: l10n.t('Looking for intruder dimensions was cancelled; what was found until then is shown.'),
  norms: l10n.t('Reading the norms of the base was cancelled.'),
};
