/** What every renderer gives: whole files, ready to be written. */
export interface GeneratedFile {
  /** Absolute, in the guest: /etc/systemd/network/05-… */
  readonly path: string;
  readonly text: string;
  /** Permission bits. Owner and group are root. */
  readonly mode: number;
}
