import * as z from "zod";
import { ModelPermissions, UseLimit } from "./use-limit.ts";

/** Reads the item of a subject's limits, which a newer release may have written; each limit is read by `StoredLimit`. */
export const StoredLimitsItem = z.object({
  version: z.int().positive().optional(),
  limits: z.array(z.unknown()),
  models: z.object(ModelPermissions.shape).optional(),
  /** Names of fields of newer releases that a reader must know; this release has none. */
  requires: z.array(z.string()).max(0).optional(),
});

/** Fields of a newer release are dropped: each can only narrow what a limit is about, so that it stops more without. */
export const StoredLimit = z.object(UseLimit.shape);

/** A limit that stops nothing, of any release. */
export const StoredAlert = z.object({ action: z.literal("alert") });
