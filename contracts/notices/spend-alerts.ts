import * as z from "zod";
import { MAX_CENTS } from "../limits/cents.ts";

/** A mail has one subject of at most 100 characters, which SNS takes in ASCII. */
const MAX_PREFIX_CHARACTERS = 40;
/** Most recipients of one alert. */
const MAX_RECIPIENTS = 20;
/** Most alerts of the organisation, or of one project: all of them are evaluated each minute. */
export const MAX_SPEND_ALERTS_OF_SUBJECT = 64;

const recipients = z.array(z.email().max(254)).min(1).max(MAX_RECIPIENTS);
const subjectPrefix = z
  .string()
  .max(MAX_PREFIX_CHARACTERS)
  .regex(/^[\x20-\x7e]*$/, "must be printable ASCII, as the subject of a mail is; leave other characters out");

/** An alert of what is charged in a calendar month, in UTC. */
export const UpdateSpendAlert = z.strictObject({
  /** Cents. */
  threshold_amount: z.int().positive().max(MAX_CENTS),
  currency: z.literal("USD"),
  interval: z.literal("month"),
  notification_channel: z.strictObject({
    type: z.literal("email"),
    recipients,
    /** Of the mail's subject. @default - none */
    subject_prefix: subjectPrefix.nullable().exactOptional(),
  }),
});
/** A schema of its own, as the API's document names each schema once. */
export const CreateSpendAlert = z.strictObject(UpdateSpendAlert.shape);

const spendAlert = <const T extends string>(object: T) =>
  z.strictObject({
    object: z.literal(object),
    id: z.string(),
    /** Cents. */
    threshold_amount: z.number(),
    currency: z.literal("USD"),
    interval: z.literal("month"),
    notification_channel: z.strictObject({
      type: z.literal("email"),
      recipients: z.array(z.string()),
      subject_prefix: z.string().nullable(),
    }),
  });
const spendAlertDeleted = <const T extends string>(object: T) =>
  z.strictObject({ object: z.literal(object), id: z.string(), deleted: z.boolean() });
export const OrganizationSpendAlert = spendAlert("organization.spend_alert");
export const OrganizationSpendAlertDeleted = spendAlertDeleted("organization.spend_alert.deleted");
export const ProjectSpendAlert = spendAlert("project.spend_alert");
export const ProjectSpendAlertDeleted = spendAlertDeleted("project.spend_alert.deleted");
