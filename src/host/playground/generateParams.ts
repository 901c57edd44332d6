import * as l10n from '@vscode/l10n';
import { UserError } from '../../config/userError';
import type { GenerateParams } from '../../engine/rpc/generation';
import type { Exchange } from '../protocol/playground';
import type { Participant } from './participant';
import { conversation } from './thread';

/** The question to the engine for the last exchange of a thread. Throws a UserError for an adapter without a model. */
export function generateParams(thread: readonly Exchange[], side: number, participant: Participant): GenerateParams {
  const { model, adapter, name, template } = participant;
  const last = thread.at(-1);
  if (last === undefined) throw new Error('there is no prompt to answer');
  if (model === null) throw new UserError(withoutModel(name));
  const { topP, topK, ...sampling } = last.sampling;
  return {
    model,
    ...(adapter !== null && { adapter }),
    prompt:
      last.prompt.chat === null
        ? last.prompt.text
        : {
            conversation: conversation(thread, side),
            source: l10n.t('The chat'),
            ...(template !== null && { template }),
          },
    ...sampling,
    ...(topP !== null && { topP }),
    ...(topK !== null && { topK }),
  };
}

/** What is wrong with an adapter that names no model. */
export function withoutModel(name: string): string {
  return l10n.t('{0}: does not name the model that it is for; choose its base model.', name);
}
