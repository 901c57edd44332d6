import { onnxRuntime } from '../../../src/engine/runtime/onnxruntime';
import { describeOracle } from '../../support/describeOracle';

const FAMILIES = ['llama', 'llama3', 'mistral', 'qwen2', 'qwen3', 'phi3', 'gemma2', 'gemma3', 'smollm3', 'olmo2'];

const runtime = onnxRuntime({ threads: 2 });
for (const family of FAMILIES) describeOracle(family, runtime);
