/** Every rule about guests, in the order of their numbers. */
import type { Rule } from '../rule.ts';
import { syntaxError } from './fo001-syntax-error.ts';
import { ignoredSetting } from './fo002-ignored-setting.ts';
import { unknownKey } from './fo003-unknown-key.ts';
import { wrongSection } from './fo004-wrong-section.ts';
import { badValue } from './fo005-bad-value.ts';
import { trailingComment } from './fo006-trailing-comment.ts';
import { wrongPermissions } from './fo007-wrong-permissions.ts';
import { unreadable } from './fo008-unreadable.ts';
import { fileNotRead } from './fo009-file-not-read.ts';
import { backupRead } from './fo010-backup-read.ts';
import { dhcpOnSlave } from './fo101-dhcp-on-slave.ts';
import { addressOnSlave } from './fo102-address-on-slave.ts';
import { slaveInStack } from './fo103-slave-in-stack.ts';
import { slaveTakenDown } from './fo104-slave-taken-down.ts';
import { raOnSlave } from './fo105-ra-on-slave.ts';
import { macOnlyMatch } from './fo106-mac-only-match.ts';
import { nameGlobTakesSlave } from './fo107-name-glob-takes-slave.ts';
import { driverOfStandby } from './fo108-driver-of-standby.ts';
import { driverNeverMatches } from './fo109-driver-never-matches.ts';
import { vfPinned } from './fo110-vf-pinned.ts';
import { guardTooLate } from './fo111-guard-too-late.ts';
import { masterUnclaimed } from './fo112-master-unclaimed.ts';
import { masterClaimedTwice } from './fo113-master-claimed-twice.ts';
import { macChange } from './fo201-mac-change.ts';
import { dhcpIdentityByLink } from './fo202-dhcp-identity-by-link.ts';
import { mtuOnSlave } from './fo203-mtu-on-slave.ts';
import { nameContended } from './fo301-name-contended.ts';
import { slaveFlagTest } from './fo302-slave-flag-test.ts';
import { masterTestedTooEarly } from './fo303-master-tested-too-early.ts';
import { propertyAtAddOnly } from './fo304-property-at-add-only.ts';
import { slaveHoldsUpBoot } from './fo401-slave-holds-up-boot.ts';
import { cloudHelperUnpatched } from './fo402-cloud-helper-unpatched.ts';
import { initramfsDhcp } from './fo403-initramfs-dhcp.ts';
import { profileByMac } from './fo114-profile-by-mac.ts';
import { guardTakesMaster } from './fo115-guard-takes-master.ts';
import { bridgeWithAnotherMac } from './fo601-bridge-with-another-mac.ts';
import { bridgeWithOtherPorts } from './fo602-bridge-with-other-ports.ts';
import { bondRefusesMaster } from './fo603-bond-refuses-master.ts';
import { mtuAboveVf } from './fo604-mtu-above-vf.ts';
import { stateOnVf } from './fo605-state-on-vf.ts';
import { suppressionUnused } from '../../findings/fo901-suppression-unused.ts';
import { suppressionWithoutReason } from '../../findings/fo902-suppression-without-reason.ts';

export const rules: readonly Rule[] = [
  syntaxError,
  ignoredSetting,
  unknownKey,
  wrongSection,
  badValue,
  trailingComment,
  wrongPermissions,
  unreadable,
  fileNotRead,
  backupRead,
  dhcpOnSlave,
  addressOnSlave,
  slaveInStack,
  slaveTakenDown,
  raOnSlave,
  macOnlyMatch,
  nameGlobTakesSlave,
  driverOfStandby,
  driverNeverMatches,
  vfPinned,
  guardTooLate,
  masterUnclaimed,
  masterClaimedTwice,
  profileByMac,
  guardTakesMaster,
  macChange,
  dhcpIdentityByLink,
  mtuOnSlave,
  nameContended,
  slaveFlagTest,
  masterTestedTooEarly,
  propertyAtAddOnly,
  slaveHoldsUpBoot,
  cloudHelperUnpatched,
  initramfsDhcp,
  bridgeWithAnotherMac,
  bridgeWithOtherPorts,
  bondRefusesMaster,
  mtuAboveVf,
  stateOnVf,
  // Checked where findings are settled (src/findings/settle.ts).
  ...[suppressionUnused, suppressionWithoutReason].map((docs): Rule => Object.assign({ check: () => [] }, docs)),
];
