import { describedStructure } from './adapters/describedStructure';
import { moduleSpectrum } from './moduleSpectrum';
import type { DescribedSource, DescribedParameters } from './moduleSpectra';
import type { StructuredParameters } from './adapters/mora/official';
import { answerTasks } from './threads/answerTasks';

// The program of the threads that moduleSpectra.ts starts.
answerTasks(({ linear, merged, ...own }: DescribedSource) =>
  moduleSpectrum({ linear, ...structured(own), merged: merged.map(structured) }),
);

function structured({ structure, parameters }: DescribedParameters): StructuredParameters {
  return { structure: describedStructure(structure), parameters };
}
