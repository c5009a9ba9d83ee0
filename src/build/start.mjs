/**
 * `npm start`: the main job. On a guest with a failover NIC it shows what failoverctl finds and would write; nothing is
 * changed. Anywhere else it does the same on a guest that was recorded from the lab, with the network configuration that
 * Debian's cloud images ship.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectRoot } from './bundle.mjs';

const program = join(projectRoot, 'dist/failoverctl.cjs');
const recorded = join(projectRoot, 'test/fixtures/guests/bookworm-triple.json');

const stockPath = 'etc/netplan/90-default.yaml';
/** Netplan's catch-all: DHCP on whatever is called en… or eth…, so on all three links. */
const stockNetplan = `network:
  version: 2
  ethernets:
    all-en:
      match: {name: "en*"}
      dhcp4: true
    all-eth:
      match: {name: "eth*"}
      dhcp4: true
`;
function run(title, args) {
  process.stdout.write(`\n$ failoverctl ${args.join(' ')}   # ${title}\n`);
  return spawnSync(process.execPath, [program, ...args], { stdio: 'inherit' }).status;
}

function writeTree(root, entries) {
  for (const [path, entry] of Object.entries(entries)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    if (typeof entry === 'string') writeFileSync(file, entry);
    else if ('link' in entry) symlinkSync(entry.link, file);
    else if ('directory' in entry) mkdirSync(file, { recursive: true });
    // An attribute that answers with an errno cannot be had in a copy: it is left out.
  }
}

const here = spawnSync(process.execPath, [program, 'detect', '--quiet']).status === 0;
if (here) {
  run('what this guest has', ['detect']);
  run('what would be written here', ['install', '--dry-run']);
} else {
  const root = mkdtempSync(join(tmpdir(), 'failoverctl-recorded-'));
  try {
    const guest = JSON.parse(readFileSync(recorded, 'utf8'));
    process.stdout.write(
      `This machine has no failover NIC. A guest recorded from the lab (Debian 12): ${guest.about}.\n`,
    );
    writeTree(root, guest.entries);
    writeTree(root, { [stockPath]: stockNetplan });
    chmodSync(join(root, stockPath), 0o600);
    run('what the guest has', ['detect', '--root', root]);
    run('what would go wrong', ['lint', '--root', root]);
    if (process.geteuid() !== 0) run('what would be written', ['install', '--root', root, '--dry-run']);
    else {
      run('makes it right, in this copy', ['install', '--root', root]);
      run('and now', ['lint', '--root', root]);
      run('every byte back', ['uninstall', '--root', root]);
    }
  } finally {
    rmSync(root, { recursive: true });
  }
}
