import { describe, expect, it } from 'vitest';
import { hiddenPlaces } from '../../../src/doctor/hiddenPlaces';

describe('folders in a report', () => {
  it('are replaced wherever they occur in it, the longest first', () => {
    const report = {
      program: [['Setting', '/home/jo/bin/node']],
      log: ['read /home/jo/work/a.json and /home/jo/work', 'error at file:///home/jo/x.js:3'],
      count: 3,
      nothing: null,
    };
    const places = [
      ['/home/jo', '~'],
      ['/home/jo/work', '(workspace)'],
    ] as const;
    expect(hiddenPlaces(report, places, false)).toEqual({
      program: [['Setting', '~/bin/node']],
      log: ['read (workspace)/a.json and (workspace)', 'error at file://~/x.js:3'],
      count: 3,
      nothing: null,
    });
  });

  it('are not confused with those whose names only begin so', () => {
    const places = [['/home/jo', '~']] as const;
    for (const other of ['/home/john/a', '/home/jo.old', '/home/jo-2', '/home/jo_x', '/home/joé'])
      expect(hiddenPlaces(other, places, false)).toBe(other);
    expect(hiddenPlaces('"/home/jo", (/home/jo): /home/jo/', places, false)).toBe('"~", (~): ~/');
  });

  it('are found on Windows with either separator, doubled ones and any case', () => {
    const places = [[String.raw`C:\Users\Jo (dev)`, '~']] as const;
    expect(hiddenPlaces(String.raw`c:\users\jo (dev)\a, C:/Users/Jo (dev)/b`, places, true)).toBe(String.raw`~\a, ~/b`);
    expect(hiddenPlaces(String.raw`C:\\Users\\Jo (dev)\\a`, places, true)).toBe(String.raw`~\\a`);
  });

  it('are never everything: a root hides nothing', () => {
    expect(hiddenPlaces('/usr/bin/node', [['/', '~']], false)).toBe('/usr/bin/node');
  });
});
