import { PRODUCT } from './contraction';
import { DERIVED } from './derived';
import { ADD, EQUAL, GELU_TANH, MULTIPLY, SCALE, SIGMOID, SUBTRACT, SWIGLU, TANH } from './elementwise';
import { BROADCAST, CONCATENATE, PAD, RESHAPE, SLICE, TRANSPOSE } from './layout';
import { COLUMNS, PICK, ROWS, SCATTER_ROWS } from './lookup';
import { INVERSE_RMS, RMS_NORM } from './normalisation';
import { AFTER } from './order';
import { ROTARY } from './position';
import { INTEGER_PRODUCT, QUANTISE_ROWS, ROW_SCALE, TO_FLOAT } from './quantisation';
import { ARG_MAX, LOG_SUM_EXP, SOFTMAX, SUM } from './reduction';

/** Every operation there is. Each row says what the operation does to shapes and to gradients, and how ONNX says it. */
export const OPERATIONS = [
  ...[ADD, SUBTRACT, MULTIPLY, SCALE, SIGMOID, SWIGLU, TANH, GELU_TANH, EQUAL],
  ...[SUM, SOFTMAX, LOG_SUM_EXP, ARG_MAX],
  ...[RESHAPE, TRANSPOSE, BROADCAST, SLICE, PAD, CONCATENATE],
  ...[PRODUCT, RMS_NORM, INVERSE_RMS, ROTARY, ROWS, COLUMNS, PICK, SCATTER_ROWS, DERIVED, AFTER],
  ...[ROW_SCALE, QUANTISE_ROWS, INTEGER_PRODUCT, TO_FLOAT],
] as const;
