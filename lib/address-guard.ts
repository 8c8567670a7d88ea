import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";

/** As `dns.lookup` with `all`. */
export type Lookup = (
  host: string,
  options: LookupOptions & { readonly all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export const ADDRESS_REFUSED = "SLUICE_ADDRESS_REFUSED";

/** A name led to an address that requests must not go to. */
export class AddressRefused extends Error {
  readonly code = ADDRESS_REFUSED;

  constructor(host: string) {
    super(
      `${host} has an address that is not public; name it in the provider's allowPrivateHosts if requests shall go there.`,
    );
    this.name = "AddressRefused";
  }
}

/** IPv6 addresses of hosts on the internet; all other addresses are special or not assigned. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * Whether an address belongs to a host on the internet: not loopback, link-local (where the instance's metadata are),
 * private, shared or otherwise special, nor one of those written as IPv6.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.range() === "unicast";
  // 6to4, Teredo and the like carry an IPv4 address that a gateway on the way would unpack; their ranges have names.
  return parsed.match(GLOBAL_UNICAST) && parsed.range() === "unicast";
}

/** Ranges in which an instance's metadata and credentials are: not even a host that is allowed by name may lead there. */
const NEVER = ["169.254.0.0/16", "fe80::/10", "fd00:ec2::/32"].map((range) => ipaddr.parseCIDR(range));

function isNever(address: string): boolean {
  if (!ipaddr.isValid(address)) return true;
  const parsed = ipaddr.process(address);
  return NEVER.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits));
}

/**
 * Names of this very machine (RFC 6761, section 6.3) and of private networks: RFC 6762 for `local`, RFC 8375 for
 * `home.arpa`; `internal` is what ICANN reserves for private use and AWS uses within a VPC.
 */
const PRIVATE_NAME = /(?:^|\.)(?:localhost|local|home\.arpa|internal)\.?$/i;

/**
 * Whether requests never go to a host, which shows without a lookup: an address that is not public, or a name that only
 * this machine or a private network has, unless it is allowed by name.
 * @param host as in a parsed URL, which has `[]` around an IPv6 address and writes an IPv4 one of hex or octal digits as usual
 */
export function isRefusedHost(host: string, allowPrivateHosts: readonly string[]): boolean {
  const address = host.replace(/^\[|\]$/g, "");
  const isAllowed = allowPrivateHosts.includes(address);
  if (isIP(address) === 0) return !isAllowed && PRIVATE_NAME.test(address);
  return isAllowed ? isNever(address) : !isPublicAddress(address);
}

export interface GuardOptions {
  /** Hosts that may have private addresses. */
  readonly allowPrivateHosts: readonly string[];
  /** @default - the system's resolver */
  readonly lookup?: Lookup;
}

/**
 * A lookup for `net.connect` that finds no address for a host with one that is not public. It runs when a connection is
 * made, so a name that resolves differently the second time is checked again.
 */
export function guardedLookup({ allowPrivateHosts, lookup = dnsLookup }: GuardOptions): LookupFunction {
  return (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, "", 0);
      const [first] = addresses;
      const isFit = (address: string) =>
        allowPrivateHosts.includes(host) ? !isNever(address) : isPublicAddress(address);
      const isAllowed = addresses.every(({ address }) => isFit(address));
      if (first === undefined || !isAllowed) return done(new AddressRefused(host), "", 0);
      if (options.all === true) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
}
