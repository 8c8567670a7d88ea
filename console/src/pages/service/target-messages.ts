import { defineMessages } from "../../i18n/messages.ts";

/** The state of a target, which pages of providers show too. */
export const TARGET_MESSAGES = defineMessages(
  {
    state: "State",
    available: "Available",
    unavailable: "Not available",
    breaker_closed: "Breaker closed",
    breaker_open: "Breaker open",
    "breaker_half-open": "Breaker half open",
    breaker_ramping: "Ramping up",
    health_ok: "Health check passed",
    health_failed: "Health check failed",
    health_unknown: "Health not known yet",
    spend: "Spent this month",
    routes: "Routes",
    isForced: "First by hand",
    isDrained: "Drained by hand",
  },
  {
    state: "Stand",
    available: "Verfügbar",
    unavailable: "Nicht verfügbar",
    breaker_closed: "Sicherung geschlossen",
    breaker_open: "Sicherung offen",
    "breaker_half-open": "Sicherung halb offen",
    breaker_ramping: "Läuft an",
    health_ok: "Prüfung bestanden",
    health_failed: "Prüfung fehlgeschlagen",
    health_unknown: "Noch nicht geprüft",
    spend: "In diesem Monat",
    routes: "Routen",
    isForced: "Zuerst, von Hand",
    isDrained: "Geleert, von Hand",
  },
);
