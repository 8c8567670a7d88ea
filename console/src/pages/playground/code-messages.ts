import { defineMessages } from "../../i18n/messages.ts";

export const CODE_MESSAGES = defineMessages(
  {
    codeTitle: "This request as code",
    codeLead: "The key is read from the environment variable OPENAI_API_KEY.",
    codeLanguage: "Language",
    copy: "Copy",
    close: "Close",
  },
  {
    codeTitle: "Diese Anfrage als Code",
    codeLead: "Der Schlüssel wird aus der Umgebungsvariable OPENAI_API_KEY gelesen.",
    codeLanguage: "Sprache",
    copy: "Kopieren",
    close: "Schließen",
  },
);
