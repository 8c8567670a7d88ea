import * as z from "zod";
import { AdminDeleted, AdminProvider } from "../../contracts/api/admin.ts";
import { UserError } from "../terminal/user-error.ts";
import { type AdminClient, AdminRefusal } from "./admin-client.ts";
import type { AdminTools } from "./admin-endpoint.ts";

export type Kind = "providers" | "routes" | "prices";

/** The fields of the API's responses that the commands read; a newer gateway may send more. */
const Stored = AdminProvider.pick({ name: true, source: true, version: true }).strip();
export const Put = Stored.pick({ version: true });
export const Deleted = AdminDeleted.pick({ deleted: true }).strip();

/** Providers, routes or prices of pools, each with its source: declared in the environment file, or changed at run time. */
export async function storedList<T>(client: AdminClient, kind: Kind, settings: z.ZodType<T>) {
  const list = z.object({ data: z.array(Stored.extend({ settings })) });
  const { data } = await client.call({ method: "GET", path: `/admin/${kind}` }, list);
  return data;
}

/**
 * Stores the settings of a provider or route. Without `replace` the name must be unused.
 * @returns its version
 * @throws {UserError}
 */
export async function putSettings(options: {
  readonly client: AdminClient;
  readonly kind: Kind;
  readonly name: string;
  readonly settings: unknown;
  readonly replace: boolean;
}): Promise<number> {
  const { client, kind, name, settings, replace } = options;
  const alreadyExists = new UserError(`The ${kind.slice(0, -1)} ${name} already exists; add --replace to replace it.`);
  if (!replace && (await storedList(client, kind, z.unknown())).some((item) => item.name === name)) throw alreadyExists;
  try {
    const call = { method: "PUT", path: pathOf(kind, name), body: settings, onlyNew: !replace } as const;
    return (await client.call(call, Put)).version;
  } catch (error) {
    throw error instanceof AdminRefusal && error.code === "version_conflict" ? alreadyExists : error;
  }
}

/** Removes what was added or changed at run time; a declared one with the same name is used again. */
export async function removeStored(options: {
  readonly client: AdminClient;
  readonly kind: Kind;
  readonly name: string;
  readonly tools: AdminTools;
}): Promise<void> {
  const { client, kind, name, tools } = options;
  const known = (await storedList(client, kind, z.unknown())).find((item) => item.name === name);
  const noun = kind.slice(0, -1);
  if (known === undefined) throw new UserError(`There is no ${noun} ${name}; \`sluice ${kind} list\` shows the names.`);
  if (known.source === "declared")
    throw new UserError(
      `The ${noun} ${name} is declared in the environment file and was not changed; remove it there and deploy.`,
    );
  await client.call({ method: "DELETE", path: pathOf(kind, name) }, Deleted);
  const isLeft = (await storedList(client, kind, z.unknown())).some((item) => item.name === name);
  tools.print(
    `Removed ${name}${isLeft ? "; its declaration in the environment file is used again" : ""} ` +
      "(all gateways follow within 5 s).",
  );
}

export function pathOf(kind: Kind, name: string): string {
  return `/admin/${kind}/${encodeURIComponent(name)}`;
}
