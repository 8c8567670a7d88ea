import { useQuery } from "@tanstack/react-query";
import { Link, useRouteContext, useSearch } from "@tanstack/react-router";
import { Loading } from "../../components/loading.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { signInPolicy } from "../../session/sign-in-policy.ts";
import { Entrance } from "./entrance.tsx";
import { MESSAGES } from "./messages.ts";
import { ProviderButton } from "./provider-button.tsx";

/** Who comes in. */
const LEADS = { invited: "signUpInvited", domains: "signUpOpen", any: "signUpAny" } as const;

/** Says how people come in, and begins. An account is made by the first sign-in. */
export function SignupPage() {
  const t = useTexts(MESSAGES);
  const { config } = useRouteContext({ from: "__root__" });
  const { to } = useSearch({ from: "/signup" });
  const policy = useQuery({
    queryKey: ["sign-in"],
    queryFn: () => signInPolicy(config.apiUrl),
    enabled: config.people,
  });
  const known = (
    <p className="quiet">
      {t("known")} <Link to="/login">{t("signInTitle")}</Link>
    </p>
  );
  if (!config.people)
    return (
      <Entrance title={t("signUpTitle")} lead={t("signUpClosed")}>
        {known}
      </Entrance>
    );
  if (policy.isPending) return <Loading />;
  const { admit = "invited", hasOwnProject = false } = policy.data ?? {};
  return (
    <Entrance title={t("signUpTitle")} lead={t(LEADS[admit])}>
      {hasOwnProject ? <p className="quiet">{t("signUpOwnProject")}</p> : undefined}
      {policy.error === null ? undefined : <Problem error={policy.error} onRetry={() => void policy.refetch()} />}
      <ProviderButton to={to} />
      {known}
    </Entrance>
  );
}
