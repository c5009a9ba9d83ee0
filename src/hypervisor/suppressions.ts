/**
 * Comments in XML that suppress findings, each with a reason:
 *
 *   <!-- failoverctl: ignore FO508 this guest is never migrated -->
 *
 * One applies to the element that follows it, with all its content; before the root element, to the whole file. libvirt keeps
 * no comments: they are for the files that domains are defined from.
 */
import { readIgnored, type Suppression } from '../findings/suppression.ts';
import type { XmlDocument } from '../text/xml-element.ts';
import type { XmlElement } from '../text/xml-element.ts';

const marker = /^<!--\s*failoverctl:\s*ignore\b\s*([^]*?)\s*-->$/;

export function findXmlSuppressions({ source, root, comments }: XmlDocument): readonly Suppression[] {
  return comments.flatMap((span): readonly Suppression[] => {
    const ignored = marker.exec(source.text.slice(span.start, span.end))?.[1];
    if (ignored === undefined) return [];
    const { rules, reason } = readIgnored(ignored);
    const held = root === null ? undefined : elementAfter(root, span.end);
    return [
      {
        place: { source, span },
        rules,
        reason,
        from: held?.span.start ?? span.end,
        // Half-open: what stands right behind the element is not in it.
        to: held === undefined ? span.end : held.span.end - 1,
      },
    ];
  });
}

/** The next sibling of what stands before this offset; undefined where its parent ends first. */
function elementAfter(parent: XmlElement, offset: number): XmlElement | undefined {
  if (parent.span.start >= offset) return parent;
  // The first child that ends behind the offset: a file may hold a comment for each of thousands of devices.
  let [first, end] = [0, parent.children.length];
  while (first < end) {
    const middle = (first + end) >> 1;
    if ((parent.children[middle]?.span.end ?? 0) <= offset) first = middle + 1;
    else end = middle;
  }
  const child = parent.children[first];
  return child === undefined ? undefined : elementAfter(child, offset);
}
