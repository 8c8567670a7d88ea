import * as z from "zod";
import { DataRetention } from "../history/data-retention.ts";
import { KeepDays } from "../retention/retention.ts";
import { CreditGrant, ModelPermissions, ShareWeight, TierName, UseLimit } from "./use-limit.ts";

/** Named in `requires` while a subject needs credit: releases without credit refuse what it sends. */
export const CREDITS_FIELD = "credits";

/** Reads the item of a subject's limits, which a newer release may have written; each limit is read by `StoredLimit`. */
export const StoredLimitsItem = z.object({
  version: z.int().positive().optional(),
  limits: z.array(z.unknown()),
  models: z.object(ModelPermissions.shape).optional(),
  /** Grants in the order in which they are used. While it is there, the subject uses nothing but credit. @default - no credit is needed */
  credits: z.array(CreditGrant).optional(),
  /** Names of fields that a reader must know. One of a newer release makes the item unreadable here. */
  requires: z.array(z.literal(CREDITS_FIELD)).optional(),
  /** One of a newer release stores nothing here. */
  retention: DataRetention.catch("zero_data_retention").optional(),
  /** One of a newer release counts as none: the environment's holds, and the next run of the control API sets what is stored. */
  keepDays: KeepDays.optional().catch(undefined),
  /** A legal hold is on the project, user or service account. Whatever a newer release writes, it is held. */
  held: z.unknown().optional(),
  /** One of a newer release counts as the usual one. */
  weight: ShareWeight.optional().catch(undefined),
});

/** Fields of a newer release are dropped: each can only narrow what a limit is about, so that it stops more without. */
export const StoredLimit = z.object(UseLimit.shape);

/** Stands among the limits for those of a tier: releases that do not know it refuse the subject's requests. */
export const StoredTier = z.strictObject({ tier: TierName });

/** A limit that stops nothing, of any release. */
export const StoredAlert = z.object({ action: z.literal("alert") });
