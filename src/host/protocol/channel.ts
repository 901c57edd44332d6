import { UserError } from '../../config/userError';

/**
 * One typed message channel between the extension and a panel. Both ends are this class, so it knows neither the
 * editor nor Node.
 *
 * What an end answers and hears is declared as
 *
 *     interface HostEnd { requests: { rows: { params: { from: number }; result: Row[] } }; events: { closed: null } }
 */
export interface End {
  readonly requests: Readonly<Record<string, { readonly params: unknown; readonly result: unknown }>>;
  readonly events: Readonly<Record<string, unknown>>;
}

/** Checks what arrived: returns the body typed, or throws with one sentence. A zod schema's `parse` fits. */
export type Parse<Body> = (body: unknown) => Body;

export interface Handlers<Ours extends End> {
  readonly requests: {
    readonly [Name in keyof Ours['requests']]: {
      readonly parse: Parse<Ours['requests'][Name]['params']>;
      readonly answer: (
        params: Ours['requests'][Name]['params'],
      ) => Ours['requests'][Name]['result'] | Promise<Ours['requests'][Name]['result']>;
    };
  };
  readonly events: {
    readonly [Name in keyof Ours['events']]: {
      readonly parse: Parse<Ours['events'][Name]>;
      readonly hear: (body: Ours['events'][Name]) => void;
    };
  };
}

/** A request that the other end refused, that was never answered, or whose channel closed. */
export class ChannelError extends Error {
  override readonly name = 'ChannelError';
  constructor(
    message: string,
    /** Whether the message is meant for the one who uses the panel; others are bugs. */
    readonly forUser: boolean,
  ) {
    super(message);
  }
}

export type Envelope =
  | { readonly mora: 'request'; readonly id: number; readonly name: string; readonly body: unknown }
  | { readonly mora: 'result'; readonly id: number; readonly body: unknown }
  | { readonly mora: 'error'; readonly id: number; readonly message: string; readonly forUser: boolean }
  | { readonly mora: 'event'; readonly name: string; readonly body: unknown };

/** A hidden panel loses messages, so no request waits for ever. Long enough to inspect a large adapter. */
const ANSWER_TIMEOUT_MS = 120_000;

// A handler whose types the name alone does not tell: `parse` makes what `answer` and `hear` take.
interface RequestHandler {
  parse(body: unknown): unknown;
  answer(params: unknown): unknown;
}
interface EventHandler {
  parse(body: unknown): unknown;
  hear(body: unknown): void;
}

interface Waiting {
  readonly resolve: (body: unknown) => void;
  readonly reject: (error: ChannelError) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

export class Channel<Ours extends End, Theirs extends End> {
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private closed = false;

  /**
   * @param post sends a message to the other end
   * @param onError hears of failures that are nobody's answer: a bad event, a bug behind a request
   */
  constructor(
    private readonly post: (message: Envelope) => void,
    private readonly handlers: Handlers<Ours>,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Asks the other end. Rejects with a ChannelError. */
  request<Name extends keyof Theirs['requests'] & string>(
    name: Name,
    params: Theirs['requests'][Name]['params'],
    timeoutMs = ANSWER_TIMEOUT_MS,
  ): Promise<Theirs['requests'][Name]['result']> {
    if (this.closed) return Promise.reject(new ChannelError('The panel is closed.', false));
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        reject(new ChannelError(`"${name}" was not answered within ${timeoutMs / 1000} s.`, false));
      }, timeoutMs);
      this.waiting.set(id, { resolve, reject, timer });
      this.post({ mora: 'request', id, name, body: params });
    });
  }

  /** Tells the other end. A hidden panel may never hear it. */
  event<Name extends keyof Theirs['events'] & string>(name: Name, body: Theirs['events'][Name]): void {
    if (!this.closed) this.post({ mora: 'event', name, body });
  }

  /** Takes any message that arrived; those of others are left alone. */
  receive(message: unknown): void {
    if (this.closed || !isEnvelope(message)) return;
    switch (message.mora) {
      case 'request':
        void this.answer(message.id, message.name, message.body);
        break;
      case 'event':
        this.hear(message.name, message.body);
        break;
      case 'result':
        this.settle(message.id)?.resolve(message.body);
        break;
      case 'error':
        this.settle(message.id)?.reject(new ChannelError(message.message, message.forUser));
        break;
    }
  }

  dispose(): void {
    this.closed = true;
    for (const id of [...this.waiting.keys()]) this.settle(id)?.reject(new ChannelError('The panel is closed.', false));
  }

  private settle(id: number): Waiting | undefined {
    const waiting = this.waiting.get(id);
    if (waiting !== undefined) clearTimeout(waiting.timer);
    this.waiting.delete(id);
    return waiting;
  }

  private async answer(id: number, name: string, body: unknown): Promise<void> {
    try {
      const handler = own<RequestHandler>(this.handlers.requests, name);
      if (handler === undefined) throw new Error(`there is no request "${name}"`);
      const result = await handler.answer(handler.parse(body));
      if (!this.isClosed()) this.post({ mora: 'result', id, body: result });
    } catch (error) {
      const forUser = error instanceof UserError || (error instanceof ChannelError && error.forUser);
      if (!forUser) this.onError(error);
      if (!this.isClosed()) this.post({ mora: 'error', id, message: messageOf(error), forUser });
    }
  }

  private hear(name: string, body: unknown): void {
    try {
      const handler = own<EventHandler>(this.handlers.events, name);
      if (handler === undefined) throw new Error(`there is no event "${name}"`);
      handler.hear(handler.parse(body));
    } catch (error) {
      this.onError(error);
    }
  }

  /** Asked after an await, where the compiler would take the field's earlier value for certain. */
  private isClosed(): boolean {
    return this.closed;
  }
}

/** The member called `name`, never one that every object inherits ("constructor"). */
function own<Value>(members: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

/** What an error says, whoever threw it. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isEnvelope(message: unknown): message is Envelope {
  if (typeof message !== 'object' || message === null || !('mora' in message)) return false;
  const { mora, id, name, message: text } = message as Record<string, unknown>;
  switch (mora) {
    case 'request':
      return typeof id === 'number' && typeof name === 'string';
    case 'event':
      return typeof name === 'string';
    case 'result':
      return typeof id === 'number';
    case 'error':
      return typeof id === 'number' && typeof text === 'string';
    default:
      return false;
  }
}
