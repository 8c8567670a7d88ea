import type { Command } from "commander";
import { AdminClient } from "../admin/admin-client.ts";
import { SOURCE_FORM, textFrom, textSource } from "../admin/sourced-text.ts";
import { checkHttpAddress } from "../terminal/http-address.ts";
import { sendableKey } from "../terminal/sendable-key.ts";
import { UserError } from "../terminal/user-error.ts";

/** Output, local stack, environment variables and clock of the commands that use the control API; tests replace them. */
export interface ControlTools {
  print(text: string): void;
  /** Address of the local stack's API; `undefined` when no local stack runs. */
  localUrl(): string | undefined;
  /** An environment variable. */
  variable(name: string): string | undefined;
  /** Milliseconds since 1970. */
  now(): number;
}

export interface ControlOptions {
  readonly url?: string;
  readonly key?: string;
  readonly json?: boolean;
}

/** Holds the admin key when `--key` is absent. */
const KEY_VARIABLE = "SLUICE_ADMIN_KEY";

/** Adds the options for the address of the API and the admin key. */
export function withControlOptions(command: Command): Command {
  return command
    .option("--url <url>", "address of the API, without a path (default: the local stack)")
    .option("--key <source>", `source of your admin key: ${SOURCE_FORM} (default: env:${KEY_VARIABLE})`)
    .option("--json", "print JSON");
}

/** @throws {UserError} when no local stack runs and --url is absent, or when there is no key */
export function controlClient(
  { url, key: source = `env:${KEY_VARIABLE}` }: ControlOptions,
  tools: ControlTools,
): AdminClient {
  const address = url ?? tools.localUrl();
  if (address === undefined)
    throw new UserError(
      "No local stack runs in this clone; start one with `npm start`, or set --url to the address of an API.",
    );
  checkHttpAddress("--url", address);
  const where = textSource("--key", source);
  const key = textFrom("--key", where, tools)?.trim();
  const name = where.from === "env" ? `the variable ${where.name}` : where.name;
  if (key === undefined || key === "")
    throw new UserError(
      `There is no admin key in ${name}; make one with \`sluice admin-keys create --email ADDRESS\` and store it there.`,
    );
  return new AdminClient({ url: address, key: sendableKey(`The admin key in ${name}`, key) });
}
