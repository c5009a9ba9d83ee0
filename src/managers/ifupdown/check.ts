/** What ifupdown takes without a word, and what then goes wrong when it acts on it. */
import { commandOptions } from './method.ts';
import { missingOptions, repeatedOptions } from './effects.ts';
import { isPattern, parsePattern } from './pattern.ts';
import { chooseStanzas } from './bring-up.ts';
import { checkValues } from './values.ts';
import type { Configuration, Entry, Stanza } from './stanza.ts';
import type { Dialect } from './dialect.ts';
import type { Problem } from '../claim.ts';

/** `partial`: a stanza may stand in a file that is not given. */
export function checkConfiguration(
  configuration: Configuration,
  dialect: Dialect,
  partial = false,
): readonly Problem[] {
  return [
    ...configuration.stanzas.flatMap((stanza) => [
      ...(dialect.name === 'classic'
        ? [...checkRequired(stanza), ...checkRepeated(stanza), ...checkValues(stanza)]
        : []),
      ...checkComments(stanza),
      ...checkLiteral(configuration, stanza),
    ]),
    ...[...configuration.classes].flatMap(([name, entries]) =>
      entries.flatMap((entry) => checkEntry(configuration, name, entry, partial)),
    ),
    ...configuration.lists.rename.flatMap(checkRename),
    ...configuration.mappings
      .filter(({ script }) => script === null)
      .map(({ place }): Problem => ({
        kind: 'bad-value',
        place,
        message: 'mapping has no script; expected a script line in it',
        consequence: 'an interface that it matches cannot be brought up',
      })),
  ];
}

/** Patterns stand in auto and allow-CLASS lines; the name of a stanza is compared as it is. */
function checkLiteral({ classes, mappings }: Configuration, { name }: Stanza): readonly Problem[] {
  if (!isPattern(name.value)) return [];
  const isNamed =
    [...classes.values()].flat().some(({ value }) => value.endsWith(`=${name.value}`)) ||
    mappings.some(({ maps }) => maps.some((map) => map.split(/\s+/).includes(name.value)));
  if (isNamed) return [];
  const message = `"iface ${name.value}" is no pattern but a name; expected "auto ${name.value}=NAME" and "iface NAME"`;
  return [
    {
      kind: 'bad-value',
      place: name.place,
      message,
      consequence: 'no link has that name, and nothing is brought up by it',
    },
  ];
}

function checkRequired(stanza: Stanza): readonly Problem[] {
  const missing = missingOptions(stanza);
  if (missing.length === 0) return [];
  const message = `"iface ${stanza.name.value} ${stanza.family} ${stanza.method}" lacks ${missing.join(', ')}`;
  const consequence = 'ifup refuses the stanza and those of the same name after it';
  return [{ kind: 'bad-value', place: stanza.place, message, consequence }];
}

/** Only options that ifup puts into a command: hooks may well read several lines. */
function checkRepeated(stanza: Stanza): readonly Problem[] {
  return repeatedOptions(stanza).flatMap(({ name, parts }) => {
    const second = parts[1];
    if (second === undefined) return [];
    const message = `"${name}" is given twice for ${stanza.name.value}; expected one, and a stanza for each further address`;
    const consequence = 'ifupdown joins the values with a newline, which breaks the command in two';
    return [{ kind: 'bad-value' as const, place: second.place, message, consequence }];
  });
}

function checkComments(stanza: Stanza): readonly Problem[] {
  return stanza.options.flatMap(({ name, parts }) =>
    parts.flatMap(({ value, place }) => {
      const comment = commandOptions.has(name) ? -1 : value.search(/\s#/);
      if (comment < 0) return [];
      const start = place.span.start + comment + 1;
      return [
        trailingComment({ value: value.slice(comment + 1), place: { ...place, span: { start, end: place.span.end } } }),
      ];
    }),
  );
}

function trailingComment({ value, place }: Entry): Problem {
  return {
    kind: 'trailing-comment',
    place,
    message: `"${value}" is no comment here; expected comments on lines of their own`,
    consequence: 'ifupdown takes it as part of the line',
  };
}

function checkEntry(
  configuration: Configuration,
  className: string,
  entry: Entry,
  partial: boolean,
): readonly Problem[] {
  const { value, place } = entry;
  if (value.startsWith('#')) return [trailingComment(entry)];
  if (isPattern(value)) return checkPattern(entry);
  if (partial || (className !== 'auto' && className !== 'hotplug')) return [];
  const equals = value.indexOf('=');
  const logical =
    className === 'hotplug' || equals < 0 ? value.slice(0, equals < 0 ? undefined : equals) : value.slice(equals + 1);
  const { stanzas, mapping } = chooseStanzas(configuration, logical);
  if (stanzas.length > 0 || mapping !== null || configuration.broken) return [];
  const line = className === 'auto' ? 'auto' : 'allow-hotplug';
  return [
    {
      kind: 'bad-value',
      place,
      message: `"${line} ${value}" has no stanza; expected "iface ${logical} …"`,
      consequence:
        className === 'auto'
          ? `ifup says "unknown interface ${logical}", and networking.service is marked as failed`
          : 'the link is left alone when it appears',
    },
  ];
}

function checkPattern({ value, place }: Entry): readonly Problem[] {
  const { variable, glob, logical } = parsePattern(value);
  const problems: Problem[] = [];
  if (variable !== null && glob === '*') {
    problems.push({
      kind: 'bad-value',
      place,
      message: `"${value}" is meant to test that "${variable}" exists, but matches where it does not`,
      consequence: 'ifupdown selects the other interfaces',
    });
  }
  if (logical === '') {
    const message = `"${value}" gives an empty logical name; expected a stanza's name after "="`;
    problems.push({ kind: 'bad-value', place, message, consequence: 'ifup knows no such interface' });
  }
  return problems;
}

function checkRename({ value, place }: Entry): readonly Problem[] {
  const named = isPattern(value) ? parsePattern(value).logical !== null : value.includes('=');
  if (named) return [];
  const message = `"rename ${value}" has no new name; expected OLD=NEW`;
  const consequence = 'every ifup ends with "missing target name" and brings up nothing';
  return [{ kind: 'bad-value', place, message, consequence }];
}
