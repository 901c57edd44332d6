import { UserError } from '../../config/userError';
import type { RenderedConversation } from './chat/renderConversation';
import { labelConversations, type LabelledConversation } from './chat/labelConversations';
import type { Conversation } from './chat/conversation';
import type { TemplateRenderer } from './chat/templateRenderer';
import { labelCompletion, labelText, labelTokens, type LabelledTokens } from './example';
import { placeIn, recordError, type DataRecord } from './record';
import { shapeOf, type FieldNames, type Shape } from './shapes/shape';
import type { Tokenizer } from './tokenizer';

/** The tokens of a record: usually one sequence of them, none when it has nothing to learn. */
export interface LabelledRecord extends LabelledConversation {
  readonly line: number;
  readonly kind: Shape['kind'];
}

const WHOLE = { straddled: 0, isAltered: false };

export interface LabelOptions {
  readonly tokenizer: Tokenizer | undefined;
  readonly vocabularySize: number;
  readonly fields?: FieldNames;
}

/** Tokenizes records. Throws a UserError that names file and line. */
export async function labelRecords(
  records: readonly DataRecord[],
  options: LabelOptions,
  renderer: TemplateRenderer | undefined,
): Promise<LabelledRecord[]> {
  const { tokenizer, fields, vocabularySize } = options;
  const read = records.map((record) => ({ record, shape: shapeOf(record, fields) }));
  if (tokenizer === undefined) {
    return read.map(({ record, shape }) => {
      if (shape.kind === 'tokens') return readyMade(record, shape, vocabularySize);
      throw recordError(
        record,
        'is text, but the model folder has no tokenizer.json; add that file or give "input_ids"',
      );
    });
  }
  const texts = (await tokenizer.encodeBatch(read.flatMap(({ shape }) => textsOf(shape)))).values();
  const conversations = (await labelConversations(await render(read, renderer), tokenizer)).values();
  return read.map(({ record, shape }): LabelledRecord => {
    const { line } = record;
    const checked = (sequences: readonly LabelledTokens[]): readonly LabelledTokens[] => {
      for (const { tokens } of sequences) refuseStrangers(record, tokens, tokenizer, vocabularySize);
      return sequences;
    };
    switch (shape.kind) {
      case 'tokens':
        return readyMade(record, shape, vocabularySize);
      case 'text': {
        const sequence = labelText(following(texts), tokenizer);
        // An empty text would teach to end at once.
        return { line, kind: 'text', sequences: shape.text === '' ? [] : checked([sequence]), ...WHOLE };
      }
      case 'completion': {
        const sequence = labelCompletion(following(texts), following(texts), tokenizer);
        return { line, kind: 'completion', sequences: checked([sequence]), ...WHOLE };
      }
      case 'chat': {
        const conversation = following(conversations);
        checked(conversation.sequences);
        return { line, kind: 'chat', ...conversation };
      }
    }
  });
}

function following<T>(values: Iterator<T, unknown>): T {
  const next = values.next();
  if (next.done === true) throw new Error('fewer texts were tokenized than given');
  return next.value;
}

function readyMade(record: DataRecord, shape: Shape & { kind: 'tokens' }, vocabularySize: number): LabelledRecord {
  const place = placeIn(record.file, record.line);
  const sequence = labelTokens(place, shape.inputIds, shape.labels, vocabularySize);
  return { line: record.line, kind: 'tokens', sequences: [sequence], ...WHOLE };
}

function textsOf(shape: Shape): string[] {
  switch (shape.kind) {
    case 'text':
      return [shape.text];
    case 'completion':
      return [shape.prompt, shape.completion];
    case 'chat':
    case 'tokens':
      return [];
  }
}

/** The texts of those that are conversations, rendered by the chat template. */
async function render(
  read: readonly { readonly record: DataRecord; readonly shape: Shape }[],
  renderer: TemplateRenderer | undefined,
): Promise<RenderedConversation[]> {
  const asked: { readonly record: DataRecord; readonly conversation: Conversation }[] = [];
  for (const { record, shape } of read) {
    if (shape.kind === 'chat') asked.push({ record, conversation: shape.conversation });
  }
  const [first] = asked;
  if (first === undefined) return [];
  if (renderer === undefined) {
    throw recordError(
      first.record,
      'is a conversation, but the model has no chat template; give a file with one as "data.template", or write the data as "prompt" and "completion"',
    );
  }
  const answers = await Promise.all(asked.map(({ conversation }) => renderer.render(conversation)));
  return answers.map((answer, index) => {
    if (answer.kind === 'rendered') return answer;
    const { record } = asked[index] ?? first;
    throw recordError(
      record,
      `the chat template ${renderer.file} ${answer.reason}; correct the messages, or give another template as "data.template"`,
    );
  });
}

/** A tokenizer of another model can give ids that this one has no embedding for. */
function refuseStrangers(record: DataRecord, tokens: Int32Array, { file }: Tokenizer, vocabularySize: number): void {
  const stranger = tokens.find((id) => id >= vocabularySize);
  if (stranger === undefined) return;
  throw new UserError(
    `${placeIn(record.file, record.line)}: becomes token ${stranger} by ${file}, but the model has ${vocabularySize} tokens; use the model's own tokenizer.json.`,
  );
}
