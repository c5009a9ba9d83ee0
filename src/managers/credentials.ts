/**
 * The guard for networkd and the udev rules as systemd credentials: a hypervisor hands them to the guest at start, and nothing
 * is written into its disk. Of use with systemd 256 and later; an older one ignores them.
 *
 * Sources: systemd.system-credentials(7); pick_up_credentials in systemd-network-generator and udevadm-control.c, which
 * write them below /run; debug-generator.c for systemd.unit-dropin.*.
 */
import { encodeBase64 } from '../text/base64.ts';
import { encodeText } from '../system/bytes.ts';
import type { GeneratedFile } from './generated-file.ts';
import type { MasterConfig } from './master-config.ts';
import { renderNetworkdGuard } from './networkd/render.ts';
import { renderUdev } from './udev/render.ts';

export interface Credential {
  /** "network.network.05-failover-slaves". */
  readonly name: string;
  readonly text: string;
}

/** Files that a credential can bring, by directory and suffix. The others need a file system. */
const prefixes = [
  { directory: '/etc/systemd/network/', suffix: '.network', prefix: 'network.network.' },
  { directory: '/etc/systemd/network/', suffix: '.link', prefix: 'network.link.' },
  { directory: '/etc/udev/rules.d/', suffix: '.rules', prefix: 'udev.rules.' },
] as const;

/** Debian and Ubuntu leave both services disabled, and without them nobody reads the credentials. */
const load: Credential = {
  name: 'systemd.unit-dropin.sysinit.target',
  text: '[Unit]\nWants=systemd-network-generator.service systemd-udev-load-credentials.service\n',
};

/**
 * With masters the guard knows their MACs, and keeps networkd off a VF that is there before its master too. For others' slaves
 * the rules say NM_UNMANAGED and ID_NET_MANAGED_BY; ifupdown reads no credential.
 */
export function renderCredentials(config: Pick<MasterConfig, 'masters' | 'command'>): readonly Credential[] {
  return [load, ...[...renderNetworkdGuard(config), ...renderUdev(config)].flatMap(toCredential)];
}

function toCredential({ path, text }: GeneratedFile): readonly Credential[] {
  return prefixes
    .filter(({ directory, suffix }) => path.startsWith(directory) && path.endsWith(suffix))
    .map(({ directory, suffix, prefix }) => ({ name: prefix + path.slice(directory.length, -suffix.length), text }));
}

/** An SMBIOS type 11 (OEM) string as systemd's PID 1 reads it: base64, since a string of SMBIOS holds no newline. */
export function encodeOemString({ name, text }: Credential): string {
  return `io.systemd.credential.binary:${name}=${encodeBase64(encodeText(text))}`;
}
