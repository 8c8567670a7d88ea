import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { UserError } from "../terminal/user-error.ts";
import { AdminClient } from "./admin-client.ts";

/** What the commands over the admin API need from around them. */
export interface AdminTools {
  print(text: string): void;
  /** Address of a gateway of the local stack; `undefined` when none runs. */
  localUrl(): string | undefined;
  /** An environment variable. */
  variable(name: string): string | undefined;
}

export interface AdminOptions {
  readonly url?: string;
  readonly key?: string;
}

/** Where the caller's key is when `--key` does not say. */
const KEY_VARIABLE = "SLUICE_API_KEY";
const FORM = "env:NAME or file:PATH";

/** The options that say which service is meant. */
export function withPlace(command: Command): Command {
  return command
    .option("--url <url>", "address of the API, without a path (default: the local stack)")
    .option("--key <where>", `where your key with the scope admin is: ${FORM} (default: env:${KEY_VARIABLE})`);
}

/** @throws {UserError} when there is no service, or no key */
export function adminClient({ url, key }: AdminOptions, tools: AdminTools): AdminClient {
  const address = url ?? tools.localUrl();
  if (address === undefined)
    throw new UserError("No local stack runs in this clone; start it with `npm start`, or give the API's --url.");
  if (!/^https?:$/.test(URL.parse(address)?.protocol ?? ""))
    throw new UserError(`--url must be an http(s) address, got ${address}; write it as https://api.example.com.`);
  return new AdminClient({ url: address, key: readKey(key ?? `env:${KEY_VARIABLE}`, tools) });
}

/** The key itself is not taken: arguments stand in the shell's history and in the list of processes. */
function readKey(where: string, tools: AdminTools): string {
  const [, from, place = ""] = /^(env|file):(.+)$/.exec(where) ?? [];
  if (from === undefined)
    throw new UserError(
      `--key must say where the key is, not the key itself; write ${FORM} (it is not repeated here).`,
    );
  const key = from === "env" ? tools.variable(place) : readText(place);
  if (key !== undefined && key.trim() !== "") return key.trim();
  throw new UserError(
    `There is no key in ${from === "env" ? `the variable ${place}` : place}; make one with \`sluice keys create --name NAME --scope admin\` and put it there.`,
  );
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new UserError(`--key must name a file that can be read, got file:${file}.`);
  }
}
