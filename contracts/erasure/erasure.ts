import * as z from "zod";

/** Who or what can be erased. */
export const SubjectType = z.enum(["user", "service_account", "project"]);
export type SubjectType = z.infer<typeof SubjectType>;

const Count = z.int().nonnegative();
/** How many of each were deleted. After a run that ended in the middle it is the least that was. */
export const ErasedCounts = z.strictObject({
  /** Data keys, each of which ends the content under it. */
  data_keys: Count,
  /** Generations of the history. */
  generations: Count,
  /** Responses that `/v1/responses` stored. */
  responses: Count,
  /** Files with their content, all versions of it. */
  files: Count,
  batches: Count,
  /** Keys for models that were revoked. */
  api_keys: Count,
  /** The user, e-mail address, memberships, admin keys, sessions and the like. */
  records: Count,
});
export type ErasedCounts = z.infer<typeof ErasedCounts>;

/** Whole seconds since 1970. */
const Seconds = z.int().nonnegative();
export const SubjectId = z
  .string()
  .regex(/^(user-|svc_acct_|proj_)[\w-]{1,190}$/, "must be the id of a user, a service account or a project");

/** What is signed: that a subject was erased, when, and how much there was. */
export const ErasureStatement = z.strictObject({
  /** Of the organisation. */
  chain: z.string(),
  /** ISO 8601, UTC. */
  completed_at: z.string(),
  erased: ErasedCounts,
  format: z.literal("sluice-erasure-1"),
  /** Of the signing key: SHA-256 of its SubjectPublicKeyInfo, in hex. */
  key: z.string().regex(/^[0-9a-f]{64}$/),
  requested_by: z.string(),
  signed_at: z.string(),
  started_at: z.string(),
  subject: z.string(),
  subject_type: SubjectType,
});
export type ErasureStatement = z.infer<typeof ErasureStatement>;

/** ECDSA on P-256 with SHA-256 over the statement's canonical JSON: DER in base64, by the key that signs the audit trail. */
export const ErasureReport = z.strictObject({ signature: z.string(), statement: ErasureStatement });
export type ErasureReport = z.infer<typeof ErasureReport>;

export const Erasure = z.strictObject({
  /** Of the subject. */
  id: z.string(),
  object: z.literal("organization.erasure"),
  subject_type: SubjectType,
  /** `in_progress`: it goes on by itself, and at once where the request is sent again. */
  status: z.enum(["in_progress", "completed"]),
  reason: z.string().nullable(),
  requested_by: z.string(),
  started_at: Seconds,
  completed_at: Seconds.nullable(),
  erased: ErasedCounts,
  /** Null until the sealer has signed it, at most a minute after the erasure was completed. */
  report: ErasureReport.nullable(),
});
export type Erasure = z.infer<typeof Erasure>;
export const ErasurePage = z.strictObject({
  object: z.literal("list"),
  data: z.array(Erasure),
  has_more: z.boolean(),
  next: z.string().nullable(),
});

/** Erases a subject for good, or goes on with it. */
export const CreateErasure = z.strictObject({
  subject_id: SubjectId,
  reason: z.string().trim().min(1).max(500).optional(),
});
