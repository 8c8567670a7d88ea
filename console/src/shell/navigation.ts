import { linkOptions, useRouteContext } from "@tanstack/react-router";
import { defineMessages } from "../i18n/messages.ts";
import { useSession } from "../session/session.ts";

/** Names of the pages, for navigation and command palette. */
export const PAGE_NAMES = defineMessages(
  {
    dashboard: "Dashboard",
    ownKeys: "Your keys",
    keys: "API keys",
    playground: "Playground",
    history: "History",
    admin: "Administration",
  },
  {
    dashboard: "Übersicht",
    ownKeys: "Ihre Schlüssel",
    keys: "API-Schlüssel",
    playground: "Playground",
    history: "Verlauf",
    admin: "Verwaltung",
  },
);

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
