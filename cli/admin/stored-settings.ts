import * as z from "zod";
import { AdminDeleted, AdminProvider } from "../../contracts/admin.ts";
import { UserError } from "../terminal/user-error.ts";
import { type AdminClient, AdminRefusal } from "./admin-client.ts";
import type { AdminTools } from "./admin-endpoint.ts";

export type Kind = "providers" | "routes";

/** Of the API's answers what the commands read; a newer gateway may say more. */
const Described = AdminProvider.pick({ name: true, source: true, version: true }).strip();
export const Put = Described.pick({ version: true });
export const Deleted = AdminDeleted.pick({ deleted: true }).strip();

/** Providers or routes with where they come from. */
export async function describedList<T>(client: AdminClient, kind: Kind, settings: z.ZodType<T>) {
  const list = z.object({ data: z.array(Described.extend({ settings })) });
  const { data } = await client.call({ method: "GET", path: `/admin/${kind}` }, list);
  return data;
}

/**
 * Puts a provider or route where there is none of this name, unless it shall take another's place.
 * @returns its version
 * @throws {UserError}
 */
export async function putNew(options: {
  readonly client: AdminClient;
  readonly kind: Kind;
  readonly name: string;
  readonly settings: unknown;
  readonly replace: boolean;
}): Promise<number> {
  const { client, kind, name, settings, replace } = options;
  const isThere = new UserError(
    `There is a ${kind.slice(0, -1)} ${name} already; add --replace to put this in its place.`,
  );
  if (!replace && (await describedList(client, kind, z.unknown())).some((item) => item.name === name)) throw isThere;
  try {
    const call = { method: "PUT", path: pathOf(kind, name), body: settings, onlyNew: !replace } as const;
    return (await client.call(call, Put)).version;
  } catch (error) {
    throw error instanceof AdminRefusal && error.code === "version_conflict" ? isThere : error;
  }
}

/** Takes back a change. */
export async function removed(options: {
  readonly client: AdminClient;
  readonly kind: Kind;
  readonly name: string;
  readonly tools: AdminTools;
}): Promise<void> {
  const { client, kind, name, tools } = options;
  const known = (await describedList(client, kind, z.unknown())).find((item) => item.name === name);
  const noun = kind.slice(0, -1);
  if (known === undefined) throw new UserError(`There is no ${noun} ${name}; \`sluice ${kind} list\` shows the names.`);
  if (known.source === "declared")
    throw new UserError(
      `The ${noun} ${name} is declared in the environment file and was not changed; remove it there and deploy.`,
    );
  await client.call({ method: "DELETE", path: pathOf(kind, name) }, Deleted);
  const isLeft = (await describedList(client, kind, z.unknown())).some((item) => item.name === name);
  tools.print(
    `Removed ${name}${isLeft ? "; what the environment declares is in use again" : ""} (within 5 s everywhere).`,
  );
}

export function pathOf(kind: Kind, name: string): string {
  return `/admin/${kind}/${encodeURIComponent(name)}`;
}
