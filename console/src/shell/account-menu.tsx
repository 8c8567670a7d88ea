import { defineMessages } from "../i18n/messages.ts";
import { useTexts } from "../i18n/translate.ts";
import { signOut } from "../session/keep-session.ts";
import { useSession } from "../session/session.ts";
import { SHELL_MESSAGES } from "./messages.ts";
import { PreferenceFields } from "./preference-fields.tsx";

const MESSAGES = defineMessages(
  {
    adminKey: "Signed in with an admin key",
    signOut: "Sign out",
  },
  {
    adminKey: "Mit einem Admin-Schlüssel angemeldet",
    signOut: "Abmelden",
  },
);

const ID = "account-menu";

/** Who is signed in, how the console looks, and the end of the session. A popover of the browser: Escape closes it. */
export function AccountMenu() {
  const t = useTexts(MESSAGES);
  const account = useTexts(SHELL_MESSAGES)("account");
  const session = useSession(({ session: now }) => now);
  const name = session.kind === "person" ? (session.user.name ?? session.user.email) : undefined;
  return (
    <>
      <button type="button" className="button quiet" popoverTarget={ID}>
        {account}
      </button>
      <div id={ID} popover="auto" className="menu">
        {name === undefined ? (
          <p>{t("adminKey")}</p>
        ) : (
          <p translate="no">
            <strong>{name}</strong>
          </p>
        )}
        <PreferenceFields />
        <button type="button" className="button" onClick={() => void signOut()}>
          {t("signOut")}
        </button>
      </div>
    </>
  );
}
