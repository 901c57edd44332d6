import { describe, expect, it } from 'vitest';
import { findNode } from '../../../src/host/engine/nodeLadder';

const EDITOR = { executable: '/editor/electron', version: 'v22.9.0' };

/** What each executable answers to --version; others do not exist. */
function machine(versions: Readonly<Record<string, string>>): (executable: string) => Promise<string> {
  return (executable) => {
    const version = versions[executable];
    return version === undefined
      ? Promise.reject(Object.assign(new Error('spawn'), { code: 'ENOENT' }))
      : Promise.resolve(version);
  };
}

describe('finding a Node.js for the engine', () => {
  it('takes the one of the setting, even where the PATH has another', async () => {
    const probe = machine({ '/opt/node': 'v20.1.0', node: 'v24.0.0' });
    await expect(findNode({ setting: ' /opt/node ', editor: EDITOR, probe })).resolves.toMatchObject({
      executable: '/opt/node',
      origin: 'setting',
    });
  });

  it('does not pass over a wrong setting in silence', async () => {
    const probe = machine({ '/opt/node': 'v18.0.0', node: 'v24.0.0' });
    await expect(findNode({ setting: '/opt/nodejs', editor: EDITOR, probe })).rejects.toThrow(
      /mora\.enginePath.*ENOENT/,
    );
    await expect(findNode({ setting: '/opt/node', editor: EDITOR, probe })).rejects.toThrow(/v18\.0\.0.*20 or later/);
  });

  it('takes a recent node of the PATH, else the runtime of the editor', async () => {
    await expect(findNode({ setting: '', editor: EDITOR, probe: machine({ node: 'v20.0.0' }) })).resolves.toMatchObject(
      { origin: 'path' },
    );
    await expect(
      findNode({ setting: '', editor: EDITOR, probe: machine({ node: 'v16.20.0' }) }),
    ).resolves.toMatchObject({ executable: '/editor/electron', origin: 'editor' });
    await expect(findNode({ setting: '', editor: EDITOR, probe: machine({}) })).resolves.toMatchObject({
      origin: 'editor',
    });
  });

  it('says what it found where nothing will do', async () => {
    const old = { ...EDITOR, version: 'v18.1.0' };
    await expect(findNode({ setting: '', editor: old, probe: machine({ node: 'v16.20.0' }) })).rejects.toThrow(
      /"node" on the PATH is v16\.20\.0.*v18\.1\.0.*mora\.enginePath/,
    );
  });

  it('asks this very process', async () => {
    await expect(findNode({ setting: process.execPath, editor: EDITOR })).resolves.toMatchObject({
      version: process.version,
    });
  });
});
