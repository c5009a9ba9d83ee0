/**
 * Debian's cloud images: the master check for an /etc/network/cloud-ifupdown-helper that has none. As shipped, the helper
 * writes a stanza with DHCP for every new link. What is there is kept to the byte; the check is put in before the first
 * command, where the helper has done nothing yet.
 */
import { baseName } from '../../text/base-name.ts';
import { testsForMaster } from './guard.ts';

export interface PatchOptions {
  /** Leave alone whatever has a master, ports of bonds and bridges too, as the kernel document's patch does. */
  readonly blunt?: boolean;
}

/** The patched text, or why there is none to be had. */
export type PatchedHelper = { readonly text: string } | { readonly reason: string };

const begin = '# failoverctl: leave slaves of failover masters alone\n';
const end = '# failoverctl: end\n';

/**
 * In the script's own variable, which udev sets: by the time that a RUN program runs, the link is enslaved and has its last
 * name. Only the master of a failover slave is a device, of virtio or of Hyper-V's bus.
 */
const check = `if [ -e "/sys/class/net/$INTERFACE/master/device/features" ] ||
    [ -e "/sys/class/net/$INTERFACE/master/device/class_id" ]; then
    exit 0
fi
`;

/** The test of the kernel's Documentation/networking/net_failover.rst. */
const bluntCheck = `if [ -d "/sys/class/net/$INTERFACE/master" ]; then
    exit 0
fi
`;

export function patchCloudHelper(text: string, { blunt = false }: PatchOptions = {}): PatchedHelper {
  if (text.includes(begin)) return { reason: 'it has the check of failoverctl already' };
  const interpreter = /^#![ \t]*(\S+)(?:[ \t]+(\S+))?.*\n/.exec(text);
  if (interpreter === null) return { reason: 'its first line names no interpreter; expected a shell script' };
  const [, program = '', argument = ''] = interpreter;
  const shell = baseName(baseName(program) === 'env' ? argument : program);
  if (!/^(?:ba|da|a|k|z)?sh$/.test(shell)) return { reason: `its interpreter is '${shell}'; expected a shell` };
  if (testsForMaster(text)) return { reason: 'it asks for a master itself' };
  if (!/\$\{?INTERFACE\b/.test(withoutComments(text)))
    return { reason: "it does not use $INTERFACE; expected a helper that udev's RUN gives the link's name in it" };
  // After the comment that it begins with; a blank line before and after, as in the rest.
  const head = /^(?:#.*\n|[ \t]*\n)+/.exec(text)?.[0].length ?? 0;
  return { text: `${text.slice(0, head)}${begin}${blunt ? bluntCheck : check}${end}\n${text.slice(head)}` };
}

/** The text before `patchCloudHelper`, or null if the check is not in it as it was put there. */
export function unpatchCloudHelper(text: string): string | null {
  for (const code of [check, bluntCheck]) {
    const inserted = `${begin}${code}${end}\n`;
    const at = text.indexOf(inserted);
    if (at >= 0) return text.slice(0, at) + text.slice(at + inserted.length);
  }
  return null;
}

function withoutComments(text: string): string {
  return text.replace(/^[ \t]*#.*$/gm, '');
}
