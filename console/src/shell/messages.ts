import { defineMessages } from "../i18n/messages.ts";

/** Texts of the frame around the pages. */
export const SHELL_MESSAGES = defineMessages(
  {
    skip: "Skip to content",
    pages: "Pages",
    search: "Commands",
    account: "Account",
    environment: "Environment {name}",
  },
  {
    skip: "Zum Inhalt springen",
    pages: "Seiten",
    search: "Befehle",
    account: "Konto",
    environment: "Umgebung {name}",
  },
);

/** Names of the pages, for navigation and command palette, in their order. */
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
