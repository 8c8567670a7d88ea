import * as z from "zod";
import { Priority } from "../../../contracts/processes/priority.ts";

const OldScope = z.enum(["admin"]);

/** The keys table's item as the release before restrictions read it: a copy of its schema, which must not change. */
export const KeyBeforeRestrictions = z.object({
  keyId: z.string().regex(/^[a-z2-7]{12}$/),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  name: z.string().min(1).max(100),
  plan: z.string().min(1),
  maxPriority: Priority.optional().catch(undefined),
  createdAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().optional(),
  scopes: z
    .array(z.unknown())
    .transform((scopes) => scopes.flatMap((scope) => OldScope.safeParse(scope).data ?? []))
    .optional(),
});

/** Whether that release took `hash`, the SHA-256 of a presented secret, for this item's. */
export function isValidBeforeRestrictions(hash: string, stored: unknown): boolean {
  const item = KeyBeforeRestrictions.parse(stored);
  return item.hash === hash && item.revokedAt === undefined;
}
