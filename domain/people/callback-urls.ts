import type { Environment } from "../../settings/environment.ts";

/** Of `sluice login --callback-port 8976`: Cognito compares the whole address, and takes http for this name alone. */
const COMMAND_LINE = "http://localhost:8976/callback";
/** Path of the console to which an issuer sends a browser back. */
export const CONSOLE_SIGN_IN = "/login";

/** Where a sign-in at the environment's user pool may return to: the command line, the console, and further pages. */
export function callbackUrls({
  identity: { userPool },
  site,
}: Pick<Environment, "identity" | "site">): readonly string[] {
  const console =
    site.console === "on" && site.domain !== null ? [`https://${site.domain.name}${CONSOLE_SIGN_IN}`] : [];
  return [...new Set([COMMAND_LINE, ...console, ...(userPool?.callbackUrls ?? [])])];
}
