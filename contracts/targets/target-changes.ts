import * as z from "zod";
import { ProviderName, ProviderSettings, PublicModelName, RouteSettings } from "./target-settings.ts";
import { TokenPriceSettings } from "./token-prices.ts";

/** Partition key of all items of the routes table: it is small, and read as a whole. */
export const CHANGES_SECTION = "targets";
/** Sort key of the item that counts changes: gateways read it every two seconds, and the other items when it has changed. */
export const CHANGES_VERSION_ID = "version";

/** An operator's override of a route, until it is released. */
export const RouteOverride = z.strictObject({
  /** Target that comes first, whatever the policy says; `null` for none. */
  force: z.string().min(1).nullable(),
  /** Targets that get no new requests. */
  drain: z.array(z.string().min(1)).max(20),
});
export type RouteOverride = z.infer<typeof RouteOverride>;

const stored = {
  section: z.literal(CHANGES_SECTION),
  /** `provider#<name>`, `route#<name>`, `override#<route>` or `price#<pool>`. */
  id: z.string(),
  /** Counts the changes of this item; the condition of the next one. */
  version: z.int().min(1),
  /** ISO 8601, UTC. */
  updatedAt: z.iso.datetime(),
  /** Id of the key that made the change, or the operator's name. */
  updatedBy: z.string(),
  /** Id of the user or service account whose key it was. @default - of nobody, or a release before made the change */
  updatedByOwner: z.string().optional(),
};

/** One item of the routes table: it replaces a declaration of the environment, or adds to it. */
export const TargetChange = z.discriminatedUnion("kind", [
  z.strictObject({ ...stored, kind: z.literal("provider"), name: ProviderName, settings: ProviderSettings }),
  z.strictObject({ ...stored, kind: z.literal("route"), name: PublicModelName, settings: RouteSettings }),
  z.strictObject({ ...stored, kind: z.literal("override"), name: PublicModelName, settings: RouteOverride }),
  z.strictObject({ ...stored, kind: z.literal("price"), name: PublicModelName, settings: TokenPriceSettings }),
]);
export type TargetChange = z.infer<typeof TargetChange>;
export type ChangeKind = TargetChange["kind"];

export function changeId(kind: ChangeKind, name: string): string {
  return `${kind}#${name}`;
}
