import { defineMessages } from "../i18n/messages.ts";
import { useTexts } from "../i18n/translate.ts";
import { signOut } from "../session/keep-session.ts";
import { useSession } from "../session/session.ts";
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

/** Who is signed in, how the console looks, and the end of the session. */
export default function AccountMenu() {
  const t = useTexts(MESSAGES);
  const session = useSession(({ session: now }) => now);
  const name = session.kind === "person" ? (session.user.name ?? session.user.email) : undefined;
  return (
    <>
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
    </>
  );
}
