import { buildConnector } from "undici";
import { AddressRefused, type GuardOptions, guardedLookup, isRefusedHost } from "../../lib/address-guard.ts";
import { connectorInPieces } from "../http/upstream/read-in-pieces.ts";

/** Makes connections for a provider: never to an address that is not public, unless its host is allowed by name. */
export function guardedConnector(options: GuardOptions & { readonly connectMs: number }): buildConnector.connector {
  const connect = buildConnector({ timeout: options.connectMs, lookup: guardedLookup(options), allowH2: false });
  return connectorInPieces((target, done) => {
    // A literal address is connected to without any lookup.
    if (isRefusedHost(target.hostname, options.allowPrivateHosts))
      return done(new AddressRefused(target.hostname), null);
    connect(target, done);
  });
}
