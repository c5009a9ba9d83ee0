/** The forms in which cloud-init takes a script as user data (docs: "User-data formats"). */

export const forms = ['bootcmd', 'runcmd', 'mime', 'vendor-data'] as const;
export type Form = (typeof forms)[number];

/** `about`: lines that say what it is; they become comments. */
export function renderUserData(form: Form, script: string, about: readonly string[]): string {
  return renderers[form](script, about.map((line) => `# ${line}\n`).join(''));
}

/**
 * As one string of the list: cloud-init writes strings into its script as they are (util.shellify), so that no argument
 * gets too long for execve(2).
 */
function cloudConfig(module: 'bootcmd' | 'runcmd', script: string, about: string): string {
  return `#cloud-config\n${about}${module}:\n  - |\n${script.replace(/^(?=.)/gm, '    ')}`;
}

/**
 * A boothook runs as early as bootcmd, and nothing else in the user data, or beside it, can take its place: lists of two
 * cloud-configs are not joined.
 */
function boothook(script: string, about: string): string {
  return `#cloud-boothook\n#!/bin/sh\n${about}${script}`;
}

/** RFC 2046. To be joined with other parts: `cloud-init devel make-mime`, or by hand before the last boundary. */
function mime(script: string, about: string): string {
  const boundary = '==failoverctl==';
  return [
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    'MIME-Version: 1.0',
    '',
    `--${boundary}`,
    'Content-Type: text/cloud-boothook; charset="us-ascii"',
    'MIME-Version: 1.0',
    'Content-Transfer-Encoding: 7bit',
    'Content-Disposition: attachment; filename="failoverctl"',
    '',
    `${boothook(script, about)}--${boundary}--`,
    '',
  ].join('\n');
}

const renderers: Readonly<Record<Form, (script: string, about: string) => string>> = {
  bootcmd: (script, about) => cloudConfig('bootcmd', script, about),
  runcmd: (script, about) => cloudConfig('runcmd', script, about),
  mime,
  'vendor-data': boothook,
};
