/**
 * cloud-init itself as oracle: Debian's package, unpacked into build/ and never installed, its renderers called with a
 * target directory of the test's own. `netplan` and udev are not called (postcmds off).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { RendererName } from '../../../src/managers/cloud-init/check.ts';

const home = resolve('build/oracles/cloud-init');
const modules = join(home, 'root/usr/lib/python3/dist-packages');
const packages = ['cloud-init', 'python3-requests', 'python3-configobj', 'python3-jinja2', 'python3-jsonpatch'].concat(
  [
    'python3-json-pointer',
    'python3-jsonschema',
    'python3-markupsafe',
    'python3-urllib3',
    'python3-chardet',
    'python3-certifi',
  ],
  [
    'python3-idna',
    'python3-serial',
    'python3-attr',
    'python3-pyrsistent',
    'python3-six',
    'python3-oauthlib',
    'python3-yaml',
  ],
);

/** Why cloud-init cannot be asked here, or null. */
export function whyNoCloudInit(): string | null {
  if (!existsSync(join(modules, 'cloudinit'))) unpack();
  const env = { ...process.env, PYTHONPATH: modules };
  const probe = spawnSync('python3', ['-c', 'from cloudinit.net import eni, netplan, network_manager, networkd'], {
    env,
    encoding: 'utf8',
  });
  return probe.status === 0
    ? null
    : `Debian's cloud-init (apt-get download) and python3 are needed: ${probe.stderr?.trim().split('\n').at(-1) ?? ''}`;
}

function unpack(): void {
  mkdirSync(home, { recursive: true });
  // An unsandboxed download, since the directory is the user's own.
  spawnSync('apt-get', ['-qq', '-o', 'APT::Sandbox::User=root', 'download', ...packages], {
    cwd: home,
    stdio: 'ignore',
  });
  for (const name of readdirSync(home).filter((file) => file.endsWith('.deb'))) {
    spawnSync('dpkg-deb', ['-x', join(home, name), join(home, 'root')]);
  }
}

const program = `
import json, os, sys, logging, shutil
logging.disable(logging.CRITICAL)
import yaml
from cloudinit.net import network_state, eni, netplan, networkd, network_manager, sysconfig
cases = json.load(open(sys.argv[1])); out = sys.argv[2]
answers = []
def make(name):
    if name == 'eni': return eni.Renderer({'eni_path': 'etc/network/interfaces.d/50-cloud-init'})
    if name == 'netplan': return netplan.Renderer({'netplan_path': 'etc/netplan/50-cloud-init.yaml', 'postcmds': False, 'features': [], 'clean_default': False})
    if name == 'networkd': return networkd.Renderer({'network_conf_dir': out + '/etc/systemd/network/', 'resolve_conf_fn': out + '/etc/systemd/resolved.conf'})
    if name == 'sysconfig': return sysconfig.Renderer(dict(control='etc/sysconfig/network', iface_templates='%(base)s/network-scripts/ifcfg-%(name)s', route_templates=dict(ipv4='%(base)s/network-scripts/route-%(name)s', ipv6='%(base)s/network-scripts/route6-%(name)s')))
    if name == 'sysconfig-suse': return sysconfig.Renderer(dict(control='etc/sysconfig/network/config', flavor='suse', netrules_path='etc/udev/rules.d/85-persistent-net-cloud-init.rules', iface_templates='%(base)s/network/ifcfg-%(name)s', route_templates=dict(ipv4='%(base)s/network/ifroute-%(name)s', ipv6='%(base)s/network/ifroute-%(name)s')))
    return network_manager.Renderer({})
# else python3-netplan writes into /etc, whatever the target is
netplan.netplan_api_write_yaml_file = lambda *a, **k: False
import cloudinit.util
cloudinit.util.chownbyname = lambda *a, **k: None
for case in cases:
    macs = case['macs']
    network_state.get_interfaces_by_mac = lambda *a, **k: dict(macs)
    network_state.find_interface_name_from_mac = lambda mac: macs.get(mac.lower())
    shutil.rmtree(out, ignore_errors=True); os.makedirs(out + '/etc/systemd/network')
    try:
        config = yaml.safe_load(case['text'])
        config = config.get('network', config)
        r = make(case['renderer'])
        state = network_state.parse_net_config_data(config, renderer=r)
        r.render_network_state(network_state=state, target=out)
        files = {}
        for d, _, names in os.walk(out):
            for n in names:
                p = os.path.join(d, n); files[p[len(out):]] = open(p).read()
        answers.append({'files': files})
    except BaseException as e:
        answers.append({'error': type(e).__name__ + ': ' + str(e)})
shutil.rmtree(out, ignore_errors=True)
json.dump(answers, sys.stdout)
`;

export interface Case {
  readonly text: string;
  readonly renderer: RendererName;
  /** The links that cloud-init sees: their names by MAC. */
  readonly macs: Readonly<Record<string, string>>;
}

export type CloudInitAnswer = { readonly files: Readonly<Record<string, string>> } | { readonly error: string };

/** A tree of test/setup-oracles.mjs that holds another cloud-init; null: there is none, or no chroot. */
export function findCloudInit(name: 'trixie' | 'sid-network'): string | null {
  const root = join(process.env['FAILOVERCTL_ORACLES'] ?? join(homedir(), '.cache/failoverctl-oracles'), name);
  return existsSync(join(root, 'usr/lib/python3/dist-packages/cloudinit')) && process.geteuid?.() === 0 ? root : null;
}

/** The same, asked of the cloud-init in a tree, in a chroot. */
export function askCloudInitIn(root: string, cases: readonly Case[]): readonly CloudInitAnswer[] {
  const directory = mkdtempSync(join(root, 'tmp/failoverctl-cloud-init-'));
  const inside = directory.slice(root.length);
  try {
    writeFileSync(join(directory, 'cases.json'), JSON.stringify(cases));
    writeFileSync(join(directory, 'ask.py'), program);
    const words = ['python3', '-B', `${inside}/ask.py`, `${inside}/cases.json`, `${inside}/out`];
    const run = spawnSync('chroot', [root, ...words], { encoding: 'utf8', maxBuffer: 1 << 28 });
    if (run.status !== 0)
      throw new Error(`cloud-init did not answer: ${run.error?.message ?? run.stderr.slice(-2000)}`);
    return JSON.parse(run.stdout) as readonly CloudInitAnswer[];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export function askCloudInit(cases: readonly Case[]): readonly CloudInitAnswer[] {
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-cloud-init-'));
  try {
    writeFileSync(join(directory, 'cases.json'), JSON.stringify(cases));
    writeFileSync(join(directory, 'ask.py'), program);
    // Nothing but the directory can be written, whatever a renderer thinks that its target is.
    const script = `mount --make-rprivate / && mount --bind -o ro /etc /etc 2>/dev/null; mount -o remount,bind,ro /etc 2>/dev/null; exec python3 -B ${directory}/ask.py ${directory}/cases.json ${directory}/out`;
    const run = spawnSync('unshare', ['-m', 'sh', '-c', script], {
      env: { ...process.env, PYTHONPATH: modules },
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (run.status !== 0)
      throw new Error(`cloud-init did not answer: ${run.error?.message ?? run.stderr.slice(-2000)}`);
    return JSON.parse(run.stdout) as readonly CloudInitAnswer[];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The Debian 13 that test/setup-oracles.mjs makes. */
const trixie = join(process.env['FAILOVERCTL_ORACLES'] ?? join(homedir(), '.cache/failoverctl-oracles'), 'trixie');

/** Why cloud-init 25.1's schemas cannot be asked here, or null. */
export function whyNoSchema(): string | null {
  if (!existsSync(join(trixie, 'usr/bin/cloud-init')))
    return `${trixie} has no cloud-init (node test/setup-oracles.mjs)`;
  return process.geteuid?.() === 0 ? null : 'not root: no chroot';
}

/**
 * `cloud-init schema`: what it says against a text, or null if it is valid. Network configuration is judged by 25.1 alone,
 * user data by 22.4 too.
 */
export function refuteSchema(kind: 'cloud-config' | 'network-config', text: string): string | null {
  const name = `failoverctl-${process.pid}-${Math.random().toString(36).slice(2)}.yaml`;
  const file = join(trixie, 'tmp', name);
  writeFileSync(file, text, { mode: 0o600 });
  try {
    const newer = spawnSync('chroot', [trixie, 'cloud-init', 'schema', '--schema-type', kind, '-c', `/tmp/${name}`], {
      encoding: 'utf8',
    });
    if (newer.status !== 0) return `25.1: ${newer.stdout}${newer.stderr}`;
    if (kind === 'network-config') return null;
    const older = spawnSync('python3', ['-B', '-m', 'cloudinit.cmd.main', 'schema', '-c', file], {
      env: { ...process.env, PYTHONPATH: modules },
      encoding: 'utf8',
    });
    return older.status === 0 ? null : `22.4: ${older.stdout}${older.stderr}`;
  } finally {
    rmSync(file, { force: true });
  }
}
