/** All checks. */
import { belowUdevd, inMinimalGuest } from './executable.ts';
import { networkManagerAgrees } from './networkmanager.ts';
import type { Check } from './check.ts';

export const checks: readonly Check[] = [inMinimalGuest, belowUdevd, networkManagerAgrees];
