import * as z from "zod";

/** Days for which the bucket of the stream stores files: those of delivered events, and those of events that were not taken. */
const days = z.int().min(1).max(3650).default(90); // ten years, for which nobody searches files of a SIEM
const url = z
  .url({ protocol: /^https$/, error: "must be an https address: events have names and addresses of people" })
  .max(1000); // Firehose's own limit
const secretArn = z
  .string()
  .regex(
    /^arn:aws:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-\w{6}$/,
    "must be the whole ARN of a secret of Secrets Manager: Firehose takes no name",
  );

/** Where the events of the audit trail are sent as OCSF records, by a delivery stream of Firehose. docs/audit.md. */
export const AuditStream = z.discriminatedUnion("to", [
  z.strictObject({ to: z.literal("bucket"), days }),
  z.strictObject({
    to: z.literal("https"),
    /** Of a server that speaks Firehose's protocol for HTTP endpoints. */
    url,
    /** Secret with the access key, as JSON `{"api_key": "…"}`; `null` where the server needs none. */
    secretArn: secretArn.nullable().default(null),
    days,
  }),
  z.strictObject({
    to: z.literal("splunk"),
    /** Of the HTTP Event Collector. */
    url,
    /** Secret with the collector's token, as JSON `{"hec_token": "…"}`. */
    secretArn,
    days,
  }),
]);
