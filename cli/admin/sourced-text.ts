import { namedText } from "../terminal/named-file.ts";
import { UserError } from "../terminal/user-error.ts";
import type { AdminTools } from "./admin-endpoint.ts";

/** Far more than a key has. */
const MAX_KEY_BYTES = 64 * 1024;

export const SOURCE_FORM = "env:NAME or file:PATH";

/** Where a secret text is: in a variable of the environment, or in a file. */
export interface TextSource {
  readonly from: "env" | "file";
  readonly name: string;
}

/**
 * A secret text from the source that an option names. The option never takes the text itself: arguments are visible in the shell's
 * history and in the list of processes.
 * @returns `undefined` when the variable is not set
 * @throws {UserError} when the source is malformed, or the file can't be read
 */
export function sourcedText(option: string, source: string, tools: Pick<AdminTools, "variable">): string | undefined {
  return textFrom(option, textSource(option, source), tools);
}

/** @throws {UserError} when the source is malformed */
export function textSource(option: string, source: string): TextSource {
  const [, from, name = ""] = /^(env|file):(.+)$/.exec(source) ?? [];
  if (from === "env" || from === "file") return { from, name };
  throw new UserError(
    `${option} must name the source of the key, not the key itself; write ${SOURCE_FORM} (the value is not repeated here).`,
  );
}

/** @returns `undefined` when the variable is not set @throws {UserError} when the file can't be read */
export function textFrom(
  option: string,
  { from, name }: TextSource,
  tools: Pick<AdminTools, "variable">,
): string | undefined {
  return from === "env" ? tools.variable(name) : namedText(option, name, MAX_KEY_BYTES, `file:${name}`);
}
