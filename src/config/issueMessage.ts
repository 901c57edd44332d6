import type { z } from 'zod';

/** What is wrong with a value, in words that follow the name of its field: "must be at least 1". */
export function issueMessage(issue: z.core.$ZodIssue): string {
  if (issue.path.join('.') === 'adapter.mode') {
    return 'must be sharing (1), sharing-blocks (2), sharing-blocks-in (3), sharing-blocks-out (4) or rotation (6); there is no mora_type 5';
  }
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && issue.message.includes('undefined')
        ? `is missing; give a value of type ${issue.expected}`
        : `must be of type ${issue.expected}`;
    case 'too_small':
      return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`;
    case 'too_big':
      return `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`;
    case 'invalid_union': {
      // The alternative of the right kind says more than that none fits.
      const [close] = issue.errors.flat().filter(({ code }) => code !== 'invalid_type' && code !== 'invalid_value');
      if (close !== undefined) return issueMessage({ ...close, path: issue.path });
      return 'has a value of a kind that does not fit here; the documentation of the key says what does';
    }
    default:
      return lowerFirst(issue.message);
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
