import * as z from "zod";
import { Notice } from "./notice.ts";

const Version = z.int().positive();
const Seconds = z.int().nonnegative();

/** An alert of what is charged in a calendar month, in UTC, to the organisation or a project. */
export const SpendAlertRecord = z.strictObject({
  kind: z.literal("spendAlert"),
  version: Version,
  id: z.string(),
  scope: z.enum(["organization", "project"]),
  /** Id of the project; `organization` for the organisation. */
  subjectId: z.string(),
  thresholdCents: z.int().positive(),
  recipients: z.array(z.string()),
  subjectPrefix: z.string().optional(),
  createdAt: Seconds,
});

/**
 * What people and programs are told. Its id says what happened, so that nothing is told twice: it stays for as long as the
 * same may be found again.
 */
export const NoticeRecord = z.strictObject({
  kind: z.literal("notice"),
  version: Version,
  id: z.string(),
  notice: Notice,
  at: Seconds,
  expiresAt: Seconds,
});
