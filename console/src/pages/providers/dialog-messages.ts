import { defineMessages } from "../../i18n/messages.ts";

/** Texts of the dialogs alone, which are loaded when one is opened. */
export const DIALOG_MESSAGES = defineMessages(
  {
    changeTitle: "Limits of {name}",
    changeText:
      "Gateways follow within five seconds. Endpoint, key and models are changed in the environment file or by the command line.",
    rateField: "Rate limit in requests, empty for none",
    rateWindow: "In a",
    per_minute: "minute",
    per_hour: "hour",
    capField: "Cap of a month in US dollars, empty for none",
    emergencyField: "Only when no other target can take a request",
    bounds: "From {min} to {max}.",
    save: "Save",
    saved: "The provider was changed.",
    restoreTitle: "Restore {name}?",
    restoreText: "What the environment file declares is used again; a provider that it does not declare is gone.",
    restored: "The declaration is used again.",
  },
  {
    changeTitle: "Grenzen von {name}",
    changeText:
      "Gateways folgen innerhalb von fünf Sekunden. Adresse, Schlüssel und Modelle ändern Sie in der Umgebungsdatei oder mit der Kommandozeile.",
    rateField: "Ratengrenze in Anfragen, leer für keine",
    rateWindow: "Je",
    per_minute: "Minute",
    per_hour: "Stunde",
    capField: "Obergrenze im Monat in US-Dollar, leer für keine",
    emergencyField: "Nur wenn kein anderes Ziel eine Anfrage annehmen kann",
    bounds: "Von {min} bis {max}.",
    save: "Speichern",
    saved: "Der Anbieter wurde geändert.",
    restoreTitle: "{name} zurücksetzen?",
    restoreText: "Es gilt wieder, was die Umgebungsdatei sagt; ein Anbieter, der dort nicht steht, ist weg.",
    restored: "Die Umgebungsdatei gilt wieder.",
  },
);
