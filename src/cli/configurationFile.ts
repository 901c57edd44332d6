import { readTextFile } from './textFile';

/** The text of a configuration document the user named. */
export async function readConfigurationFile(file: string): Promise<string> {
  return readTextFile(file, 'a *.mora.json document');
}
