import * as z from "zod";
import { SubjectId, SubjectType } from "./erasure.ts";

const Seconds = z.int().nonnegative();

export const LegalHold = z.strictObject({
  /** Of the subject. */
  id: z.string(),
  object: z.literal("organization.legal_hold"),
  subject_type: SubjectType,
  /**
   * From `in_progress` on nothing of the subject is erased; `held`: nothing of what is stored of it expires either. `releasing`: some of it
   * does not expire again yet. The schedule goes on with both.
   */
  status: z.enum(["in_progress", "held", "releasing"]),
  reason: z.string(),
  placed_by: z.string(),
  placed_at: Seconds,
});
export type LegalHold = z.infer<typeof LegalHold>;
export const LegalHoldPage = z.strictObject({
  object: z.literal("list"),
  data: z.array(LegalHold),
  has_more: z.boolean(),
  next: z.string().nullable(),
});
/** `deleted` is false until all that is stored of the subject expires again: the schedule goes on, and so does the request sent again. */
export const LegalHoldDeleted = z.strictObject({
  id: z.string(),
  object: z.literal("organization.legal_hold.deleted"),
  deleted: z.boolean(),
});

export const CreateLegalHold = z.strictObject({
  subject_id: SubjectId,
  reason: z.string().trim().min(10).max(500),
});
