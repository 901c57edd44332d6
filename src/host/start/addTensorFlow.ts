import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { TENSORFLOW_DEVICES, type TensorFlowDevice } from '../../config/devices';
import { installCommand, TENSORFLOW_PACKAGES } from '../../engine/rpc/tensorFlowPackages';
import type { Services } from '../services';
import { requireTrust } from '../training/trust';

interface DeviceItem extends vscode.QuickPickItem {
  readonly device: TensorFlowDevice;
}

/**
 * Lets the user choose a device of TensorFlow.js and types the command that installs it into a terminal. It is not run:
 * it goes to the network, which is for the user to say.
 */
export async function addTensorFlow({ tensorFlowFolder }: Services): Promise<void> {
  if (!(await requireTrust(vscode.l10n.t('A terminal starts a process, so it needs a trusted workspace.')))) return;
  const picked = await vscode.window.showQuickPick(items(tensorFlowFolder), {
    title: vscode.l10n.t('Add TensorFlow.js'),
    placeHolder: vscode.l10n.t('The command that installs it is typed into a terminal, for you to run'),
    matchOnDetail: true,
  });
  if (picked === undefined) return;
  await mkdir(tensorFlowFolder, { recursive: true });
  const terminal = vscode.window.createTerminal({
    name: 'MoRA: TensorFlow.js',
    cwd: tensorFlowFolder,
    message: vscode.l10n.t(
      'npm installs {0} into this folder, where the engine finds it; then set "compute.device" to "{0}".',
      picked.label,
    ),
  });
  terminal.show();
  terminal.sendText(installCommand(picked.device, '.'), false);
}

async function items(folder: string): Promise<DeviceItem[]> {
  return Promise.all(
    TENSORFLOW_DEVICES.map(async (device) => {
      const { package: name, computes, needs } = TENSORFLOW_PACKAGES[device];
      const version = await installedVersion(join(folder, 'node_modules', name, 'package.json'));
      const description = version === undefined ? computes : vscode.l10n.t('{0} ({1} is installed)', computes, version);
      return { device, label: device, description, detail: needs };
    }),
  );
}

async function installedVersion(manifest: string): Promise<string | undefined> {
  try {
    const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { readonly version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
