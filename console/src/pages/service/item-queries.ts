import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouteContext } from "@tanstack/react-router";
import type { AdminPrice, AdminProviderList, AdminRouteList } from "../../../../contracts/api/admin.ts";
import { ApiError } from "../../api/api-error.ts";
import { announce } from "../../components/announcer.tsx";
import { gatewayAdmin } from "./gateway-admin.ts";

export type ShownRoute = (typeof AdminRouteList)["_output"]["data"][number];
export type ShownProvider = (typeof AdminProviderList)["_output"]["data"][number];

const ROUTES_KEY = ["admin-routes"] as const;
const PROVIDERS_KEY = ["admin-providers"] as const;
const PRICES_KEY = ["admin-prices"] as const;

export function routesQuery(apiUrl: string) {
  return queryOptions({
    queryKey: ROUTES_KEY,
    queryFn: async ({ signal }) =>
      (await gatewayAdmin<{ readonly data: readonly ShownRoute[] }>(apiUrl, { path: "/routes", signal })).data,
  });
}

export function providersQuery(apiUrl: string) {
  return queryOptions({
    queryKey: PROVIDERS_KEY,
    queryFn: async ({ signal }) =>
      (await gatewayAdmin<{ readonly data: readonly ShownProvider[] }>(apiUrl, { path: "/providers", signal })).data,
  });
}

/** Prices of our own pools. Gateways of earlier releases list none. */
export function pricesQuery(apiUrl: string) {
  return queryOptions({
    queryKey: PRICES_KEY,
    queryFn: async ({ signal }) => {
      try {
        return (await gatewayAdmin<{ readonly data: readonly AdminPrice[] }>(apiUrl, { path: "/prices", signal })).data;
      } catch (error) {
        if (error instanceof ApiError && error.kind === "missing") return [];
        throw error;
      }
    },
  });
}

/** What is changed, in the version in which it was read. */
interface Item {
  readonly name: string;
  readonly version: number;
}

const KINDS = {
  route: { queryKey: ROUTES_KEY, path: routePath },
  provider: { queryKey: PROVIDERS_KEY, path: providerPath },
  price: { queryKey: PRICES_KEY, path: pricePath },
} as const;
export type ItemKind = keyof typeof KINDS;

/** Stores settings of a route or provider, or a pool's price. `isConflict`: somebody else changed it since it was read. */
export function useSaveItem<Settings>(kind: ItemKind, item: Item, message: string, done: () => void) {
  const save = useItemChange(kind, item, (body: Settings) => ({ method: "PUT", body }), message, done);
  return { ...save, isConflict: isConflict(save.error) };
}

/** Takes back what was changed of a route, a provider or a pool's price at run time. */
export function useRestoreItem(kind: ItemKind, item: Item, message: string, done: () => void) {
  return useItemChange<void>(kind, item, () => ({ method: "DELETE" }), message, done);
}

/**
 * A change, after which the items of its kind are read again and the message is announced. They are read again as well where somebody
 * else was first, so that a dialog that is opened anew begins with what is there.
 */
export function useItemChange<Input>(
  kind: ItemKind,
  { name, version }: Item,
  callOf: (input: Input) => { readonly method: "PUT" | "DELETE"; readonly body?: unknown },
  message: string,
  done: () => void,
) {
  const queries = useQueryClient();
  const { config } = useRouteContext({ from: "__root__" });
  const { queryKey, path } = KINDS[kind];
  return useMutation<unknown, Error, Input>({
    mutationFn: (input) => gatewayAdmin(config.apiUrl, { ...callOf(input), path: path(name), ifMatch: `"${version}"` }),
    onSuccess: async () => {
      announce(message);
      done();
      await queries.invalidateQueries({ queryKey });
    },
    onError: async (error) => {
      if (isConflict(error)) await queries.invalidateQueries({ queryKey });
    },
  });
}

function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.kind === "conflict";
}

/** Path of a route below `/admin`. */
export function routePath(name: string): string {
  return `/routes/${encodeURIComponent(name)}`;
}

/** Path of a provider below `/admin`. */
export function providerPath(name: string): string {
  return `/providers/${encodeURIComponent(name)}`;
}

/** Path of a pool's price below `/admin`. */
export function pricePath(name: string): string {
  return `/prices/${encodeURIComponent(name)}`;
}
