import type { Prompt } from '../../src/host/protocol/playground';

/** What the playground remembers of itself while it is hidden, and over a reload. */
export interface ViewState {
  readonly draft: string;
  readonly system: string;
  /** Null until the user has chosen: the model decides. */
  readonly isChat: boolean | null;
  /** Whether the next prompt goes on with the chat above. */
  readonly follows: boolean;
  /** Null until the user has chosen: the width decides. */
  readonly showsSettings: boolean | null;
}

export const FIRST_VIEW: ViewState = { draft: '', system: '', isChat: null, follows: true, showsSettings: null };

/** The view that a state saved before describes; what it lacks or garbles is as at first. */
export function restoredView(saved: unknown): ViewState {
  if (typeof saved !== 'object' || saved === null || !('view' in saved)) return FIRST_VIEW;
  const view = (saved.view ?? {}) as Partial<Record<keyof ViewState, unknown>>;
  return {
    draft: typeof view.draft === 'string' ? view.draft : FIRST_VIEW.draft,
    system: typeof view.system === 'string' ? view.system : FIRST_VIEW.system,
    isChat: typeof view.isChat === 'boolean' ? view.isChat : null,
    follows: view.follows !== false,
    showsSettings: typeof view.showsSettings === 'boolean' ? view.showsSettings : null,
  };
}

/** The view with a prompt written into the box. */
export function withPrompt(view: ViewState, { text, chat }: Prompt): ViewState {
  return { ...view, draft: text, isChat: chat !== null, system: chat?.system ?? view.system };
}
