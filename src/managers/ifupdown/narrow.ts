/** What is left of a configuration to a program that does not know all of interfaces(5). */
import type { Configuration } from './stanza.ts';
import type { Dialect } from './dialect.ts';

/** Takes away what the dialect does not know. */
export function narrow(configuration: Configuration, dialect: Dialect): Configuration {
  if (dialect.name === 'classic') return configuration;
  const lists = { 'no-auto-down': configuration.lists['no-auto-down'], 'no-scripts': [], rename: [] };
  const classes = new Map(
    [...configuration.classes]
      .filter(([name]) => dialect.classes === 'read' || name === 'auto')
      .map(([name, entries]) => [
        name,
        entries.filter(
          ({ value }) => (dialect.patterns || !value.includes('/')) && (dialect.logicalNames || !value.includes('=')),
        ),
      ]),
  );
  const mappings = dialect.name === 'busybox' ? configuration.mappings : [];
  return { ...configuration, classes, lists, mappings };
}
