import * as z from "zod";

const Version = z.int().positive();
const Seconds = z.int().nonnegative();

/** The keys for models that a user got by signing in and that may still work: they are revoked with the user. */
export const PersonKeysRecord = z.strictObject({
  kind: z.literal("personKeys"),
  version: Version,
  userId: z.string(),
  keys: z.array(
    z.strictObject({
      keyId: z.string(),
      projectId: z.string(),
      expiresAt: Seconds,
      /** Id of the browser's session that the key is for. @default - it was exchanged for an ID token */
      sessionId: z.string().exactOptional(),
      /** Id of the group by which the user is in the project. @default - the user is a member of it */
      groupId: z.string().exactOptional(),
    }),
  ),
  /** When DynamoDB may delete it: all of the keys have expired. */
  expiresAt: Seconds,
});

/** The keys of the control API that a user got by signing in. A secret is not stored: only its SHA-256, in hex. */
export const PersonAdminKeysRecord = z.strictObject({
  kind: z.literal("personAdminKeys"),
  version: Version,
  userId: z.string(),
  keys: z.array(
    z.strictObject({
      keyId: z.string(),
      hash: z.string().regex(/^[0-9a-f]{64}$/),
      expiresAt: Seconds,
      /** Id of the browser's session that the key is for. @default - it was exchanged for an ID token */
      sessionId: z.string().exactOptional(),
    }),
  ),
  /** When DynamoDB may delete it: all of the keys have expired. */
  expiresAt: Seconds,
});

/** Where the key of the control API with a secret's public part is, of a user who signed in. */
export const PersonAdminKeyIndexRecord = z.strictObject({
  kind: z.literal("personAdminKeyIndex"),
  version: Version,
  keyId: z.string(),
  organizationId: z.string(),
  userId: z.string(),
  /** When DynamoDB may delete it: the key has expired. */
  expiresAt: Seconds,
});

/** A browser in which a person is signed in. */
export const BrowserSessionRecord = z.strictObject({
  kind: z.literal("browserSession"),
  version: Version,
  /** Of the cookie's secret, which is not stored. */
  id: z.string(),
  userId: z.string(),
  /** The issuer's tokens, encrypted with a key that is derived from the cookie. */
  sealed: z.string(),
  /** Until when a request has the tokens renewed, in milliseconds since 1970; others wait for it. @default - none has */
  busyUntil: z.int().nonnegative().exactOptional(),
  /** When the session ends. */
  expiresAt: Seconds,
});

/** Whose user an issuer's id of a person is, so that access tokens without an address name somebody. */
export const SignInSubjectRecord = z.strictObject({
  kind: z.literal("signInSubject"),
  version: Version,
  /** SHA-256 of issuer and subject, in base64url. */
  id: z.string(),
  userId: z.string(),
  /** When DynamoDB may delete it: nobody has signed in with it for a long time. */
  expiresAt: Seconds,
});
