/** A file of XML, of a size that virsh(1) reads too. */
import { isFailure, type System } from '../system/system.ts';
import { describeOversize, maximalXmlSize } from '../text/xml-prolog.ts';
import { CommandError, explainFailure } from './command.ts';

/**
 * '-' is standard input. A larger file is refused before it is read; one without a true size, or standard input,
 * afterwards. `option`: what a message begins with.
 */
export function readXmlFile(path: string, system: System, option = ''): string {
  const status = path === '-' ? null : system.stat(path);
  if (status !== null && !isFailure(status) && status.size > maximalXmlSize) {
    throw new CommandError(`${option}'${path}': ${describeOversize(status.size)}`);
  }
  const text = path === '-' ? system.stdin() : system.read(path);
  if (isFailure(text)) throw new CommandError(`${option}${explainFailure(text)}`);
  return text;
}
