/** A list in words, of which the first `most` are named: "a, b and 7 more". */
export function nameSome(names: readonly string[], most: number): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${more} more` : names.join(', ');
}
