import { linkOptions } from "@tanstack/react-router";
import { defineMessages } from "../i18n/messages.ts";

/** Names of the pages, for navigation and command palette. */
export const PAGE_NAMES = defineMessages(
  { dashboard: "Dashboard", keys: "API keys", playground: "Playground", history: "History", admin: "Administration" },
  { dashboard: "Übersicht", keys: "API-Schlüssel", playground: "Playground", history: "Verlauf", admin: "Verwaltung" },
);

/** The pages that the navigation and the command palette list, in their order. */
export const NAVIGATION = [
  { name: "dashboard", link: linkOptions({ to: "/dashboard" }) },
  { name: "keys", link: linkOptions({ to: "/keys" }) },
  { name: "playground", link: linkOptions({ to: "/playground" }) },
  { name: "history", link: linkOptions({ to: "/history" }) },
  { name: "admin", link: linkOptions({ to: "/admin/users" }) },
] as const satisfies readonly {
  readonly name: keyof (typeof PAGE_NAMES)["en"];
  readonly link: object;
}[];
