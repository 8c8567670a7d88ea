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

/** Of an organisation: read with each erasure, and written with each new hold, so that of both at once one is refused. */
export const MAX_LEGAL_HOLDS = 200;
/** All legal holds of an organisation. */
export const LegalHoldsRecord = z.strictObject({
  kind: z.literal("legalHolds"),
  version: Version,
  id: z.literal("all"),
  holds: z
    .array(
      z.strictObject({
        /** Of the subject. */
        id: z.string(),
        subjectType: SubjectType,
        /** Of a service account. */
        projectId: z.string().optional(),
        reason: z.string(),
        /** Id of the user. */
        placedBy: z.string(),
        placedAt: Seconds,
        /**
         * Whether it is for stored responses, files and batches too. @default - a release before this one placed it, for the history alone;
         * the request that is sent again extends it
         */
        isOfStoredData: z.literal(true).exactOptional(),
        /** When the hold of a release before was extended. @default - it was for all from the beginning */
        extendedAt: Seconds.exactOptional(),
        /** When nothing of it expired any more. @default - not yet */
        heldAt: Seconds.optional(),
        /** When its release began. @default - it is not released */
        releasedAt: Seconds.optional(),
      }),
    )
    .max(MAX_LEGAL_HOLDS),
});
