import { defineMessages } from "../../i18n/messages.ts";

/** Texts of a connection's test, which are loaded with the first one. */
export const TEST_MESSAGES = defineMessages(
  {
    testing: "Connecting …",
    responds: "It responds, in {milliseconds} ms, and lists {count, plural, one {# model} other {# models}}.",
    failed: "It does not work.",
  },
  {
    testing: "Verbinde …",
    responds: "Er antwortet, nach {milliseconds} ms, und nennt {count, plural, one {# Modell} other {# Modelle}}.",
    failed: "Das geht nicht.",
  },
);
