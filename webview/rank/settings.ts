import type { Settings } from '../../src/host/protocol/rankView';

/** What measures count by at first; as the extension's DEFAULT_SETTINGS, which a panel may not bundle. */
export const FIRST_SETTINGS: Settings = { threshold: 0.1, energyShare: 0.9, top: 10, epsilon: 0.6 };
