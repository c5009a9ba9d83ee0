/** Which link names a format can hold that matches by name. */

/** interfaces(5): "/" and "=" have a meaning there, "#" and a backslash too. */
export function isStanzaName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.@+-]*$/.test(name);
}

/** A keyfile of NetworkManager, a device spec, and a file's name. */
export function isProfileName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.@+-]*$/.test(name);
}
