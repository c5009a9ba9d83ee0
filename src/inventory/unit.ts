/** Is a systemd service going to run? Told from unit files alone, so that it can be asked of an image. systemd.unit(5). */
import type { UnitState } from '../managers/probe.ts';
import { isFailure, type System } from '../system/system.ts';
import { fnmatch } from '../text/fnmatch.ts';

/** In the order of precedence. */
const unitDirectories = ['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib'].map((root) => `${root}/systemd/system`);
const presetDirectories = ['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib'].map(
  (root) => `${root}/systemd/system-preset`,
);

export function readUnitState(system: System, unit: string): UnitState {
  const paths = unitDirectories.map((directory) => `${directory}/${unit}`);
  const file = paths.find((path) => !isFailure(system.lstat(path)));
  if (file === undefined)
    return { installed: false, enabled: false, masked: false, evidence: `${unit} is not installed` };
  if (isMask(system, file)) return { installed: true, enabled: false, masked: true, evidence: `${file} masks it` };
  const wish = findWish(system, unit);
  if (wish !== null) return { installed: true, enabled: true, masked: false, evidence: wish };
  const preset = isFirstBoot(system) ? (findPreset(system, unit) ?? enableUnnamed(system, file)) : null;
  return {
    installed: true,
    enabled: preset?.enable ?? false,
    masked: false,
    evidence: preset?.evidence ?? `${unit} is not enabled`,
  };
}

/** A link to /dev/null, or an empty file. */
function isMask(system: System, path: string): boolean {
  const target = system.readlink(path);
  if (!isFailure(target)) return target === '/dev/null';
  const status = system.stat(path);
  return !isFailure(status) && status.kind === 'file' && status.size === 0;
}

/** The link in a TARGET.wants or TARGET.requires directory. */
function findWish(system: System, unit: string): string | null {
  for (const directory of unitDirectories) {
    const names = system.list(directory);
    if (isFailure(names)) continue;
    for (const name of names.filter((other) => other.endsWith('.wants') || other.endsWith('.requires')).sort()) {
      const path = `${directory}/${name}/${unit}`;
      if (!isFailure(system.lstat(path))) return path;
    }
  }
  return null;
}

/** Presets are applied once, when there is no machine id yet; an empty file is not that. machine-id(5), "First Boot Semantics". */
function isFirstBoot(system: System): boolean {
  const id = system.read('/etc/machine-id');
  return isFailure(id) ? id.errno === 'ENOENT' : id.trim() === 'uninitialized';
}

interface Preset {
  readonly enable: boolean;
  readonly evidence: string;
}

/** What no preset names is enabled, if it can be: query_presets() in systemd's src/shared/install.c. Null: no systemd here. */
function enableUnnamed(system: System, file: string): Preset | null {
  const text = system.read(file);
  const starts = ['/usr/lib/systemd/systemd', '/lib/systemd/systemd'].some((path) => !isFailure(system.stat(path)));
  if (!starts || isFailure(text) || !/^\[Install\]/m.test(text)) return null;
  return { enable: true, evidence: 'first boot, and no preset names it: systemd enables it' };
}

/** The first line that names the unit decides. systemd.preset(5). */
function findPreset(system: System, unit: string): Preset | null {
  const byName = new Map<string, string>();
  for (const directory of presetDirectories) {
    const names = system.list(directory);
    if (isFailure(names)) continue;
    for (const name of names) {
      if (name.endsWith('.preset') && !byName.has(name)) byName.set(name, `${directory}/${name}`);
    }
  }
  for (const [, path] of [...byName].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const text = system.read(path);
    if (isFailure(text)) continue;
    for (const line of text.split('\n')) {
      const [verb = '', glob = ''] = line.trim().split(/\s+/);
      if ((verb === 'enable' || verb === 'disable') && fnmatch(glob, unit)) {
        return { enable: verb === 'enable', evidence: `first boot, and ${path} says "${verb} ${glob}"` };
      }
    }
  }
  return null;
}

export function isRunning(system: System, unit: string): boolean {
  const result = system.run(['systemctl', 'is-active', '--quiet', unit], { timeoutMs: 10_000 });
  return !isFailure(result) && result.status === 0;
}
