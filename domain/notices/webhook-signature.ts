import { createHmac, randomBytes } from "node:crypto";

const PREFIX = "whsec_";
/** Of a new secret; the specification has 24 to 64. */
const SECRET_BYTES = 32;

/** A new secret as Standard Webhooks writes it. */
export function newWebhookSecret(): string {
  return `${PREFIX}${randomBytes(SECRET_BYTES).toString("base64")}`;
}

/** What is signed. */
export interface SignedMessage {
  /** The event's id, the same in each attempt. */
  readonly id: string;
  /** Unix seconds of the attempt. */
  readonly timestamp: number;
  readonly body: string;
}

/**
 * The headers of a message by the Standard Webhooks specification: one signature for each secret, so that a receiver may
 * have either while a secret is replaced.
 */
export function webhookHeaders({ id, timestamp, body }: SignedMessage, secrets: readonly string[]) {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), "base64");
    return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
  });
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signatures.join(" "),
  };
}
