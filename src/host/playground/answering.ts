import * as l10n from '@vscode/l10n';
import { UserError } from '../../config/userError';
import type { EngineService } from '../../engine/rpc/engineService';
import type { GenerateParams } from '../../engine/rpc/generation';
import type { Answer } from '../protocol/playground';
import { WAITING } from './thread';

/**
 * Lets the engine answer, and tells the whole answer each time it has grown. Resolves with what it ended as: done,
 * stopped by the signal, or failed with one sentence; `onBug` hears of failures that are nobody's to mend.
 */
export async function answerOf(
  engine: () => Promise<Pick<EngineService, 'generate'>>,
  params: () => GenerateParams,
  tell: (answer: Answer) => void,
  { signal, onBug }: { readonly signal: AbortSignal; readonly onBug: (error: unknown) => void },
): Promise<Answer> {
  let answer: Answer = WAITING;
  const change = (news: Partial<Answer>): void => {
    answer = { ...answer, state: 'answering', ...news };
    tell(answer);
  };
  try {
    signal.throwIfAborted();
    change({ activity: l10n.t('starting the engine') });
    const service = await engine();
    change({ activity: l10n.t('reading the prompt') });
    const { text, tokens, promptTokens, reason, seconds, warnings } = await service.generate(
      params(),
      (more) => change({ text: answer.text + more, activity: null }),
      signal,
      ({ activity }) => change({ activity }),
    );
    const figures = { tokens, promptTokens, reason, promptSeconds: seconds.prompt, seconds: seconds.generation, warnings }; // prettier-ignore
    return { state: 'done', text, activity: null, problem: null, figures };
  } catch (error) {
    if (signal.aborted) return { ...answer, state: 'stopped', activity: null };
    if (!(error instanceof UserError)) onBug(error);
    return { ...answer, state: 'failed', activity: null, problem: sentence(error) };
  }
}

/** One sentence about a failure; what an engine printed before it ended stands in the log. */
export function sentence(error: unknown): string {
  if (error instanceof UserError) return error.message;
  const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  const what = first.replace(/[:.\s]+$/, '');
  return l10n.t('{0}; generate again to start anew, or see "MoRA: Show Output".', what);
}
