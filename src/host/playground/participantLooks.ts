import { UserError } from '../../config/userError';
import type { EngineService } from '../../engine/rpc/engineService';
import type { Prompting } from '../../engine/rpc/generation';
import type { ParticipantFacts } from '../protocol/playground';
import { sentence } from './answering';
import { withoutModel } from './generateParams';
import type { Participant } from './participant';

type Look = Pick<Prompting, 'context' | 'chat'> | { readonly problem: string } | 'looking';

/** What the engine says about those who answer before it loads any of them: whether they chat, or why they cannot answer. */
export class ParticipantLooks {
  private readonly known = new Map<string, Look>();

  constructor(
    private readonly engine: () => Promise<Pick<EngineService, 'prompting'>>,
    private readonly onChange: () => void,
    private readonly onBug: (error: unknown) => void,
  ) {}

  facts(participants: readonly Participant[]): ParticipantFacts[] {
    return participants.map((participant) => {
      const { name, detail, model, adapter } = participant;
      const look = this.known.get(nameOf(participant));
      return {
        name,
        detail,
        isAdapter: adapter !== null,
        place: [adapter, model].filter((path) => path !== null).join('\n'),
        ...(look !== 'looking' && look),
      };
    });
  }

  lookAt(participants: readonly Participant[]): void {
    for (const participant of participants) if (!this.known.has(nameOf(participant))) void this.look(participant);
  }

  /** Looks anew at those that had a problem. */
  again(participants: readonly Participant[]): void {
    for (const [name, look] of this.known) if (typeof look === 'object' && 'problem' in look) this.known.delete(name);
    this.lookAt(participants);
    this.onChange();
  }

  private async look(participant: Participant): Promise<void> {
    const name = nameOf(participant);
    this.known.set(name, 'looking');
    this.known.set(name, await this.ask(participant));
    this.onChange();
  }

  private async ask({ name, model, template }: Participant): Promise<Look> {
    if (model === null) return { problem: withoutModel(name) };
    try {
      const engine = await this.engine();
      const { context, chat } = await engine.prompting({ model, ...(template !== null && { template }) });
      return { context, chat };
    } catch (error) {
      if (!(error instanceof UserError)) this.onBug(error);
      return { problem: sentence(error) };
    }
  }
}

function nameOf({ model, adapter, template }: Participant): string {
  return JSON.stringify([model, adapter, template]);
}
