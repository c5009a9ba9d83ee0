/**
 * XML as libvirt's domains use it, with the place of every element and attribute. No library that we know of keeps the
 * span of an attribute's value, and findings and patches need it.
 *
 * UTF-8 only; elements, attributes, text, comments, CDATA and processing instructions; the five named entities and character
 * references. A document type that declares anything is a fault, and reading ends there: no entity is expanded, no file and
 * no network is read. (libvirt expands internal entities, and drops external ones without a message.) Never throws: each
 * problem is a fault, and reading continues as well as it can. The time is linear in the length of the text.
 */
import type { Source, Span } from './source.ts';
import { describeNoCharacter, noCharacter, resolveEntities } from './xml-characters.ts';
import { documentTypePattern, findInstructionFault, findUnreadable } from './xml-prolog.ts';
import type { OpenElement, XmlDocument, XmlFault } from './xml-element.ts';

/** Deeper nesting is refused, as libxml2 refuses it (XML_PARSE_HUGE off: 256). */
const maximalDepth = 256;

/** What is reported of a text with more faults than a person reads. */
const maximalFaults = 100;

const nameStart = /[A-Za-z_:\u0080-\uffff]/;

const namePattern = /[A-Za-z_:\u0080-\uffff][-A-Za-z0-9._:\u0080-\uffff]*/y;

const blankPattern = /[ \t\r\n]*/y;

export function parseXml(source: Source): XmlDocument {
  const { text } = source;
  const faults: XmlFault[] = [];
  const comments: Span[] = [];
  /** No more of the text is read, and no more is said of it. */
  const reading = { stopped: false };
  const beginning = text.startsWith('\ufeff') ? 1 : 0;
  let at = beginning;
  const fault = (start: number, end: number, message: string): boolean => {
    if (reading.stopped) return false;
    faults.push({ span: { start, end }, message });
    if (faults.length >= maximalFaults) stop(start, end, `more than ${maximalFaults} faults: the rest is not read`);
    return !reading.stopped;
  };
  const stop = (start: number, end: number, message: string): void => {
    if (!reading.stopped) faults.push({ span: { start, end }, message });
    reading.stopped = true;
  };
  let root: OpenElement | null = null;
  /** The elements that are open here, the outermost first. */
  const open: OpenElement[] = [];
  let hasDocumentType = false;
  const unreadable = findUnreadable(text);
  if (unreadable !== null) stop(unreadable.start, unreadable.end, unreadable.message);

  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const [found = ''] = pattern.exec(text) ?? [];
    at += found.length;
    return found;
  };
  /** Passes over a construct that ends in `close`; an unclosed one takes the rest of the text. */
  const passOver = (what: string, close: string): string => {
    const start = at;
    const end = text.indexOf(close, at);
    if (end < 0) fault(start, text.length, `${what} is not closed: expected '${close}'`);
    at = end < 0 ? text.length : end + close.length;
    return text.slice(start, end < 0 ? text.length : end);
  };

  const readAttributes = (element: OpenElement): void => {
    const names = new Set<string>();
    for (;;) {
      const blank = take(blankPattern);
      const start = at;
      const name = take(namePattern);
      if (name === '') return;
      if (blank === '') fault(start, at, `expected a blank before attribute '${name}'`);
      take(blankPattern);
      if (text[at] !== '=') {
        fault(start, at, `attribute '${name}' has no value: expected '='`);
        continue;
      }
      at += 1;
      take(blankPattern);
      const quote = text[at];
      if (quote !== "'" && quote !== '"') {
        fault(start, at, `the value of attribute '${name}' is not quoted`);
        take(/[^\s/>]*/y);
        continue;
      }
      const valueStart = at + 1;
      const close = text.indexOf(quote, valueStart);
      const valueEnd = close < 0 ? text.length : close;
      if (close < 0) fault(start, valueEnd, `the value of attribute '${name}' is not closed: expected ${quote}`);
      const value = text.slice(valueStart, valueEnd);
      const less = value.indexOf('<');
      if (less >= 0)
        fault(valueStart + less, valueStart + less + 1, `'<' in the value of attribute '${name}': expected '&lt;'`);
      at = close < 0 ? text.length : close + 1;
      if (names.has(name)) fault(start, at, `attribute '${name}' is there twice`);
      names.add(name);
      element.attributes.push({
        name,
        value: resolveEntities(/[\t\r\n]/.test(value) ? value.replace(/[\t\r\n]/g, ' ') : value, valueStart, fault),
        span: { start, end: at },
        valueSpan: { start: valueStart, end: valueEnd },
      });
    }
  };

  const readStartTag = (): void => {
    const start = at;
    at += 1;
    const name = take(namePattern);
    const element: OpenElement = {
      name,
      attributes: [],
      children: [],
      text: '',
      span: { start, end: text.length },
      tag: { start, end: text.length },
      content: { start: text.length, end: text.length },
      parent: open.at(-1) ?? null,
    };
    readAttributes(element);
    const empty = text.startsWith('/>', at);
    if (!empty && text[at] !== '>') {
      fault(start, at, `the tag of <${name}> is not closed: expected '>'`);
      take(/[^<>]*/y);
      if (text[at] === '<') at -= 1;
    }
    at = Math.min(text.length, at + (empty ? 2 : 1));
    element.tag = { start, end: at };
    element.content = { start: at, end: at };
    if (element.parent !== null) element.parent.children.push(element);
    else if (root === null) root = element;
    else fault(start, at, `<${name}> stands beside the root element <${root.name}>: expected one root`);
    if (empty) element.span.end = at;
    else if (open.length >= maximalDepth) stop(start, at, `elements are nested deeper than ${maximalDepth}`);
    else open.push(element);
  };

  /** Closes what was opened last. */
  const closeElement = (contentEnd: number, end: number): void => {
    const element = open.pop();
    if (element === undefined) return;
    element.content.end = contentEnd;
    element.span.end = end;
  };
  const closeUnclosed = (element: OpenElement, end: number, where: string): void => {
    fault(element.tag.start, element.tag.end, `<${element.name}> is not closed: expected </${element.name}>${where}`);
    closeElement(end, end);
  };

  const readEndTag = (): void => {
    const start = at;
    at += 2;
    const name = take(namePattern);
    take(blankPattern);
    if (text[at] === '>') at += 1;
    else fault(start, at, `the end tag </${name}> is not closed: expected '>'`);
    const match = open.findLastIndex((element) => element.name === name);
    if (match < 0) {
      const innermost = open.at(-1);
      const expected = innermost === undefined ? '' : `: expected </${innermost.name}>`;
      fault(start, at, `</${name}> closes nothing${expected}`);
      return;
    }
    for (const element of open.slice(match + 1).reverse()) closeUnclosed(element, start, ` before </${name}>`);
    closeElement(start, at);
  };

  while (at < text.length && !reading.stopped) {
    if (text.startsWith('<!--', at)) {
      const start = at;
      const hyphens = passOver('a comment', '-->').indexOf('--', 4);
      // XML 1.0, 2.5: also '--->'
      if (hyphens >= 0 || text.startsWith('--->', at - 4)) {
        const where = hyphens >= 0 ? start + hyphens : at - 4;
        fault(where, where + 2, "'--' in a comment");
      }
      comments.push({ start, end: at });
    } else if (text.startsWith('<![CDATA[', at)) {
      const start = at;
      at += '<![CDATA['.length;
      const data = passOver('a CDATA section', ']]>');
      if (open.length === 0) fault(start, at, 'a CDATA section outside of the root element');
      appendText(data);
    } else if (text.startsWith('<?', at)) readInstruction();
    else if (text.startsWith('<!', at)) passOverDocumentType();
    else if (text.startsWith('</', at)) readEndTag();
    else if (text[at] === '<' && nameStart.test(text[at + 1] ?? '')) readStartTag();
    else readText();
  }
  for (const element of [...open].reverse()) closeUnclosed(element, text.length, '');
  for (const { 0: character, index } of reading.stopped ? [] : text.matchAll(noCharacter)) {
    fault(index, index + 1, describeNoCharacter(character));
  }
  if (root === null) fault(0, 0, 'there is no element: expected <domain>');
  return { source, root, comments, faults };

  function appendText(data: string): void {
    const innermost = open.at(-1);
    if (innermost !== undefined) innermost.text += data;
  }

  function readInstruction(): void {
    const start = at;
    const found = findInstructionFault(passOver('a processing instruction', '?>'), start === beginning);
    if (found !== null) fault(start, start + found.length, found.message);
  }

  function passOverDocumentType(): void {
    const start = at;
    const opening = take(/<!DOCTYPE(?=[ \t\r\n])/y);
    if (opening === '') {
      fault(start, start + 2, "'<!' begins nothing here: expected '<!--', or '<![CDATA[' in an element");
      at = start + 2;
      take(/[^<>]*>?/y);
      return;
    }
    if (root !== null || hasDocumentType)
      fault(start, at, 'a document type stands before the root element, and once, or nowhere');
    hasDocumentType = true;
    const body = take(/(?:"[^"]*"|'[^']*'|[^>["'])*/y);
    if (text[at] === '[') {
      const message = 'a document type with declarations is not read: expected none, and entities written out';
      return stop(start, at, message);
    }
    if (text[at] !== '>') fault(start, at, "a document type is not closed: expected '>'");
    else if (!documentTypePattern.test(body))
      fault(start, at + 1, 'the document type is malformed: expected none, or <!DOCTYPE domain>');
    at = Math.min(text.length, at + 1);
  }

  function readText(): void {
    const start = at;
    const less = text.indexOf('<', at + 1);
    at = less < 0 ? text.length : less;
    const data = text.slice(start, at);
    const close = data.indexOf(']]>');
    if (close >= 0) fault(start + close, start + close + 3, "']]>' closes no CDATA section: expected ']]&gt;'");
    if (data.startsWith('<')) fault(start, start + 1, "'<' begins no tag: expected a name, or '&lt;'");
    if (open.length > 0) appendText(resolveEntities(data, start, fault));
    else if (data.trim() !== '') fault(start, at, 'text outside of the root element');
  }
}
