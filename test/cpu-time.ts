/** CPU time of some work, in seconds: what a loaded machine does not change, so that "under a second a file" can be asserted. */
export function cpuSeconds(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
