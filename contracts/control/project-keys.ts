import * as z from "zod";
import { cursor, deleted, ExpiresInSeconds, Name, pageOf, Seconds } from "./page.ts";
import { ProjectRoleName } from "./records/role-names.ts";

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
  /** `inactive`: the group by which the user was in the project is no longer there, and the key has ended. */
  owner_project_access: z.enum(["active", "inactive"]),
  owner: z.discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("service_account"),
      service_account: z.strictObject({ id: z.string(), name: z.string(), role: ProjectRoleName, created_at: Seconds }),
    }),
    z.strictObject({
      type: z.literal("user"),
      /** `role` is `member` for a user who is in the project by a group. */
      user: z.strictObject({
        id: z.string(),
        name: z.string(),
        email: z.string(),
        role: ProjectRoleName,
        created_at: Seconds,
      }),
    }),
  ]),
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
const SCOPES_RULE = `must be [] for all operations of models, or ["${READ_ONLY}"] for reading alone; correct it`;
const KeyScopes = z
  .array(z.literal(READ_ONLY, { error: SCOPES_RULE }), { error: SCOPES_RULE })
  .max(1, { error: SCOPES_RULE });
/** What is absent stays as it is. The end counts from the request on. */
export const UpdateProjectApiKey = z
  .strictObject({ scopes: KeyScopes.optional(), expires_in_seconds: ExpiresInSeconds.optional() })
  .refine(({ scopes, expires_in_seconds: seconds }) => scopes !== undefined || seconds !== undefined, {
    path: ["scopes"],
    message: "Send `scopes`, `expires_in_seconds` or both.",
  });
/** The longest time for which the secret before works beside the new one, in seconds: a day. */
const MAX_OVERLAP_SECONDS = 86_400;

/** A key of the caller's own. @default expires_in_seconds - the longest that the environment permits */
export const CreateProjectApiKey = z.strictObject({
  name: Name,
  scopes: KeyScopes.optional(),
  expires_in_seconds: ExpiresInSeconds.optional(),
});
/** The only responses with a secret, in `value`. */
export const NewProjectApiKey = ProjectApiKey.extend({ value: z.string() });
/** @default overlap_seconds - 0: the secret before ends now */
export const RotateProjectApiKey = z
  .strictObject({ overlap_seconds: z.int().min(0).max(MAX_OVERLAP_SECONDS).optional() })
  .optional();
export const RotatedProjectApiKey = NewProjectApiKey.extend({ previous_valid_until: Seconds });
/** A key of the caller's own, with its project. */
export const OwnApiKey = ProjectApiKey.extend({ project_id: z.string() });
export type OwnApiKey = z.infer<typeof OwnApiKey>;
export const OwnApiKeyList = z.strictObject({ object: z.literal("list"), data: z.array(OwnApiKey) });

/** How members of projects may make keys for themselves. */
export const MemberKeys = z.strictObject({
  /** Keys of one person in all projects, those that have expired included. */
  perPerson: z.int().min(1).max(10), // so that all of them end in one transaction with their user
  /** The longest life of a key, in days. */
  maxDays: z.int().min(1).max(366),
});
export type MemberKeys = z.infer<typeof MemberKeys>;

/** `inactive`: whose owner has lost access to the project. */
export const ListProjectApiKeysQuery = z.strictObject({
  ...cursor,
  owner_project_access: z.enum(["active", "inactive", "any"]).default("active"),
});
