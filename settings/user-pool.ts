import * as z from "zod";

/** A user pool of Amazon Cognito that the environment makes, where people sign in. docs/sign-in.md. */
export const UserPool = z.strictObject({
  /** Start of the address of the sign-in pages, `https://<prefix>.auth.<region>.amazoncognito.com`; unique in the region. */
  domainPrefix: z
    .string()
    .max(63)
    .regex(
      /^(?!.*(?:aws|amazon|cognito))[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
      "must be 1 to 63 of a-z, 0-9 and -, without a hyphen at either end, and without aws, amazon or cognito",
    ),
  /** A second factor by an application that makes codes (TOTP): nobody has one, who wants, or everybody. */
  mfa: z.enum(["off", "optional", "required"]).default("optional"),
  /** Life of an ID token and of an access token. Cognito's own minimum is 5, and its sign-in pages keep a session of an hour. */
  tokenMinutes: z.int().min(5).max(1440).default(60),
  /** Days after which a person signs in again, whatever they do: the life of refresh tokens. */
  refreshDays: z.int().min(1).max(3650).default(30),
  /** Addresses of further pages to which people return after the sign-in; the console at `site.domain` is among them by itself. */
  callbackUrls: z
    .array(z.url({ protocol: /^https$/, error: "must be an https address" }).max(1024))
    .max(50)
    .default([]),
});
