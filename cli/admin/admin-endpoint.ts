import type { Command } from "commander";
import { checkHttpAddress } from "../terminal/http-address.ts";
import { sendableKey } from "../terminal/sendable-key.ts";
import { UserError } from "../terminal/user-error.ts";
import { AdminClient } from "./admin-client.ts";
import type { SecretStore } from "./secret-store.ts";
import { SOURCE_FORM, textFrom, textSource } from "./sourced-text.ts";

/** Output, local stack and environment variables of the commands that use the admin API; tests replace them. */
export interface AdminTools {
  print(text: string): void;
  /** Address of a gateway of the local stack; `undefined` when no local stack runs. */
  localUrl(): string | undefined;
  /** An environment variable. */
  variable(name: string): string | undefined;
  /** Reads a line that the terminal does not show. @default - there is no terminal */
  readonly hiddenPrompt?: (text: string) => Promise<string>;
  /**
   * The store of providers' keys: the local stack's, or with `aws` that of a deployed environment.
   * @throws {UserError} when no local stack runs, or the environment does not exist
   */
  secretStore(options: { readonly environment?: string; readonly aws?: boolean }): Promise<SecretStore>;
}

export interface AdminOptions {
  readonly url?: string;
  readonly key?: string;
}

/** Holds the caller's key when `--key` is absent. */
const KEY_VARIABLE = "SLUICE_API_KEY";

/** Adds the options for the address of the admin API and the caller's key. */
export function withEndpointOptions(command: Command): Command {
  return command
    .option("--url <url>", "address of the API, without a path (default: the local stack)")
    .option(
      "--key <source>",
      `source of your key, which needs the scope admin: ${SOURCE_FORM} (default: env:${KEY_VARIABLE})`,
    );
}

/** @throws {UserError} when no local stack runs and --url is absent, or when there is no key */
export function adminClient({ url, key }: AdminOptions, tools: AdminTools): AdminClient {
  const address = url ?? tools.localUrl();
  if (address === undefined)
    throw new UserError(
      "No local stack runs in this clone; start one with `npm start`, or set --url to the address of an API.",
    );
  checkHttpAddress("--url", address);
  return new AdminClient({ url: address, key: readKey(key ?? `env:${KEY_VARIABLE}`, tools) });
}

function readKey(written: string, tools: AdminTools): string {
  const source = textSource("--key", written);
  const key = textFrom("--key", source, tools)?.trim();
  const { from, name } = source;
  const where = from === "env" ? `the variable ${name}` : name;
  if (key !== undefined && key !== "") return sendableKey(`The key in ${where}`, key);
  throw new UserError(
    `There is no key in ${where}; create one with ` +
      "`sluice keys create --name NAME --scope admin` and store it there.",
  );
}
