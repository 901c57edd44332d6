import { TENSORFLOW_DEVICES } from '../../../src/config/devices';
import { openTensorFlow } from '../../../src/engine/runtime/tfjs/openTensorFlow';
import { describeOracle, ORACLE_ADAPTERS, ORACLE_FAMILIES } from '../../support/describeOracle';

// Between them: tied and untied heads, fused projections, capped logits, windows; each way in which an adapter computes.
const CHOSEN = [
  ['tfjs-wasm', 'llama', ['mora1', 'mora6', 'lora']],
  ['tfjs-wasm', 'gemma2', ['mora2', 'full']],
  ['tfjs-wasm', 'phi3', ['mora3']],
  ['tfjs-cpu', 'llama', ['mora4']],
  ['tfjs-cpu', 'gemma2', ['lora']],
] as const;

// Every family with every adapter takes some minutes: MORA_ORACLE=tfjs-wasm, or any other that is installed.
const whole = TENSORFLOW_DEVICES.find((device) => device === process.env.MORA_ORACLE);
const cases = whole === undefined ? CHOSEN : ORACLE_FAMILIES.map((family) => [whole, family, ORACLE_ADAPTERS] as const);

for (const [device, family, adapters] of cases) {
  describeOracle(family, await openTensorFlow(device, 1), adapters);
}
