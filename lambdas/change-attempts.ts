import { setTimeout as sleep } from "node:timers/promises";

/** How often a change is tried while other changes come between. */
export const MAX_CHANGE_ATTEMPTS = 12;
/**
 * Longest wait before the second attempt, in milliseconds, and before any. Of changes that wait at random, few meet again: all
 * of one admin key require the record of its user, and DynamoDB cancels transactions that meet at one record.
 */
const PAUSE_MS = { first: 25, most: 400 } as const;

/** Waits at random before a change is tried again. @param attempt the number of those before, from 1 */
export function pauseAfter(attempt: number): Promise<void> {
  return sleep(Math.random() * Math.min(PAUSE_MS.most, PAUSE_MS.first * 2 ** attempt));
}
