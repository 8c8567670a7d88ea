import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { AdminProviderList, AdminRouteList } from "../../../../contracts/api/admin.ts";
import { announce } from "../../components/announcer.tsx";
import { gatewayAdmin } from "../service/gateway-admin.ts";

export type ShownRoute = (typeof AdminRouteList)["_output"]["data"][number];
export type ShownProvider = (typeof AdminProviderList)["_output"]["data"][number];

const ROUTES_KEY = ["admin-routes"] as const;

export function routesQuery(apiUrl: string) {
  return queryOptions({
    queryKey: ROUTES_KEY,
    queryFn: async ({ signal }) =>
      (await gatewayAdmin<{ readonly data: readonly ShownRoute[] }>(apiUrl, { path: "/routes", signal })).data,
  });
}

export function providersQuery(apiUrl: string) {
  return queryOptions({
    queryKey: ["admin-providers"],
    queryFn: async ({ signal }) =>
      (await gatewayAdmin<{ readonly data: readonly ShownProvider[] }>(apiUrl, { path: "/providers", signal })).data,
  });
}

/** A change of a route, after which routes are read again and the message is announced. */
export function useRouteChange<Input>(change: (input: Input) => Promise<unknown>, message: string, done: () => void) {
  const queries = useQueryClient();
  return useMutation<unknown, Error, Input>({
    mutationFn: change,
    onSuccess: async () => {
      announce(message);
      done();
      await queries.invalidateQueries({ queryKey: ROUTES_KEY });
    },
  });
}

/** Path of a route below `/admin`. */
export function routePath(name: string): string {
  return `/routes/${encodeURIComponent(name)}`;
}
