import { join } from 'node:path';
import { z } from 'zod';
import { shortened } from '../../config/shortened';
import { UserError } from '../../config/userError';
import { readJsonObject } from '../weights/jsonFile';

export const ADAPTER_CONFIG = 'adapter_config.json';

/** Full fine-tuning is not PEFT's; the name is ours, so that PEFT refuses it at once. */
export const FULL_PEFT_TYPE = 'FULL';

/**
 * ReMoRA and ReLoRA: the adapter in the folder is only the last of several ΔW, or its rows and columns are shuffled.
 * PEFT and the official code must not take it for a whole or plain adapter, so they get a name that they refuse.
 */
export const REMORA_PEFT_TYPE = 'REMORA';
const REMORA_VERSION = 1;
/** Each merge is a folder to open; no run that anybody waited for has so many. */
const MAX_MERGES = 10_000;

const rank = z.int().min(1);
const scale = z.number();

/** What we read of adapter_config.json; keys are PEFT's and those of the official MoRA code. */
const adapterConfigSchema = z.object({
  peft_type: z.string(),
  base_model_name_or_path: z.string().nullish(),
  revision: z.string().nullish(),
  r: rank.optional(),
  lora_alpha: scale.default(8),
  use_mora: z.boolean().default(false),
  /** Its default in the official code. */
  mora_type: z.int().default(1),
  use_dora: z.boolean().default(false),
  use_rslora: z.boolean().default(false),
  /** The LoRA rank of single modules, by path or the end of one. */
  rank_pattern: z.record(z.string(), rank).nullish(),
  alpha_pattern: z.record(z.string(), scale).nullish(),
  remora: z
    .object({
      version: z.literal(REMORA_VERSION),
      merges: z.int().min(0).max(MAX_MERGES),
      part: z.int().min(1).max(MAX_MERGES).nullable(),
      permutation: z
        .object({ seed: z.int().min(0).max(0xffff_ffff), merge: z.int().min(1).max(MAX_MERGES) })
        .nullable(),
    })
    .optional(),
});

/** What adapter_config.json says of an adapter that is not all of a ΔW in the model's order. */
export interface RemoraMark {
  /** How many ΔW lie in merged/ and belong to the base before this adapter does. */
  readonly merges: number;
  /** The number of this merge, where the folder is one of those; null for an adapter that is trained or whole. */
  readonly part: number | null;
  /** What the shuffle of rows and columns of each module follows from; null where they are in the model's order. */
  readonly permutation: { readonly seed: number; readonly merge: number } | null;
}

/** The keys with which adapter_config.json marks it. */
export function remoraKeys(mark: RemoraMark): Record<string, unknown> {
  return { peft_type: REMORA_PEFT_TYPE, remora: { version: REMORA_VERSION, ...mark } };
}

/** What an adapter folder says of itself. */
export interface AdapterConfig {
  readonly file: string;
  readonly method: 'mora' | 'lora' | 'full';
  readonly baseModel: string | null;
  /** Branch, tag or commit of a base model on the hub. */
  readonly baseRevision: string | null;
  /** The official number; 1 for LoRA and full. */
  readonly moraType: number;
  /** The LoRA rank r, from which r̂ follows; null for full. */
  readonly rank: number | null;
  readonly alpha: number;
  /** LoRA scales by alpha/√r instead of alpha/r. */
  readonly rankStabilised: boolean;
  readonly rankPattern: ReadonlyMap<string, number>;
  readonly alphaPattern: ReadonlyMap<string, number>;
  readonly remora: RemoraMark;
}

const PLAIN: RemoraMark = { merges: 0, part: null, permutation: null };

/** Reads adapter_config.json of a folder. Throws a UserError when it is missing, malformed or of an unsupported method. */
export async function readAdapterConfig(folder: string): Promise<AdapterConfig> {
  const file = join(folder, ADAPTER_CONFIG);
  const parsed = adapterConfigSchema.safeParse(await readJsonObject(file));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UserError(
      `${file}: "${shortened(issue?.path.join('.') ?? '')}" is missing or of the wrong kind; correct it.`,
    );
  }
  const config = parsed.data;
  const method = methodOf(config.peft_type, config.use_mora);
  if (method === undefined) {
    throw new UserError(
      `${file}: peft_type "${shortened(config.peft_type)}" is not supported; give a MoRA or LoRA adapter.`,
    );
  }
  if (config.use_dora) throw new UserError(`${file}: DoRA ("use_dora") is not supported; give a MoRA or LoRA adapter.`);
  if (method === 'mora' && (config.mora_type === 5 || config.mora_type < 1 || config.mora_type > 6)) {
    throw new UserError(`${file}: mora_type ${config.mora_type} does not exist; it can be 1, 2, 3, 4 or 6.`);
  }
  if (config.peft_type === REMORA_PEFT_TYPE && config.remora === undefined) {
    throw new UserError(
      `${file}: "remora" is missing, so the merges before this adapter are unknown; restore the file.`,
    );
  }
  return {
    file,
    method,
    baseModel: config.base_model_name_or_path ?? null,
    baseRevision: config.revision ?? null,
    moraType: config.mora_type,
    rank: method === 'full' ? null : (config.r ?? missingRank(file)),
    alpha: config.lora_alpha,
    rankStabilised: config.use_rslora,
    rankPattern: new Map(Object.entries(config.rank_pattern ?? {})),
    alphaPattern: new Map(Object.entries(config.alpha_pattern ?? {})),
    remora: config.remora ?? PLAIN,
  };
}

/**
 * The value of a pattern for a module. PEFT matches keys as regular expressions against the end of the path; those in use
 * are ends of paths, with dots perhaps escaped, so that is what is matched, and no expression of a file is run.
 */
export function patternValue(pattern: ReadonlyMap<string, number>, path: string): number | undefined {
  for (const [key, value] of pattern) {
    const end = key.replace(/^\^/, '').replaceAll('\\.', '.');
    if (path === end || path.endsWith(`.${end}`)) return value;
  }
  return undefined;
}

function methodOf(peftType: string, useMora: boolean): AdapterConfig['method'] | undefined {
  if (peftType === FULL_PEFT_TYPE) return 'full';
  if (peftType !== 'LORA' && peftType !== REMORA_PEFT_TYPE) return undefined;
  return useMora ? 'mora' : 'lora';
}

function missingRank(file: string): never {
  throw new UserError(`${file}: "r" is missing; add the adapter's LoRA rank.`);
}
