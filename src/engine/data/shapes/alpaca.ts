const WITH_INPUT =
  'Below is an instruction that describes a task, paired with an input that provides further context. ' +
  'Write a response that appropriately completes the request.';
const WITHOUT_INPUT =
  'Below is an instruction that describes a task. Write a response that appropriately completes the request.';

/**
 * The prompt of Stanford Alpaca for an instruction and, unless it is empty, an input; a system text takes the place of
 * its first paragraph. It ends with a newline, as in alpaca-lora and the tools after it: Stanford's own ends with the
 * colon, after which an answer would have to begin without a space.
 */
export function alpacaPrompt(instruction: string, input: string, system: string): string {
  const head = system !== '' ? system : input !== '' ? WITH_INPUT : WITHOUT_INPUT;
  const sections = [head, `### Instruction:\n${instruction}`, ...(input === '' ? [] : [`### Input:\n${input}`])];
  return `${sections.join('\n\n')}\n\n### Response:\n`;
}
