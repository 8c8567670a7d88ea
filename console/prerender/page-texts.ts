import type { ConsolePage } from "../../contracts/site/console-pages.ts";
import type { Messages, Texts } from "../src/i18n/messages.ts";
import { MESSAGES as ADMINISTRATION } from "../src/pages/admin/messages.ts";
import { MESSAGES as DASHBOARD } from "../src/pages/dashboard/messages.ts";
import { MESSAGES as HISTORY } from "../src/pages/history/messages.ts";
import { MESSAGES as KEYS } from "../src/pages/keys/messages.ts";
import { MESSAGES as OWN_KEYS } from "../src/pages/own-keys/messages.ts";
import { MESSAGES as PLAYGROUND } from "../src/pages/playground/messages.ts";
import type { PAGE_NAMES } from "../src/shell/messages.ts";

/** Title and lead of a page, as its `PageTitle` shows them at first. */
export interface PageTexts {
  readonly messages: Messages<Texts>;
  readonly title: string;
  readonly lead: string;
  /** Of the placeholders. @default - there are none */
  readonly values?: Readonly<Record<string, string>>;
  /** Parameter of the address with which the page shows others. @default - there is none */
  readonly unless?: string;
  /** Setting without which the page shows others. @default - there is none */
  readonly needs?: "memberKeys";
  /** Of the navigation's link to the page. @default "admin" */
  readonly link?: keyof (typeof PAGE_NAMES)["en"];
}

const ofAdministration = (page: keyof (typeof ADMINISTRATION)["en"]): PageTexts => ({
  messages: ADMINISTRATION,
  title: page,
  lead: `${page}Lead`,
});
const NAMES = { title: "title", lead: "lead" } as const;

/** Of the pages of somebody who is signed in; those before the sign-in have nothing early. */
export const PAGE_TEXTS: Readonly<Record<Exclude<ConsolePage, "login" | "signup">, PageTexts>> = {
  dashboard: { messages: DASHBOARD, ...NAMES, values: { zone: "UTC" }, unless: "zone", link: "dashboard" },
  keys: { messages: KEYS, ...NAMES, link: "keys" },
  "own-keys": { messages: OWN_KEYS, ...NAMES, needs: "memberKeys", link: "ownKeys" },
  playground: { messages: PLAYGROUND, ...NAMES, link: "playground" },
  history: { messages: HISTORY, ...NAMES, unless: "chat", link: "history" },
  "admin/audit": ofAdministration("audit"),
  "admin/credits": ofAdministration("credits"),
  "admin/groups": ofAdministration("groups"),
  "admin/health": ofAdministration("health"),
  "admin/invites": ofAdministration("invites"),
  "admin/keys": ofAdministration("adminKeys"),
  "admin/limits": ofAdministration("limits"),
  "admin/live": ofAdministration("live"),
  "admin/logs": ofAdministration("logs"),
  "admin/members": ofAdministration("members"),
  "admin/projects": ofAdministration("projects"),
  "admin/providers": ofAdministration("providers"),
  "admin/retention": ofAdministration("retention"),
  "admin/roles": ofAdministration("roles"),
  "admin/routes": ofAdministration("routes"),
  "admin/targets": ofAdministration("targets"),
  "admin/users": ofAdministration("users"),
};
