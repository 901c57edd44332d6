import { expect, test } from 'vitest';
import { shortened } from '../../../src/config/shortened';

test('a quoted text from a file stays as it is unless it would flood the message or break its line', () => {
  expect(shortened('model.layers.0.self_attn.q_proj')).toBe('model.layers.0.self_attn.q_proj');
  expect(shortened('Grüße 🐋 "x"')).toBe('Grüße 🐋 "x"');
  expect(shortened('x'.repeat(200))).toBe('x'.repeat(200));
  expect(shortened('x'.repeat(20_000))).toBe(`${'x'.repeat(200)}…`);
  expect(shortened('a\nb\u0000c\u2028d\u001b[2J')).toBe('a�b�c�d�[2J');
});
