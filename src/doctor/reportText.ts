import { formatBytes } from '../language/bytes';
import type { Diagnosis, RuntimeState } from '../engine/rpc/diagnosis';
import type { DoctorReport, Fact } from './doctorReport';

/** Under this a run of any model but a tiny one has no room. */
const LITTLE_MEMORY = 2 * 2 ** 30;

const STATES: Readonly<Record<RuntimeState['state'], string>> = {
  used: 'used',
  ready: 'installed',
  present: 'installed, not used',
  absent: 'not installed',
  broken: 'broken',
};

/** A report as Markdown that can be pasted into an issue and read as it is. */
export function reportText({ program, engine, log }: DoctorReport): string {
  const sections: string[] = ['# MoRA Doctor', section('Program', program)];
  if ('error' in engine) {
    sections.push(section('Engine', [['does not answer', engine.error]]));
  } else {
    const { diagnosis } = engine;
    sections.push(
      section('Machine', machineFacts(diagnosis)),
      section('Runtimes', diagnosis.runtimes.map(runtimeFact)),
      section('Models', cacheFacts(diagnosis)),
    );
    const remarks = remarksOn(diagnosis);
    if (remarks.length > 0) sections.push(`## To be done\n\n${remarks.map((text) => `- ${text}`).join('\n')}`);
  }
  if (log.length > 0) sections.push(`## Log\n\n\`\`\`text\n${log.map(plain).join('\n')}\n\`\`\``);
  return `${sections.join('\n\n')}\n`;
}

function section(title: string, facts: readonly Fact[]): string {
  return `## ${title}\n\n${facts.map(([label, value]) => `- ${label}: ${value}`).join('\n')}`;
}

function machineFacts({ node, platform, system, processor, memory, nvidia, product }: Diagnosis): Fact[] {
  const { model, cores, threads, usableThreads, instructions } = processor;
  const count = [
    ...(cores === null ? [] : [`${cores} cores`]),
    `${threads} threads`,
    ...(usableThreads === threads ? [] : [`${usableThreads} of them usable`]),
  ];
  return [
    ['Engine', `Node.js ${node} on ${platform}, ${system}`],
    ['Processor', `${model}, ${count.join(', ')}`],
    ['Instructions', instructions === null ? 'not known on this system' : instructions.join(', ') || 'none of note'],
    [
      'Memory',
      `${size(memory.free)} free of ${size(memory.total)}` +
        (memory.limit === null ? '' : `, a container allows ${size(memory.limit)}`),
    ],
    [
      'NVIDIA card',
      nvidia === null ? 'none with a driver' : `${nvidia.name}, ${nvidia.memory}, driver ${nvidia.driver}`,
    ],
    [
      'Speed',
      product === null
        ? 'not measured'
        : `${product.gigaflops.toFixed(1)} GFLOP/s (float32 products of ${product.size} by ${product.size}, ` +
          `${product.repeats} in ${product.seconds.toFixed(2)} s)`,
    ],
  ];
}

function runtimeFact({ name, state, version, notes }: RuntimeState): Fact {
  const parts = [`${STATES[state]}${version === null ? '' : `, ${version}`}`, ...notes];
  return [name, parts.map((part, index) => (index === 0 && notes.length > 0 ? `${part}.` : part)).join(' ')];
}

function cacheFacts({ cache }: Diagnosis): Fact[] {
  const { folder, exists, models, free } = cache;
  return [
    ['Hugging Face cache', `${folder}, ${exists ? `${models} models` : 'not there yet'}`],
    ['Free on its disk', free === null ? 'not known' : size(free)],
  ];
}

function remarksOn({ memory, runtimes, processor }: Diagnosis): string[] {
  const remarks: string[] = [];
  const room = memory.limit === null ? memory.free : Math.min(memory.free, memory.limit);
  if (room < LITTLE_MEMORY) {
    remarks.push(`Only ${size(room)} of memory are free: close what is large, or train a smaller model.`);
  }
  if (!runtimes.some(({ state }) => state === 'used')) remarks.push('Nothing can be trained until ONNX Runtime loads.');
  if (processor.instructions !== null && !processor.instructions.some((name) => /^(AVX2|AVX-512|NEON)$/.test(name))) {
    remarks.push('The processor has neither AVX2 nor NEON, so training is several times slower than it could be.');
  }
  return remarks;
}

/** The report is English, also where the editor is not. */
function size(bytes: number): string {
  return formatBytes(bytes, String);
}

/** A line of a log that cannot end the block it stands in. */
function plain(line: string): string {
  return line.replace(/\p{Cc}/gu, ' ').replaceAll('```', "'''");
}
