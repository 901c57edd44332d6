import { fork, type ChildProcess } from 'node:child_process';
import type { ChatTemplate } from './chatTemplate';
import type { Conversation } from './conversation';
import type { ChatPrompt, TemplateAnswer, TemplateRequest } from './templateMessages';
import { programPath } from '../../programPath';

/** A rendered text has at most 16 Mi characters, and a few copies of it are alive at once. */
const MEMORY_LIMIT_MIB = 512;

/** The longest conversation that is read takes a good template a few seconds; a hostile one can loop for ever. */
const TIME_LIMIT_MS = 20_000;

/** The process interrupts itself; this is how much longer one may be silent that cannot even do that. */
const GRACE_MS = 10_000;

/**
 * Renders conversations with a chat template in another process, because one that loops or grows without end would
 * take this one along: a thread shares the fate of its process when it runs out of memory. Starts with the first
 * conversation; call `dispose` when done.
 */
export class TemplateRenderer {
  private child: ChildProcess | undefined;
  /** The answer to the template itself. */
  private ready: Promise<TemplateAnswer> | undefined;
  /** Whoever waits for an answer, in the order of the requests. */
  private waiting: ((answer: TemplateAnswer) => void)[] = [];
  private silence: NodeJS.Timeout | undefined;

  constructor(
    private readonly template: ChatTemplate,
    private readonly timeLimitMs = TIME_LIMIT_MS,
  ) {}

  /** Where the template is, for errors about it. */
  get file(): string {
    return this.template.file;
  }

  /** The texts of a conversation, or why there are none. Many may be asked for at once. */
  async render(conversation: Conversation): Promise<Exclude<TemplateAnswer, { kind: 'prompt' }>> {
    const answer = await this.afterTemplate({ kind: 'conversation', conversation });
    if (answer.kind === 'prompt') throw new Error('a prompt was rendered for a conversation');
    return answer;
  }

  /** The text that asks the model for an answer, or why there is none. */
  async renderPrompt(prompt: ChatPrompt): Promise<Exclude<TemplateAnswer, { kind: 'rendered' }>> {
    const answer = await this.afterTemplate({ kind: 'prompt', ...prompt });
    if (answer.kind === 'rendered') throw new Error('a conversation was rendered for a prompt');
    return answer;
  }

  dispose(): void {
    clearTimeout(this.silence);
    this.child?.kill('SIGKILL');
  }

  private async afterTemplate(request: TemplateRequest): Promise<TemplateAnswer> {
    const { source, specialTokens } = this.template;
    this.ready ??= this.ask({ kind: 'template', source, specialTokens, timeLimitMs: this.timeLimitMs });
    const ready = await this.ready;
    return ready.kind === 'failed' ? ready : this.ask(request);
  }

  private ask(request: TemplateRequest): Promise<TemplateAnswer> {
    const child = (this.child ??= this.start());
    return new Promise((resolve) => {
      if (!child.connected) {
        resolve(ENDED);
        return;
      }
      this.waiting.push(resolve);
      if (this.waiting.length === 1) this.listen();
      child.send(request);
    });
  }

  private start(): ChildProcess {
    const child = fork(programPath('templates'), [], {
      execArgv: [`--max-old-space-size=${MEMORY_LIMIT_MIB}`],
      // Plain JSON would lose what it cannot say, such as an undefined in a list.
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.on('message', (answer: TemplateAnswer) => {
      this.waiting.shift()?.(answer);
      this.listen();
    });
    const end = (): void => {
      clearTimeout(this.silence);
      for (const resolve of this.waiting.splice(0)) resolve(ENDED);
    };
    child.on('exit', end).on('error', end);
    return child;
  }

  private listen(): void {
    clearTimeout(this.silence);
    if (this.waiting.length === 0) return;
    this.silence = setTimeout(() => this.child?.kill('SIGKILL'), this.timeLimitMs + GRACE_MS);
  }
}

const ENDED: TemplateAnswer = {
  kind: 'failed',
  reason: `takes more than ${MEMORY_LIMIT_MIB} MiB or ends the process that renders it`,
};
