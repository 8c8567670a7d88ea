import { Link, useRouteContext, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Loading } from "../../components/loading.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { OPENED_WITH } from "../../session/opened-with.ts";
import { setSession, useSession } from "../../session/session.ts";
import { AdminKeyForm } from "./admin-key-form.tsx";
import { Entrance } from "./entrance.tsx";
import { MESSAGES } from "./messages.ts";
import { ProviderButton } from "./provider-button.tsx";

/** Signs people in at their provider, and administrators with a key. The provider sends the browser back here. */
export function LoginPage() {
  const t = useTexts(MESSAGES);
  const { config } = useRouteContext({ from: "__root__" });
  const { to } = useSearch({ from: "/login" });
  const reason = useSession(({ session }) => (session.kind === "signed-out" ? session.reason : undefined));
  const { isFinishing, error } = useFinishedSignIn(config.people);
  if (isFinishing) return <Loading />;
  return (
    <Entrance title={t("signInTitle")} lead={t("signInLead", { name: config.title })}>
      {reason === undefined || reason === "signed-out" ? undefined : (
        <p className="notice" role="status">
          {t(reason)}
        </p>
      )}
      {error === undefined ? undefined : (
        <>
          <p>{t("again")}</p>
          <Problem error={error} />
        </>
      )}
      {config.people ? (
        <>
          <ProviderButton to={to} />
          <p className="quiet">
            {t("invited")} <Link to="/signup">{t("signUpTitle")}</Link>
          </p>
        </>
      ) : undefined}
      <AdminKeyForm isOpen={!config.people} />
    </Entrance>
  );
}

let finishing: Promise<void> | undefined;

/** Finishes the sign-in that the provider's response belongs to, once for the page however often it is rendered. */
function useFinishedSignIn(people: boolean): { readonly isFinishing: boolean; readonly error: unknown } {
  const isResponse = people && OPENED_WITH.has("state");
  const [state, setState] = useState<{ isFinishing: boolean; error: unknown }>({
    isFinishing: isResponse,
    error: undefined,
  });
  useEffect(() => {
    if (!isResponse) return;
    finishing ??= finish();
    finishing.then(
      () => undefined,
      (error: unknown) => setState({ isFinishing: false, error }),
    );
  }, [isResponse]);
  return state;
}

async function finish(): Promise<void> {
  // The library for the sign-in is loaded when it is needed alone.
  const { finishSignIn } = await import("../../session/sign-in.ts");
  const { session, to } = await finishSignIn(OPENED_WITH);
  // A code is used once: it must not be in the address when the page is loaded again.
  history.replaceState(null, "", to === undefined ? "/login" : `/login?${new URLSearchParams({ to })}`);
  setSession({ kind: "person", ...session });
}
