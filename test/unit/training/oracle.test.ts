import { onnxRuntime } from '../../../src/engine/runtime/onnxruntime';
import { describeOracle, ORACLE_FAMILIES } from '../../support/describeOracle';

const runtime = onnxRuntime({ threads: 2 });
for (const family of ORACLE_FAMILIES) describeOracle(family, runtime);
