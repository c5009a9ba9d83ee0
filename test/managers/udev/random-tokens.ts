/** Tokens of rules as people write them and as they should not: each key with each operator, good and bad values and braces. */
import fc from 'fast-check';

const words = (text: string) => text.trim().split(/\s+/);

const keys =
  words(`ACTION DEVPATH KERNEL KERNELS SUBSYSTEM SUBSYSTEMS DRIVER DRIVERS TAGS RESULT SYMLINK NAME ENV{A} ENV{B}
  ENV{DEVNAME} ENV{MODALIAS} ENV{SYNTH_ARG_X} ENV{.X} CONST{arch} CONST{virt} CONST{cvm} CONST{os} TAG ATTR{a} ATTR{b/c} ATTR{$foo} ATTR{%k}
  ATTR{%s{a} ATTRS{a} ATTRS{device/a} ATTRS{a/../b} SYSCTL{a/b} SYSCTL{$x} TEST TEST{0644} TEST{8} TEST{17777} PROGRAM IMPORT{file}
  IMPORT{program} IMPORT{builtin} IMPORT{db} IMPORT{cmdline} IMPORT{parent} IMPORT{x} IMPORT OPTIONS OWNER GROUP MODE SECLABEL{a} SECLABEL
  RUN RUN{program} RUN{builtin} RUN{x} RUN{} GOTO LABEL NAM kernel ATTR ENV ENV{} ACTION{x} KERNEL{}`);
const operators = words('== == == == != != = = = = += += := -=');
const values = [
  ...words(`a b a|b b|a a||b | a* b* *b ?* * [ab] a? net bus class subsystem %k $kernel $$ %% $foo %q $attr{a} $attr $env{A} %E{A} %E $env{} %s{a
    %c %c{1} %c{2+} %c{x} $result{-1} $number $name $links $root $sys $devnodex 100% x$ end net_id kmod nothing tpm2_id dissect_image net
    watch nowatch dump dump-json db_persist string_escape=none string_escape=x static_node=a link_priority=5 link_priority=0x5 link_priority=z
    log_level=debug log_level=9 root daemon nosuchuser disk 0 00 65535 0660 8 77777 add remove`),
  '',
  ' a',
  'a ',
  'kmod load x',
];
const quotes = fc.constantFrom('"', '"', '"', '"', '"', 'e"', 'i"');

const anyToken = fc
  .tuple(fc.constantFrom(...keys), fc.constantFrom(...operators), quotes, fc.constantFrom(...values))
  .map(([key, operator, quote, value]) => `${key}${operator}${quote}${value}"`);

/** Most are right: a line has three of them. */
const rightToken = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(...words('ACTION KERNEL SUBSYSTEM ENV{A} ATTR{a} ATTRS{a} TAG NAME DRIVERS RESULT CONST{arch}')),
      fc.constantFrom('==', '==', '!='),
      fc.constantFrom(...words('a b a|b a* b* ?* x*|y* c')),
    )
    .map(([key, operator, value]) => `${key}${operator}"${value}"`),
  fc.constantFrom(
    ...words(`ENV{A}="%k" ENV{B}+="$attr{a}" NAME="x$number" TAG+="t" SYMLINK+="s/%k" RUN+="/bin/x" PROGRAM="/bin/y" OPTIONS+="watch" MODE="0660"
      GROUP="disk" OWNER="root" IMPORT{builtin}="net_id" IMPORT{db}="A" GOTO="end" TEST=="a" TEST{0200}=="b" ATTR{a}="1" SYSCTL{a}="1"`),
  ),
);

export const tokenChoices = fc.oneof({ weight: 3, arbitrary: rightToken }, { weight: 2, arbitrary: anyToken });
