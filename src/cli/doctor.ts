import { homedir } from 'node:os';
import { version } from '../../package.json';
import { diagnosisOf, type DoctorReport } from '../doctor/doctorReport';
import { hiddenPlaces } from '../doctor/hiddenPlaces';
import { reportText } from '../doctor/reportText';
import { engineProgram, withEngine } from './engineProgram';

export interface DoctorOptions {
  readonly json: boolean;
  readonly debug: boolean;
}

/** `mora doctor`: versions, machine and runtimes, as a bug report wants them. Returns the exit code, 1 for a broken engine. */
export async function doctor({ json, debug }: DoctorOptions): Promise<number> {
  const engine = await diagnosisOf(
    (signal) => withEngine(debug, (service) => service.diagnose(signal)),
    new AbortController().signal,
  );
  const report: DoctorReport = {
    program: [
      ['MoRA Studio', `${version}, command line`],
      ['Node.js', `${process.version} at ${engineProgram().node}`],
    ],
    engine,
    log: [],
  };
  const shown = hiddenPlaces(report, [[homedir(), '~']]);
  process.stdout.write(json ? `${JSON.stringify(shown, null, 2)}\n` : reportText(shown));
  return 'error' in engine || engine.diagnosis.product === null ? 1 : 0;
}
