import * as z from "zod";
import { cursor, deleted, ExpiresInSeconds, Name, pageOf, Seconds } from "./page.ts";
import { OrganizationRoleName } from "./records/role-names.ts";
import { permissions } from "./roles.ts";
import { ControlScope } from "./scopes.ts";

/**
 * A key of the control API. It acts as its owner, with no more than its `scopes` where it has some; it can't use models.
 * `last_used_at` is null before the first request with it; a use within a minute of the stored one does not change it.
 */
export const AdminApiKey = z.strictObject({
  object: z.literal("organization.admin_api_key"),
  id: z.string(),
  name: z.string(),
  redacted_value: z.string(),
  created_at: Seconds,
  expires_at: Seconds.nullable(),
  last_used_at: Seconds.nullable(),
  /** Sluice's own field: what the key permits of what its owner may do; null for all of it. */
  scopes: z.array(z.string()).nullable(),
  owner: z.strictObject({
    type: z.literal("user"),
    object: z.literal("organization.user"),
    id: z.string(),
    name: z.string(),
    created_at: Seconds,
    role: OrganizationRoleName,
  }),
});
export type AdminApiKey = z.infer<typeof AdminApiKey>;

/** The only response with the secret, in `value`. */
export const CreatedAdminApiKey = AdminApiKey.extend({ value: z.string() });
export const AdminApiKeyDeleted = deleted("organization.admin_api_key.deleted");
export const AdminApiKeyPage = pageOf(AdminApiKey);

/**
 * @default expires_in_seconds - it does not expire
 * @default scopes - all that the owner may do at each request; null is the same
 */
export const CreateAdminApiKey = z.strictObject({
  name: Name,
  expires_in_seconds: ExpiresInSeconds.optional(),
  scopes: permissions(ControlScope)
    .refine((scopes) => scopes.length > 0, {
      error: "A key with an empty list could do nothing: name at least one permission, or leave `scopes` out.",
    })
    .nullish(),
});
/** By the time of creation. */
export const ListAdminApiKeysQuery = z.strictObject({ ...cursor, order: z.enum(["asc", "desc"]).default("asc") });

/** Seconds for which an operator's key works: a role that is taken away holds for the next one. */
export const OPERATOR_KEY_SECONDS = 300;

/** A key with which its user operates the gateways (`/admin`) for some minutes; the only response with the secret, in `value`. */
export const OperatorKey = z.strictObject({
  object: z.literal("organization.operator_key"),
  id: z.string(),
  value: z.string(),
  created_at: Seconds,
  expires_at: Seconds,
});
export type OperatorKey = z.infer<typeof OperatorKey>;

/** A key with which its user sees the health of the service (`/admin/health`) for some minutes; the only response with the secret. */
export const ObserverKey = OperatorKey.extend({ object: z.literal("organization.observer_key") });
export type ObserverKey = z.infer<typeof ObserverKey>;

/** A key with which its user reads the log of the gateways (`/admin/logs`) for some minutes; the only response with the secret. */
export const LogKey = OperatorKey.extend({ object: z.literal("organization.log_key") });
export type LogKey = z.infer<typeof LogKey>;
