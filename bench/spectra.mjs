import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { run } from './engine.mjs';
import { bundled } from './source.mjs';

/**
 * npm run bench:spectra -- [--types 1,6] [--rank 8] [--layers 32] [--rounds 3] [--peer q_proj]
 *
 * Seconds for the exact spectra of ΔW of every module of an adapter of Llama 7B's shape, random M, and beside it those of
 * torch.linalg.svdvals of one dense float32 ΔW, with the differences of both from svdvals in float64. The peer needs
 * Python with torch and takes minutes; --peer '' leaves it out.
 */
const { values } = parseArgs({
  options: {
    types: { type: 'string', default: '1,6' },
    rank: { type: 'string', default: '8' },
    layers: { type: 'string', default: '32' },
    rounds: { type: 'string', default: '3' },
    peer: { type: 'string', default: 'q_proj' },
  },
});
const SIZES = { q_proj: [4096, 4096], gate_proj: [4096, 11008], down_proj: [11008, 4096] };

const program = await bundled('spectraTime');

console.log(
  '| type | modules | seconds, rounds | of processors | svdvals of one ΔW, s | difference / σ₁ | of svdvals |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- |');
for (const type of values.types.split(',').map(Number)) {
  const folder = await mkdtemp(join(tmpdir(), 'mora-bench-'));
  try {
    const given = {
      type,
      rank: Number(values.rank),
      layers: Number(values.layers),
      rounds: Number(values.rounds),
      folder,
    };
    const { modules, seconds, ofProcessors } = JSON.parse(
      (await run(process.execPath, [program, JSON.stringify(given)])).at(-1),
    );
    const peers = await measurePeers(folder, type);
    const cells = [
      type,
      modules,
      ...[seconds, ofProcessors].map((all) => all.map((s) => s.toFixed(2)).join(', ')),
      peers.map((peer) => `${peer.module} ${peer.svdvals_seconds.toFixed(1)}`).join(', '),
      peers.map((peer) => peer.difference.toExponential(1)).join(', '),
      peers.map((peer) => peer.svdvals_difference.toExponential(1)).join(', '),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measurePeers(folder, type) {
  const script = fileURLToPath(new URL('./spectra_peer.py', import.meta.url));
  const found = [];
  for (const module of values.peer.split(',').filter(Boolean)) {
    const [dIn, dOut] = SIZES[module];
    const lines = await run('python3', [script, folder, module, String(dIn), String(dOut), String(type)]);
    found.push(JSON.parse(lines.at(-1)));
  }
  return found;
}
