import * as z from "zod";
import { queryInteger } from "../query/query-integer.ts";

/** Entra's older client sends booleans as text. */
const ScimBoolean = z.union([
  z.boolean(),
  z
    .string()
    .regex(/^(true|false)$/i, "must be a boolean")
    .transform((text) => text.toLowerCase() === "true"),
]);
/** Attributes that a client sends without a value are not there. */
const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .nullish()
    .transform((value) => (value === "" || value === null ? undefined : value));

/** The user's name at the identity provider, which is the e-mail address here. */
export const ScimUserName = z
  .string()
  .trim()
  // First, as other letters than A to Z become these in lower case.
  .pipe(z.email("must be an e-mail address; map userName to the user's e-mail address in the identity provider"))
  .pipe(z.string().max(254).toLowerCase());

const PersonName = z.object({ formatted: text(100), givenName: text(100), familyName: text(100) }).nullish();

/** A user as a client sends it. Attributes that are not listed are not stored, which RFC 7644 leaves to the server. */
export const ScimUserBody = z.object({
  userName: ScimUserName,
  externalId: text(200),
  displayName: text(100),
  name: PersonName.transform((name) => name ?? undefined),
  /** @default - as it is; a new user is active */
  active: ScimBoolean.nullish().transform((active) => active ?? undefined),
});
export type ScimUserBody = z.infer<typeof ScimUserBody>;

/** How many users one request adds to a group or removes from it: each is a transaction, and the caller waits. */
export const MAX_MEMBERS = 200;
/** How many members a request names and a response shows: 10,000 are 0.5 MB, and a load balancer takes 1 MB of a function. */
export const MAX_LISTED_MEMBERS = 10_000;
export const ScimMembers = z.array(z.object({ value: z.string().min(1).max(200) })).max(MAX_LISTED_MEMBERS);

/** A group as a client sends it. */
export const ScimGroupBody = z.object({
  displayName: z.string().trim().min(1).max(100),
  externalId: text(200),
  members: ScimMembers.nullish().transform((members) => members ?? []),
});
export type ScimGroupBody = z.infer<typeof ScimGroupBody>;

/** Entra begins the names of operations with a capital letter. */
const Op = z
  .string()
  .toLowerCase()
  .pipe(z.enum(["add", "remove", "replace"]));
export const PatchOperation = z.object({
  op: Op,
  path: z.string().trim().max(500).optional(),
  value: z.unknown().optional(),
});
export type PatchOperation = z.infer<typeof PatchOperation>;
export const ScimPatchBody = z.object({ Operations: z.array(PatchOperation).min(1).max(100) });

/** @default startIndex - 1; count - 100 */
export const ScimListQuery = z.object({
  filter: z.string().max(1000).optional(),
  startIndex: queryInteger(z.int()).default(1),
  count: queryInteger(z.int()).default(100),
  attributes: z.string().max(1000).optional(),
  excludedAttributes: z.string().max(1000).optional(),
});
export type ScimListQuery = z.infer<typeof ScimListQuery>;
