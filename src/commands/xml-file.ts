/** A file of XML, of a size that virsh(1) reads too. */
import { isFailure, type System } from '../system/system.ts';
import { describeOversize, maximalXmlSize } from '../text/xml-prolog.ts';
import { CommandError, explainFailure } from './command.ts';

/**
 * '-' is standard input. A larger file is refused before it is read, standard input as soon as it is larger, and a file
 * without a true size afterwards. `option`: what a message begins with.
 */
export function readXmlFile(path: string, system: System, option = ''): string {
  const status = path === '-' ? null : system.stat(path);
  if (status !== null && !isFailure(status) && status.size > maximalXmlSize) {
    throw new CommandError(`${option}'${path}': ${describeOversize(status.size)}`);
  }
  const text = path === '-' ? system.stdin(maximalXmlSize) : system.read(path);
  if (isFailure(text) && text.errno === 'EFBIG')
    throw new CommandError(`${option}'${text.path}': ${describeOversize(null)}`);
  if (isFailure(text)) throw new CommandError(`${option}${explainFailure(text)}`);
  return text;
}
