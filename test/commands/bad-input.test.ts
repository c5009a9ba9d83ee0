/** A user's mistake, at every command: one clear line on standard error, nothing on standard output, the right status. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

const usage = 2;
const failure = 3;

const mistakes: readonly (readonly [args: string, status: number, says: RegExp])[] = [
  ['nonsense', usage, /unknown command 'nonsense'/],
  ['detect --bogus', usage, /unknown option '--bogus'/],
  ['detect extra', usage, /too many arguments/],
  ['detect --root /nope', failure, /--root: '\/nope': no such file or directory \(ENOENT\)/],
  ['detect --root /etc/passwd', failure, /--root: '\/etc\/passwd' is not a directory/],
  ['detect --root /etc', failure, /expected a Linux sysfs/],
  ['detect --snapshot /nope', failure, /--snapshot: '\/nope': no such file/],
  ['detect --snapshot /etc/passwd', failure, /is no snapshot: it is not JSON/],
  ['generate', usage, /missing required argument 'manager'/],
  ['generate foo', usage, /unknown manager 'foo'; expected netplan, networkd/],
  ['generate networkd --generic --address 1.2.3', usage, /'1\.2\.3' is no address with its prefix length/],
  ['generate networkd --generic --gateway here', usage, /--gateway: 'here'/],
  ['generate networkd --generic --mtu x', usage, /--mtu: 'x' is not right; expected a whole number/],
  ['generate networkd --generic --out /proc/nope', failure, /cannot write '\/proc\/nope'.*nothing was written/],
  ['install --root /nope', failure, /--root: '\/nope'/],
  ['install --root /proc/self/fd', failure, /is no root of a system/],
  ['install --root /tmp --manager foo', usage, /--manager: unknown 'foo'; expected netplan/],
  ['install --root /tmp --now', usage, /--now/],
  ['uninstall --root /nope', failure, /--root: '\/nope'/],
  ['lint /nope.network', failure, /'\/nope\.network': no such file/],
  ['lint --as foo -', usage, /--as: 'foo': expected one of networkd/],
  ['lint --format foo', usage, /--format: 'foo': expected human, json, sarif, github/],
  ['lint --select FO9999', usage, /FO9999/],
  ['explain', usage, /missing required argument 'link'/],
  ['explain nolink --assume triple', failure, /no link 'nolink': expected one of enp1s0/],
  ['explain enp1s0 --assume many', usage, /--assume/],
  ['rule FO999', usage, /'FO999' is no rule; 'failoverctl rule' lists them/],
  ['rule dhcp-on-slav', usage, /is no rule; did you mean 'dhcp-on-slave'\?; 'failoverctl rule' lists them/],
  ['lint --ignore dhcp-on-slav /tmp', usage, /--ignore: 'dhcp-on-slav' is no rule; did you mean 'dhcp-on-slave'\?/],
  ['status --root /nope', failure, /--root: '\/nope'/],
  ['doctor --root /nope', failure, /--root: '\/nope'/],
  ['snapshot --out /nope/x', failure, /--out: '\/nope\/x'/],
  ['cloud-config --as foo', usage, /--as: 'foo'; expected bootcmd/],
  ['host foo', usage, /unknown subcommand 'foo'/],
  ['host lint-domain /nope', failure, /'\/nope': no such file/],
  ['host domain-xml', usage, /expected --mac, the MAC of both NICs/],
  ['host domain-xml --mac zz --bridge br0', usage, /expected/],
  ['host migrate', usage, /missing required argument 'domain'/],
  ['host reattach', usage, /missing required argument 'domain'/],
  ['host check', usage, /missing required argument 'domain'/],
];

for (const [args, expected, says] of mistakes)
  test(args, () => {
    const command = [`${process.cwd()}/dist/failoverctl.cjs`, ...args.split(' ')];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', input: '' });
    assert.match(stderr, says);
    // the arguments of host domain-xml depend on one another: it names all that are wrong, a line each
    const most = args.startsWith('host domain-xml') ? 3 : 1;
    assert.ok(stderr.trimEnd().split('\n').length <= most, stderr);
    assert.match(stderr, /^failoverctl(?: \S+)*: /);
    assert.equal(stdout, '');
    assert.equal(status, expected, stderr);
  });
