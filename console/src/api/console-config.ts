import type { MemberKeys } from "../../../contracts/control/project-keys.ts";
import type { SiteConfig } from "../../../contracts/processes/site-config.ts";
import { isRecord } from "../../../lib/is-record.ts";
import { parseJson } from "../../../lib/parse-json.ts";

/** What the console needs of `/config.json`. */
export interface ConsoleConfig extends Pick<SiteConfig, "environment" | "title" | "apiUrl" | "models"> {
  /** Whether people sign in at an OpenID provider; else with an admin key. */
  readonly people: boolean;
  /** How people may make keys for themselves; `undefined` where they may not. */
  readonly memberKeys: MemberKeys | undefined;
}

/** Reads `/config.json`, which the site stack writes. @throws Error whose message says what is wrong with it */
export async function loadConsoleConfig(): Promise<ConsoleConfig> {
  const response = await fetch("/config.json");
  if (!response.ok) throw new Error(`/config.json: status ${response.status}`);
  return consoleConfig(parseJson(await response.text()));
}

/** @throws Error whose message names the field, the rule and the remedy */
export function consoleConfig(value: unknown): ConsoleConfig {
  const { environment, title, apiUrl, models, console } = isRecord(value) ? value : {};
  if (typeof environment !== "string" || typeof title !== "string" || typeof apiUrl !== "string")
    throw new Error("/config.json: environment, title and apiUrl must be texts; deploy the site stack again");
  if (!isRecord(console) || typeof console.people !== "boolean")
    throw new Error("/config.json: console is missing; set site.console to on and deploy the site stack again");
  return {
    environment,
    title,
    apiUrl: apiUrl.replace(/\/+$/, ""),
    models: Array.isArray(models) ? models.filter(isModel) : [],
    people: console.people,
    memberKeys: memberKeysOf(console.memberKeys),
  };
}

function memberKeysOf(value: unknown): MemberKeys | undefined {
  if (!isRecord(value)) return undefined;
  const { perPerson, maxDays } = value;
  return typeof perPerson === "number" && typeof maxDays === "number" ? { perPerson, maxDays } : undefined;
}

function isModel(value: unknown): value is SiteConfig["models"][number] {
  return isRecord(value) && typeof value.id === "string" && typeof value.displayName === "string";
}
