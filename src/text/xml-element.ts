/** Elements and attributes of XML, each with its place. */
import type { Source, Span } from './source.ts';

export interface XmlElement {
  readonly name: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  /** The character data directly inside, entities resolved, without that of children. */
  readonly text: string;
  /** From `<` of the start tag to `>` of the end tag. */
  readonly span: Span;
  /** The start tag, or the whole of an empty element's. */
  readonly tag: Span;
  /** Between the tags; empty, at the end of the tag, for an empty-element tag. */
  readonly content: Span;
  readonly parent: XmlElement | null;
}

/** An XmlElement that is being read. */
export interface OpenElement {
  name: string;
  attributes: XmlAttribute[];
  children: XmlElement[];
  text: string;
  span: { start: number; end: number };
  tag: Span;
  content: { start: number; end: number };
  parent: OpenElement | null;
}

export interface XmlAttribute {
  readonly name: string;
  /** Entities resolved. */
  readonly value: string;
  /** The whole `name='value'`. */
  readonly span: Span;
  /** Inside the quotes. */
  readonly valueSpan: Span;
}

/** The first child of this name. */
export function childOf(element: XmlElement | null | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

export function childrenOf(element: XmlElement | null | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

export function attributeOf(element: XmlElement | null | undefined, name: string): XmlAttribute | undefined {
  return element?.attributes.find((attribute) => attribute.name === name);
}

/** An attribute's value. */
export function valueOf(element: XmlElement | null | undefined, name: string): string | undefined {
  return attributeOf(element, name)?.value;
}

export interface XmlFault {
  readonly span: Span;
  /** Lower case: "expected '>' …". */
  readonly message: string;
}

export interface XmlDocument {
  readonly source: Source;
  /** Null for a text with no element at all. */
  readonly root: XmlElement | null;
  /** Each from `<!--` to `-->`. */
  readonly comments: readonly Span[];
  readonly faults: readonly XmlFault[];
}
