import { defineMessages } from "../../i18n/messages.ts";

/** Texts of the dialogs alone, which are loaded when one is opened. */
export const DIALOG_MESSAGES = defineMessages(
  {
    deleteOwn: "You are signed in with this key: deleting it signs you out, and you need another one to come back.",
  },
  {
    deleteOwn:
      "Sie sind mit diesem Schlüssel angemeldet: Das Löschen meldet Sie ab, und Sie brauchen einen anderen, um wiederzukommen.",
  },
);
