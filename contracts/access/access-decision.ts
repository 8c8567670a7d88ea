import * as z from "zod";

/** Of a record. */
const Id = z.string().min(1).max(200);

/** Kinds of principals that a decision is about. */
export const AccessPrincipalType = z.enum(["user", "admin_key", "service_account", "api_key"]);

/**
 * Either `operation` or `scope` says what is to be done; `project_id` where it is done in a project. A service account needs the
 * project that it is in; `model` is for service accounts and API keys.
 */
export const AccessDecisionQuery = z
  .strictObject({
    principal_type: AccessPrincipalType,
    principal_id: Id,
    /** Id of an operation: of the control API, such as `createProject`, or of models, such as `createChatCompletion`. */
    operation: z.string().min(1).max(100).optional(),
    /** A permission of roles, such as `users.read`, or `generate` or `read` of keys for models. */
    scope: z.string().min(1).max(100).optional(),
    project_id: Id.optional(),
    /** Public name of a model. @default - whether any may be used */
    model: Id.optional(),
  })
  .refine(({ operation, scope }) => (operation === undefined) !== (scope === undefined), {
    path: ["operation"],
    message: "Send either `operation` or `scope`.",
  });

/** What the control API, and gateways of keys for models, would decide now, and the rule by which it does. */
export const AccessDecision = z.strictObject({
  object: z.literal("organization.access_decision"),
  principal_type: AccessPrincipalType,
  principal_id: z.string(),
  operation: z.string().nullable(),
  project_id: z.string().nullable(),
  model: z.string().nullable(),
  /** `hidden`: the project is not found for the principal. */
  outcome: z.enum(["allowed", "denied", "hidden"]),
  rule: z.string(),
  /** The permission that decided. */
  scope: z.string(),
  /** Whether only what is the principal's own is permitted. */
  own_only: z.boolean(),
});
export type AccessDecision = z.infer<typeof AccessDecision>;
