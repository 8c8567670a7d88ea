import { defineMessages } from "../../i18n/messages.ts";

export const MESSAGES = defineMessages(
  {
    pricesTitle: "Prices",
    pricesLead: "Dollars for a million tokens. Each kind excludes the others.",
    noPrices: "No pool has a price, and there are no providers.",
    model: "Model",
    input: "Input",
    output: "Output",
    cached: "Read from cache",
    written: "Written to cache",
    reasoning: "Reasoning",
    valid: "Valid",
    always: "Outside of changes",
    from: "From {from}",
    fromTo: "{from} to {to}",
  },
  {
    pricesTitle: "Preise",
    pricesLead: "Dollar für eine Million Token. Jede Art schließt die anderen aus.",
    noPrices: "Kein Pool hat einen Preis, und es gibt keine Anbieter.",
    model: "Modell",
    input: "Eingabe",
    output: "Ausgabe",
    cached: "Aus dem Cache gelesen",
    written: "In den Cache geschrieben",
    reasoning: "Nachdenken",
    valid: "Gültig",
    always: "Außerhalb von Änderungen",
    from: "Ab {from}",
    fromTo: "{from} bis {to}",
  },
);
