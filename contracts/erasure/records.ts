import * as z from "zod";
import { ErasedCounts, SubjectType } from "./erasure.ts";

const Version = z.int().positive();
const Seconds = z.int().nonnegative();

/** The erasure of one subject. It stays for ever: what is imported from a backup is refused by it. */
export const ErasureRecord = z.strictObject({
  kind: z.literal("erasure"),
  version: Version,
  /** Of the subject. */
  id: z.string(),
  subjectType: SubjectType,
  /** Of a service account. */
  projectId: z.string().optional(),
  reason: z.string().optional(),
  /** Id of the user. */
  requestedBy: z.string(),
  startedAt: Seconds,
  /** @default - there may still be something to erase */
  completedAt: Seconds.optional(),
  counts: ErasedCounts,
  /** The signature of the report. @default - the sealer has not signed it yet */
  signed: z
    .strictObject({
      /** ISO 8601, UTC, with milliseconds. */
      at: z.string(),
      /** SHA-256 of the signing key's SubjectPublicKeyInfo, in hex. */
      key: z.string(),
      /** DER in base64. */
      signature: z.string(),
    })
    .optional(),
});
