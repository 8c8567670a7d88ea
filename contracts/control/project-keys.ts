import * as z from "zod";
import { ProjectRoleName } from "./objects.ts";
import { cursor, deleted, ExpiresInSeconds, Name, pageOf, Seconds } from "./page.ts";

/** A member of a project that is no person, whose keys use models. */
export const ServiceAccount = z.strictObject({
  object: z.literal("organization.project.service_account"),
  id: z.string(),
  name: z.string(),
  role: ProjectRoleName,
  created_at: Seconds,
});
export type ServiceAccount = z.infer<typeof ServiceAccount>;

/** A new key for models; the only response with the secret, in `value`. */
export const NewServiceAccountKey = z.strictObject({
  object: z.literal("organization.project.service_account.api_key"),
  id: z.string(),
  name: z.string(),
  value: z.string(),
  created_at: Seconds,
  expires_at: Seconds.nullable(),
});
export type NewServiceAccountKey = z.infer<typeof NewServiceAccountKey>;

export const CreatedServiceAccount = ServiceAccount.extend({
  role: z.literal("member"),
  api_key: NewServiceAccountKey.nullable(),
});
export const ServiceAccountDeleted = deleted("organization.project.service_account.deleted");
export const ServiceAccountPage = pageOf(ServiceAccount);

/** A key for models in a project. `last_used_at` is null before the first use; a use within a minute of the stored one does not change it. */
export const ProjectApiKey = z.strictObject({
  object: z.literal("organization.project.api_key"),
  id: z.string(),
  name: z.string(),
  redacted_value: z.string(),
  created_at: Seconds,
  expires_at: Seconds.nullable(),
  last_used_at: Seconds.nullable(),
  owner_project_access: z.literal("active"),
  owner: z.strictObject({
    type: z.literal("service_account"),
    service_account: z.strictObject({ id: z.string(), name: z.string(), role: ProjectRoleName, created_at: Seconds }),
  }),
});
export type ProjectApiKey = z.infer<typeof ProjectApiKey>;
export const ProjectApiKeyDeleted = deleted("organization.project.api_key.deleted");
export const ProjectApiKeyPage = pageOf(ProjectApiKey);

/** @default expires_in_seconds - the key does not expire */
export const CreateServiceAccount = z.strictObject({
  name: Name,
  create_service_account_only: z.boolean().nullish(),
  expires_in_seconds: ExpiresInSeconds.nullish(),
});
export const UpdateServiceAccount = z.strictObject({ name: Name.optional(), role: ProjectRoleName.optional() });
export const CreateServiceAccountKey = z.strictObject({
  name: Name.optional(),
  expires_in_seconds: ExpiresInSeconds.nullish(),
});
/** OpenAI's scope of a key that reads, and writes and generates nothing. */
export const READ_ONLY = "api.all.read";
const KeyScopes = z.union([z.tuple([]), z.tuple([z.literal(READ_ONLY)])], {
  error: `must be [] for all operations of models, or ["${READ_ONLY}"] for reading alone; correct it`,
});
/** What is absent stays as it is. The end counts from the request on. */
export const UpdateProjectApiKey = z
  .strictObject({ scopes: KeyScopes.optional(), expires_in_seconds: ExpiresInSeconds.optional() })
  .refine(({ scopes, expires_in_seconds: seconds }) => scopes !== undefined || seconds !== undefined, {
    path: ["scopes"],
    message: "Send `scopes`, `expires_in_seconds` or both.",
  });
/** All keys have an owner who is a member of the project. */
export const ListProjectApiKeysQuery = z.strictObject({
  ...cursor,
  owner_project_access: z.enum(["active", "inactive", "any"]).default("active"),
});
