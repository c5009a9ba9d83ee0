/** Completions of the commands for bash, zsh and fish: plain scripts, which ask the program nothing while one types. */

/** What may stand for a value: words of ours, or what the shell finds itself. */
export type Values = 'files' | 'directories' | 'links' | 'anything' | readonly string[];

export interface CompletedOption {
  /** -n, --dry-run. */
  readonly words: readonly string[];
  readonly description: string;
  /** Null: it takes no value. */
  readonly values: Values | null;
}

export interface CompletedCommand {
  /** `lint`, or `host migrate`. */
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** Null: it takes no operand. */
  readonly operand: Values | null;
}

const links = '/sys/class/net/*';

export function renderBash(commands: readonly CompletedCommand[]): string {
  return `# bash completion of failoverctl
_failoverctl() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W '${firstWords(commands).join(' ')}' -- "$word"))
    return
  fi
  if [[ $command == host ]]; then
    if [[ $COMP_CWORD -eq 2 ]]; then
      COMPREPLY=($(compgen -W '${wordsBelow(commands, 'host').join(' ')}' -- "$word"))
      return
    fi
    command="host \${COMP_WORDS[2]}"
  fi
  case "$command $before" in
${commands.flatMap(bashValues).join('')}  esac
  case "$command" in
${commands.map(bashOperands).join('')}  esac
}
complete -F _failoverctl failoverctl
`;
}

function bashValues({ name, options }: CompletedCommand): readonly string[] {
  return options
    .filter(({ values }) => values !== null)
    .map(({ words, values }) => {
      const patterns = words.map((word) => `'${name} ${word}'`).join('|');
      return `    ${patterns}) ${bashReply(values ?? 'anything')}; return ;;\n`;
    });
}

function bashOperands({ name, options, operand }: CompletedCommand): string {
  const words = options.flatMap((option) => option.words).join(' ');
  const other = operand === null ? 'return' : bashReply(operand);
  return `    '${name}') if [[ $word == -* ]]; then COMPREPLY=($(compgen -W '${words}' -- "$word")); else ${other}; fi ;;\n`;
}

function bashReply(values: Values): string {
  if (values === 'anything') return ':';
  if (values === 'files') return 'COMPREPLY=($(compgen -f -- "$word")); compopt -o filenames';
  if (values === 'directories') return 'COMPREPLY=($(compgen -d -- "$word")); compopt -o filenames';
  if (values === 'links') return `COMPREPLY=($(cd /sys/class/net 2>/dev/null && compgen -W '$(echo *)' -- "$word"))`;
  return `COMPREPLY=($(compgen -W '${values.join(' ')}' -- "$word"))`;
}

export function renderZsh(commands: readonly CompletedCommand[]): string {
  const described = (list: readonly CompletedCommand[]) =>
    list.map(({ name, summary }) => `    ${zshQuote(`${name.replace(/^host /, '')}:${summary}`)}\n`).join('');
  const below = commands.filter(({ name }) => name.startsWith('host '));
  return `#compdef failoverctl
# zsh completion of failoverctl
_failoverctl() {
  local -a commands=(
${described(commands.filter(({ name }) => !name.includes(' ')))}  )
  local -a below_host=(
${described(below)}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  if [[ $command == host ]]; then
    if (( CURRENT == 3 )); then
      _describe subcommand below_host
      return
    fi
    command="host $words[3]"
    shift words
    (( CURRENT-- ))
  fi
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(zshCommand).join('')}  esac
}
compdef _failoverctl failoverctl
`;
}

function zshCommand({ name, options, operand }: CompletedCommand): string {
  const specs = options.map(({ words, description, values }) => {
    const brace = words.length > 1 ? `{${words.join(',')}}` : (words[0] ?? '');
    const rest = `[${description.replace(/[[\]:\\]/g, '\\$&')}]${values === null ? '' : `:value:${zshAction(values)}`}`;
    return ` \\\n        ${brace}${zshQuote(rest)}`;
  });
  const operands = operand === null ? '' : ` \\\n        ${zshQuote(`*:operand:${zshAction(operand)}`)}`;
  return `    ${zshQuote(name)})\n      _arguments${specs.join('')}${operands} ;;\n`;
}

function zshAction(values: Values): string {
  if (values === 'anything') return ' ';
  if (values === 'files') return '_files';
  if (values === 'directories') return '_files -/';
  if (values === 'links') return `(${'${(@f)"$(print -l ' + links + '(N:t))"}'})`;
  return `(${values.join(' ')})`;
}

function zshQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

export function renderFish(commands: readonly CompletedCommand[]): string {
  const first = commands.filter(({ name }) => !name.includes(' '));
  const below = commands.filter(({ name }) => name.startsWith('host '));
  const names = first.map(({ name }) => name).join(' ');
  const subnames = below.map(({ name }) => name.slice('host '.length)).join(' ');
  return `# fish completion of failoverctl
complete -c failoverctl -f
${first.map(({ name, summary }) => `complete -c failoverctl -n "not __fish_seen_subcommand_from ${names}" -a ${name} -d ${fishQuote(summary)}\n`).join('')}${below.map(({ name, summary }) => `complete -c failoverctl -n "__fish_seen_subcommand_from host; and not __fish_seen_subcommand_from ${subnames}" -a ${name.slice('host '.length)} -d ${fishQuote(summary)}\n`).join('')}${commands.map(fishCommand).join('')}`;
}

function fishCommand({ name, options, operand }: CompletedCommand): string {
  const seen = name
    .split(' ')
    .map((word) => `__fish_seen_subcommand_from ${word}`)
    .join('; and ');
  const base = `complete -c failoverctl -n "${seen}"`;
  const lines = options.map(({ words, description, values }) => {
    const flags = words
      .map((word) => (word.startsWith('--') ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`))
      .join(' ');
    return `${base} ${flags} -d ${fishQuote(description)}${values === null ? '' : ` ${fishValues(values)}`}\n`;
  });
  return (
    lines.join('') +
    (operand === null || operand === 'anything'
      ? ''
      : `${base} ${fishValues(operand).replace('-x', '-f').replace('-rF', '-F')}\n`)
  );
}

function fishValues(values: Values): string {
  if (values === 'anything') return '-x';
  if (values === 'files') return '-rF';
  if (values === 'directories') return '-x -a "(__fish_complete_directories)"';
  if (values === 'links') return '-x -a "(path basename /sys/class/net/*)"';
  return `-x -a ${fishQuote(values.join(' '))}`;
}

function fishQuote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function firstWords(commands: readonly CompletedCommand[]): readonly string[] {
  return commands.map(({ name }) => name).filter((name) => !name.includes(' '));
}

function wordsBelow(commands: readonly CompletedCommand[], word: string): readonly string[] {
  return commands.flatMap(({ name }) => (name.startsWith(`${word} `) ? name.slice(word.length + 1) : []));
}
