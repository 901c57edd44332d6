import { existsSync } from 'node:fs';

/** Where Debian's Chromium keeps SwiftShader, a Vulkan driver that computes on the CPU. */
const SWIFT_SHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';

/**
 * Makes sure that WebGPU finds an adapter: on Linux, where a test machine mostly has no GPU, the one in software.
 * For this process, before it first uses WebGPU, and for those that it starts.
 */
export function useSoftwareGpu(): void {
  if (process.platform !== 'linux') return;
  if (!existsSync(SWIFT_SHADER)) throw new Error(`there is no ${SWIFT_SHADER}; npm run test:setup installs it`);
  process.env.VK_ICD_FILENAMES = SWIFT_SHADER;
}
