import { defineMessages } from "../../i18n/messages.ts";

export const MESSAGES = defineMessages(
  {
    signInTitle: "Sign in",
    signUpTitle: "Sign up",
    signInLead: "Keys, usage and models of {name}.",
    signUpInvited:
      "People come in by invitation: sign in with the address that was invited, and the invitation is accepted.",
    signUpOpen: "Sign in with your company's address. Your account is made at the first sign-in.",
    signUpAny: "Sign in with any address that the provider has verified. Your account is made at the first sign-in.",
    signUpOwnProject: "You get a project of your own, in which you can use models at once.",
    signUpClosed: "People do not sign in here. Ask your operator for an admin key.",
    withProvider: "Continue with single sign-on",
    withKey: "Sign in with an admin key",
    adminKey: "Admin key",
    adminKeyHint:
      "Made by <code>sluice admin-keys create</code>. It stays in this window's memory, and is gone when you reload.",
    adminKeyForm: "An admin key begins with sk-admin-.",
    checking: "Signing in",
    expired: "Your session has ended. Sign in again.",
    refused: "The service does not accept this key: it is wrong, has ended or was deleted.",
    unreachable: "The service could not be reached, so you may have to sign in again.",
    again: "The sign-in could not be finished. Start it again.",
    invited: "No account yet?",
    known: "You have an account?",
  },
  {
    signInTitle: "Anmelden",
    signUpTitle: "Registrieren",
    signInLead: "Schlüssel, Nutzung und Modelle von {name}.",
    signUpInvited:
      "Man kommt auf Einladung herein: Melden Sie sich mit der eingeladenen Adresse an, dann ist die Einladung angenommen.",
    signUpOpen: "Melden Sie sich mit der Adresse Ihrer Firma an. Ihr Konto entsteht bei der ersten Anmeldung.",
    signUpAny:
      "Melden Sie sich mit einer Adresse an, die der Anbieter geprüft hat. Ihr Konto entsteht bei der ersten Anmeldung.",
    signUpOwnProject: "Sie bekommen ein eigenes Projekt, in dem Sie Modelle sofort verwenden können.",
    signUpClosed: "Hier melden sich keine Personen an. Bitten Sie Ihren Betreiber um einen Admin-Schlüssel.",
    withProvider: "Weiter mit Single Sign-on",
    withKey: "Mit einem Admin-Schlüssel anmelden",
    adminKey: "Admin-Schlüssel",
    adminKeyHint:
      "<code>sluice admin-keys create</code> erstellt ihn. Er bleibt im Speicher dieses Fensters und ist nach dem Neuladen weg.",
    adminKeyForm: "Ein Admin-Schlüssel beginnt mit sk-admin-.",
    checking: "Anmeldung läuft",
    expired: "Ihre Sitzung ist zu Ende. Melden Sie sich wieder an.",
    refused: "Der Dienst nimmt diesen Schlüssel nicht an: Er ist falsch, abgelaufen oder gelöscht.",
    unreachable: "Der Dienst war nicht zu erreichen; vielleicht müssen Sie sich wieder anmelden.",
    again: "Die Anmeldung konnte nicht abgeschlossen werden. Beginnen Sie sie noch einmal.",
    invited: "Noch kein Konto?",
    known: "Sie haben ein Konto?",
  },
);
