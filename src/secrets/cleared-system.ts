/** A guest as a snapshot would have it: no secret of its files reaches whoever only looks. */
import { isFailure, type System } from '../system/system.ts';
import { clearSecrets } from './clear.ts';

export function clearedSystem<Kind extends System>(system: Kind): Kind {
  return {
    ...system,
    read: (path) => {
      const text = system.read(path);
      return isFailure(text) || path.startsWith('/sys/') ? text : clearSecrets(path, text).text;
    },
  };
}
