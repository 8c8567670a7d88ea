import { sendableKey } from "../terminal/sendable-key.ts";
import { UserError } from "../terminal/user-error.ts";
import type { AdminTools } from "./admin-endpoint.ts";
import { sourcedText } from "./sourced-text.ts";

/**
 * A provider's key: from the source that the option names, else typed at the terminal, which shows nothing of it.
 * @throws {UserError} when there is none, or it can't be a key
 */
export async function providerKey(
  source: string | undefined,
  { title, keysPage }: { readonly title: string; readonly keysPage: string | null },
  tools: AdminTools,
): Promise<string> {
  const text =
    source === undefined ? await typed(title, keysPage, tools) : sourcedText("--provider-key", source, tools);
  const key = text?.trim() ?? "";
  if (key === "")
    throw new UserError(
      `There is no key of ${title}${source === undefined ? "" : ` in ${source}`}; nothing was changed.`,
    );
  return sendableKey(`The key of ${title}`, key);
}

function typed(title: string, keysPage: string | null, { hiddenPrompt }: AdminTools): Promise<string> {
  if (hiddenPrompt === undefined)
    throw new UserError(`The key of ${title} can't be typed here; add --provider-key env:NAME or file:PATH.`);
  return hiddenPrompt(`Key of ${title}${keysPage === null ? "" : ` (${keysPage})`}, not shown: `);
}
