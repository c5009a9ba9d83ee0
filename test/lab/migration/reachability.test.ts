import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeProbes, readProbes } from './reachability.ts';

/** As iputils' ping -n -D -O prints it: an answer that is late comes after "no answer yet", and counts. */
const printed = `PING 10.66.0.50 (10.66.0.50) 56(84) bytes of data.
[100.000000] 64 bytes from 10.66.0.50: icmp_seq=1 ttl=64 time=0.5 ms
[100.100000] no answer yet for icmp_seq=2
[100.120000] 64 bytes from 10.66.0.50: icmp_seq=2 ttl=64 time=70 ms
[100.150000] no answer yet for icmp_seq=3
[100.200000] From 10.66.0.1 icmp_seq=4 Destination Host Unreachable
[100.250000] 64 bytes from 10.66.0.50: icmp_seq=5 ttl=64 time=0.5 ms
[100.251000] 64 bytes from 10.66.0.50: icmp_seq=5 ttl=64 time=0.9 ms (DUP!)

--- 10.66.0.50 ping statistics ---
5 packets transmitted, 3 received, 40% packet loss, time 250ms
`;

test('every probe has one fate', () => {
  const fates = readProbes(printed).map(({ at, answered }) => [at, answered]);
  assert.deepEqual(fates, [
    [100, true],
    [100.12, true],
    [100.15, false],
    [100.2, false],
    [100.25, true],
  ]);
});

test('a probe that the kernel could not send is lost too', () => {
  const text = `[100.000000] 64 bytes from 10.66.0.50: icmp_seq=1 ttl=64 time=0.5 ms
[100.100000] no answer yet for icmp_seq=2
[100.150000] no answer yet for icmp_seq=2
[100.200000] no answer yet for icmp_seq=2
[100.210000] 64 bytes from 10.66.0.50: icmp_seq=2 ttl=64 time=160 ms
[100.211000] 64 bytes from 10.66.0.50: icmp_seq=3 ttl=64 time=0.5 ms
`;
  const { sent, lost } = judgeProbes(readProbes(text), 0, 200);
  assert.deepEqual([sent, lost], [5, 2]);
});

test('loss and gap are those of the stretch that is asked for', () => {
  const probes = readProbes(printed);
  const rounded = (from: number, to: number) => {
    const { sent, lost, longestGap } = judgeProbes(probes, from, to);
    return [sent, lost, Math.round(longestGap * 1000)];
  };
  assert.deepEqual(rounded(100, 100.25), [5, 2, 130]);
  assert.deepEqual(rounded(100.13, 100.22), [2, 2, 90], 'nothing answered: the gap is the whole stretch');
  assert.deepEqual(rounded(100.2, 101), [2, 1, 750], 'the gap at the end counts');
  assert.deepEqual(rounded(200, 201), [0, 0, 0]);
});
