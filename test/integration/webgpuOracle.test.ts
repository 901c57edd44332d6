import { webGpu } from '../../src/engine/runtime/webgpu';
import { describeOracle } from '../support/describeOracle';
import { useSoftwareGpu } from '../support/softwareGpu';

useSoftwareGpu();
const runtime = webGpu();
// Between them: tied and untied heads, fused projections, capped logits, windows; each way in which an adapter computes.
describeOracle('llama', runtime, ['mora1', 'mora6', 'full']);
describeOracle('gemma2', runtime, ['lora']);
describeOracle('phi3', runtime, ['mora3']);
