import { describe, expect, it } from 'vitest';
import { hubIdProblem } from '../../../src/host/start/hubIdProblem';

describe('a hub id that is typed in', () => {
  it.each(['org/name', 'org/name@main', 'HuggingFaceTB/SmolLM2-135M@refs/pr/1'])('may be %s', (text) => {
    expect(hubIdProblem(text)).toBeUndefined();
  });

  it.each(['name', './org/name', 'a/b/c', 'https://hub/org/name', 'org/name@', 'org/../x', 'org/model.safetensors'])(
    'is refused as %s while it is typed',
    (text) => expect(hubIdProblem(text)).toMatch(/org\/name/),
  );
});
