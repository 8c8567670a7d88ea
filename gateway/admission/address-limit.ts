import { randomInt } from "node:crypto";
import { addressRanges } from "../../domain/address-ranges.ts";
import { SharedWindow, type SharedWindowOptions } from "../../domain/shared-window.ts";

const WINDOW_MS = 60_000;
/** With 100 requests each these are 43 MB, if they all come in one minute: far more than one gateway serves. */
const MAX_ADDRESSES = 100_000;

/** Requests that one client address may make in a minute. */
export interface AddressLimit {
  readonly limit: number;
  readonly window: SharedWindow;
  /** Whether an address may make any number. */
  readonly isTrusted: (address: string) => boolean;
}

/** Memory in which all threads of a gateway count together. */
export function addressLimitMemory(requestsPerMinute: number): SharedArrayBuffer {
  return SharedWindow.memory(windowOptions(requestsPerMinute), randomInt(2 ** 31));
}

export function createAddressLimit(
  requestsPerMinute: number,
  memory: SharedArrayBuffer,
  trusted: readonly string[] = [],
): AddressLimit {
  const window = new SharedWindow(windowOptions(requestsPerMinute), memory);
  return { limit: requestsPerMinute, window, isTrusted: addressRanges(trusted) };
}

function windowOptions(limit: number): SharedWindowOptions {
  return { limit, windowMs: WINDOW_MS, maxCallers: MAX_ADDRESSES };
}
