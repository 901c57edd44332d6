/** What a template stumbled over; the message says what, in words that follow "the chat template FILE". */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}
