import { parse } from 'jsonc-parser';
import type { Disposable, TextDocument } from 'vscode';
import type { ExampleLook, ExamplesSeen } from '../../engine/rpc/examples';
import type { EngineHost } from '../engine/engineHost';

/** Pages through the data of a form's document. Who turns pages quickly waits for the last one only. */
export class FormExamples implements Disposable {
  private asked: AbortController | undefined;

  constructor(
    private readonly document: TextDocument,
    private readonly engine: Pick<EngineHost, 'service'>,
  ) {}

  /** Rejects with a UserError for what the user can mend, with an AbortError when a newer question overtakes it. */
  async see(look: ExampleLook): Promise<ExamplesSeen> {
    this.asked?.abort();
    const asked = new AbortController();
    this.asked = asked;
    const configuration: unknown = parse(this.document.getText(), [], { allowTrailingComma: true });
    const service = await this.engine.service();
    return service.examples({ configuration, file: this.document.uri.fsPath, look }, asked.signal);
  }

  dispose(): void {
    this.asked?.abort();
  }
}
