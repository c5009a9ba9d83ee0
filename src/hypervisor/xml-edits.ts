/** Edits of XML that leave every other byte as it is. */
import type { Edit } from '../findings/finding.ts';
import type { XmlDocument } from '../text/xml-element.ts';
import { attributeOf, type XmlElement } from '../text/xml-element.ts';
import type { Source } from '../text/source.ts';
import { escapeXml } from '../text/xml-characters.ts';

/** Gives an attribute a value, whether it is there already or not. */
export function setAttribute({ source }: XmlDocument, element: XmlElement, name: string, value: string): Edit {
  const attribute = attributeOf(element, name);
  const text = escapeXml(value);
  if (attribute !== undefined) return { place: { source, span: attribute.valueSpan }, text };
  const last = element.attributes.at(-1);
  const at = last === undefined ? element.tag.start + 1 + element.name.length : last.span.end;
  return { place: { source, span: { start: at, end: at } }, text: ` ${name}='${text}'` };
}

/** Takes an attribute out, with the blanks before it. Nothing to take out: an empty edit. */
export function removeAttribute({ source }: XmlDocument, element: XmlElement, name: string): Edit {
  const { start, end } = attributeOf(element, name)?.span ?? element.content;
  const before = source.text.slice(element.tag.start, start);
  return { place: { source, span: { start: start - (before.length - before.trimEnd().length), end } }, text: '' };
}

/** Text that is put in, with the line ends of the file: those of its first line. */
function withLineEnds({ text }: Source, put: string): string {
  const newline = text.indexOf('\n');
  return newline > 0 && text[newline - 1] === '\r' ? put.replaceAll('\n', '\r\n') : put;
}

/** Puts a line before an element's first child, indented as that is. */
export function insertFirst(document: XmlDocument, parent: XmlElement, line: string): Edit {
  const [first] = parent.children;
  if (first === undefined) return insertInto(document, parent, `${line}\n`);
  const { source } = document;
  const at = first.span.start;
  const indent = source.text.slice(source.text.lastIndexOf('\n', at - 1) + 1, at);
  const text = /^[ \t]*$/.test(indent) ? withLineEnds(source, `${line}\n${indent}`) : line;
  return { place: { source, span: { start: at, end: at } }, text };
}

/** Puts lines before an element's end tag, indented as its children are. */
export function insertInto({ source }: XmlDocument, parent: XmlElement, lines: string): Edit {
  const { text } = source;
  const indentOf = ({ span }: XmlElement): string | null => {
    const before = text.slice(text.lastIndexOf('\n', span.start - 1) + 1, span.start);
    return /^[ \t]*$/.test(before) ? before : null;
  };
  const first = parent.children[0];
  const outer = indentOf(parent) ?? '';
  const indent = (first === undefined ? null : indentOf(first)) ?? `${outer}  `;
  const indented = lines.replace(/^(?=.)/gm, indent);
  if (parent.span.end === parent.tag.end) {
    // An empty-element tag has no inside yet: open it.
    const place = { source, span: { start: parent.tag.end - 2, end: parent.tag.end } };
    return { place, text: withLineEnds(source, `>\n${indented}${outer}</${parent.name}>`) };
  }
  const inside = text.slice(parent.content.start, parent.content.end);
  const kept = inside.trimEnd();
  const at = parent.content.start + kept.length;
  const place = { source, span: { start: at, end: at } };
  const closesOnItsLine = inside.slice(kept.length).includes('\n');
  const put = `\n${indented.replace(/\n$/, '')}${closesOnItsLine ? '' : `\n${outer}`}`;
  return { place, text: withLineEnds(source, put) };
}
