import { parse } from 'jsonc-parser';
import * as vscode from 'vscode';
import { UserError } from '../../config/userError';
import type { Measured, MeasureNews } from '../protocol/form';
import type { Services } from '../services';
import { formContent } from './formContent';
import { Measurement } from './measurement';

/** As `mora plan --suggest` measures: one batch of many examples already orders modules well. */
const BATCHES = 4;

export interface MeasurementListener {
  onSuggestion(news: MeasureNews<Measured['suggestion']>): void;
  onSteps(news: MeasureNews<Measured['steps']>): void;
}

/** What a form measures on the machine, by engines of their own: one at a time, for each would slow the other. */
export class FormMeasurements implements vscode.Disposable {
  private readonly suggestion: Measurement<Measured['suggestion']>;
  private readonly steps: Measurement<Measured['steps']>;

  constructor(
    private readonly document: vscode.TextDocument,
    private readonly services: Services,
    listener: MeasurementListener,
  ) {
    const onBug = (error: Error): void => services.log.error(error);
    this.suggestion = new Measurement((news) => listener.onSuggestion(news), onBug);
    this.steps = new Measurement((news) => listener.onSteps(news), onBug);
  }

  /** Throws a UserError where nothing may run, or something runs already. */
  start(what: keyof Measured): void {
    if (!vscode.workspace.isTrusted || this.document.uri.scheme !== 'file') {
      throw new UserError(vscode.l10n.t('Measuring loads the model, which needs a trusted workspace on a disk.'));
    }
    if (this.suggestion.isRunning || this.steps.isRunning) {
      throw new UserError(
        vscode.l10n.t('A measurement is running; wait for it or cancel it, for both would be slower.'),
      );
    }
    const text = this.document.getText();
    const content = formContent(text);
    if (content.kind === 'broken') throw new UserError(content.message);
    const { values: of } = content;
    const params = {
      configuration: parse(text, [], { allowTrailingComma: true }) as unknown,
      file: this.document.uri.fsPath,
    };
    const { engine, runs } = this.services;
    switch (what) {
      case 'suggestion':
        this.suggestion.start({
          of,
          work: (onProgress, signal) =>
            engine.alone(
              (alone) => alone.suggest({ ...params, batches: BATCHES, share: null, budget: null }, onProgress, signal),
              signal,
            ),
        });
        return;
      case 'steps':
        this.steps.start({
          of,
          work: async (onProgress, signal) => {
            const before = runs.active().length > 0;
            const result = await engine.alone((alone) => alone.measure(params, onProgress, signal), signal);
            return { ...result, besideRun: before || runs.active().length > 0 };
          },
        });
        return;
    }
  }

  cancel(what: keyof Measured): void {
    this[what].cancel();
  }

  tellAgain(): void {
    this.suggestion.tellAgain();
    this.steps.tellAgain();
  }

  dispose(): void {
    this.suggestion.cancel();
    this.steps.cancel();
  }
}
