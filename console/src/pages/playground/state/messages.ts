import { defineMessages } from "../../../i18n/messages.ts";

/** What is announced of requests. */
export const MESSAGES = defineMessages(
  {
    begins: "Sent to {count, plural, one {one model} other {# models}}.",
    ends: "{model} has finished.",
    wasStopped: "{model} was stopped.",
    fails: "{model} failed.",
  },
  {
    begins: "An {count, plural, one {ein Modell} other {# Modelle}} gesendet.",
    ends: "{model} ist fertig.",
    wasStopped: "{model} wurde angehalten.",
    fails: "{model} ist fehlgeschlagen.",
  },
);
