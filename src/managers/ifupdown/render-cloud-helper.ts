/**
 * Debian's cloud images: the master check in /etc/network/cloud-ifupdown-helper, for images whose helper has none.
 * What is there is changed by insertion, so that it can be undone, and a helper that does its own check is left alone.
 */

export interface PatchOptions {
  /** Leave alone whatever has a master, ports of bonds and bridges too, as the kernel document's patch does. */
  readonly blunt?: boolean;
}

/** The patched text, or why there is none to be had. */
export type PatchedHelper = { readonly text: string } | { readonly reason: string };

export function patchCloudHelper(text: string, options: PatchOptions = {}): PatchedHelper {
  return { reason: `not yet: ${text.length} ${String(options.blunt)}` };
}
