import { expect, it } from 'vitest';
import { readTexts } from '../../../webview/shared/texts';

it('texts come as the host wrote them', () => {
  expect(readTexts('{"Loss": "Verlust", "a \\u003cb>": "c"}')).toEqual({ Loss: 'Verlust', 'a <b>': 'c' });
});

it.each(['', '[]', 'null', '"Loss"', '{"Loss": 3}', '{"Loss": {"message": "Verlust"}}', `"${'x'.repeat(5 << 20)}"`])(
  'refuses what is no texts (%#)',
  (json) => expect(() => readTexts(json)).toThrow(),
);
