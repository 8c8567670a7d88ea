import { randomInt } from "node:crypto";
import type { GatewayConfig } from "../../contracts/processes/gateway-config.ts";
import { addressRanges } from "../../domain/address-ranges.ts";
import { SharedWindow, type SharedWindowOptions } from "../../domain/shared-window.ts";

const WINDOW_MS = 60_000;
/** With 100 requests each these are 43 MB, if they all come in one minute: far more than one gateway serves. */
const MAX_ADDRESSES = 100_000;

/** Requests that a client address may make in a minute. */
export interface AddressWindow {
  readonly limit: number;
  readonly window: SharedWindow;
}

/** The limits of requests by their client's address. */
export interface AddressLimit {
  /** Of a request, by whether it presents a key: with a limit of their own, such requests count apart. */
  readonly windowOf: (presentsKey: boolean) => AddressWindow;
  /** Whether an address may make any number. */
  readonly isTrusted: (address: string) => boolean;
}

export type AddressLimitConfig = Pick<GatewayConfig, "requestsPerMinutePerIp" | "requestsPerMinutePerIpWithKey">;

/** Memory in which all threads of a gateway count together. */
export interface AddressLimitMemory {
  readonly all: SharedArrayBuffer;
  /** `undefined` where requests with a key have no limit of their own. */
  readonly withKey: SharedArrayBuffer | undefined;
}

export function addressLimitMemory(config: AddressLimitConfig): AddressLimitMemory {
  const { requestsPerMinutePerIp: limit, requestsPerMinutePerIpWithKey: withKey } = config;
  const memoryOf = (requests: number) => SharedWindow.memory(windowOptions(requests), randomInt(2 ** 31));
  return { all: memoryOf(limit), withKey: withKey === undefined ? undefined : memoryOf(withKey) };
}

export function createAddressLimit(
  config: AddressLimitConfig & Pick<GatewayConfig, "trustedAddresses">,
  memory: AddressLimitMemory,
): AddressLimit {
  const windowOf = (limit: number, shared: SharedArrayBuffer): AddressWindow => ({
    limit,
    window: new SharedWindow(windowOptions(limit), shared),
  });
  const { requestsPerMinutePerIp: limit, requestsPerMinutePerIpWithKey: limitWithKey, trustedAddresses = [] } = config;
  const all = windowOf(limit, memory.all);
  const withKey =
    limitWithKey === undefined || memory.withKey === undefined ? all : windowOf(limitWithKey, memory.withKey);
  return {
    windowOf: (presentsKey) => (presentsKey ? withKey : all),
    isTrusted: addressRanges(trustedAddresses),
  };
}

function windowOptions(limit: number): SharedWindowOptions {
  return { limit, windowMs: WINDOW_MS, maxCallers: MAX_ADDRESSES };
}
