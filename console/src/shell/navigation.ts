import { linkOptions, useRouteContext } from "@tanstack/react-router";
import { useSession } from "../session/session.ts";
import type { PAGE_NAMES } from "./messages.ts";

const NAVIGATION = [
  { name: "dashboard", link: linkOptions({ to: "/dashboard" }) },
  { name: "ownKeys", link: linkOptions({ to: "/own-keys" }) },
  { name: "keys", link: linkOptions({ to: "/keys" }) },
  { name: "playground", link: linkOptions({ to: "/playground" }) },
  { name: "history", link: linkOptions({ to: "/history" }) },
  { name: "admin", link: linkOptions({ to: "/admin/users" }) },
] as const satisfies readonly {
  readonly name: keyof (typeof PAGE_NAMES)["en"];
  readonly link: object;
}[];

/** The pages that the navigation and the command palette list, in their order. An admin key has no keys of its own. */
export function useNavigation() {
  const { config } = useRouteContext({ from: "__root__" });
  const isPerson = useSession(({ session }) => session.kind === "person");
  return NAVIGATION.filter(({ name }) => name !== "ownKeys" || (isPerson && config.memberKeys !== undefined));
}
