import { describe, expect, it } from 'vitest';
import { diagnosisOf, type DoctorReport } from '../../../src/doctor/doctorReport';
import { reportText } from '../../../src/doctor/reportText';
import type { Diagnosis } from '../../../src/engine/rpc/diagnosis';

const GIB = 2 ** 30;

const diagnosis: Diagnosis = {
  node: 'v22.1.0',
  platform: 'linux-x64',
  system: 'Linux 6.1',
  processor: { model: 'Fast 9000', cores: 8, threads: 16, usableThreads: 4, instructions: ['AVX2', 'AVX-512 VNNI'] },
  memory: { total: 32 * GIB, free: 20 * GIB, limit: 8 * GIB },
  runtimes: [
    { name: 'ONNX Runtime, CPU', state: 'used', version: '1.30.0', notes: [] },
    { name: 'ONNX Runtime, CUDA', state: 'absent', version: null, notes: ['Get it so.', 'It needs a driver.'] },
  ],
  nvidia: { name: 'RTX', driver: '550.1', memory: '24564 MiB' },
  cache: { folder: '~/.cache/huggingface/hub', exists: true, models: 3, free: 100 * GIB },
  product: { size: 1024, repeats: 100, seconds: 1.5, gigaflops: 143.2 },
};

const report: DoctorReport = { program: [['MoRA Studio', '1.2.3']], engine: { diagnosis }, log: [] };

describe('the report of the doctor', () => {
  it('says each thing in a line that an issue shows as it is', () => {
    const lines = reportText(report).split('\n');
    for (const line of [
      '# MoRA Doctor',
      '- MoRA Studio: 1.2.3',
      '- Engine: Node.js v22.1.0 on linux-x64, Linux 6.1',
      '- Processor: Fast 9000, 8 cores, 16 threads, 4 of them usable',
      '- Instructions: AVX2, AVX-512 VNNI',
      '- Memory: 20.0 GiB free of 32.0 GiB, a container allows 8.00 GiB',
      '- NVIDIA card: RTX, 24564 MiB, driver 550.1',
      '- Speed: 143.2 GFLOP/s (float32 products of 1024 by 1024, 100 in 1.50 s)',
      '- ONNX Runtime, CPU: used, 1.30.0',
      '- ONNX Runtime, CUDA: not installed. Get it so. It needs a driver.',
      '- Hugging Face cache: ~/.cache/huggingface/hub, 3 models',
      '- Free on its disk: 100 GiB',
    ])
      expect(lines).toContain(line);
    expect(reportText(report)).not.toContain('To be done');
  });

  it('says what is to be done where something is wrong', () => {
    const poor: Diagnosis = {
      ...diagnosis,
      memory: { total: 32 * GIB, free: 20 * GIB, limit: GIB },
      processor: { ...diagnosis.processor, instructions: [] },
      runtimes: [{ name: 'ONNX Runtime, CPU', state: 'broken', version: null, notes: ['It cannot be loaded (x).'] }],
      product: null,
    };
    const text = reportText({ ...report, engine: { diagnosis: poor } });
    expect(text).toContain('- Only 1.00 GiB of memory are free');
    expect(text).toContain('- Nothing can be trained until ONNX Runtime loads.');
    expect(text).toContain('neither AVX2 nor NEON');
    expect(text).toContain('- Speed: not measured');
    expect(text).toContain('- ONNX Runtime, CPU: broken. It cannot be loaded (x).');
  });

  it('is made also of an installation whose engine does not start, with the reason in one line', async () => {
    const signal = new AbortController().signal;
    const engine = await diagnosisOf(() => Promise.reject(new Error('The engine ended:\n  no such file\n')), signal);
    expect(reportText({ ...report, engine })).toContain('- does not answer: The engine ended: no such file\n');
    const abort = AbortSignal.abort(new Error('cancelled'));
    await expect(diagnosisOf(() => Promise.reject(new Error('x')), abort)).rejects.toThrow('cancelled');
  });

  it('keeps the log in a block that its lines cannot end', () => {
    const text = reportText({ ...report, log: ['a ``` b', 'c\u001b[31m'] });
    expect(text.endsWith("```text\na ''' b\nc [31m\n```\n")).toBe(true);
  });
});
