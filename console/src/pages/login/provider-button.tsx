import { useMutation } from "@tanstack/react-query";
import { useRouteContext } from "@tanstack/react-router";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { MESSAGES } from "./messages.ts";

/** Leaves for the provider's page. @param to path of the console to come back to */
export function ProviderButton({ to }: { readonly to: string | undefined }) {
  const t = useTexts(MESSAGES);
  const { config } = useRouteContext({ from: "__root__" });
  const begin = useMutation({
    mutationFn: async () => (await import("../../session/sign-in.ts")).beginSignIn(config.apiUrl, to),
  });
  return (
    <>
      <button
        type="button"
        className="button primary wide"
        aria-disabled={begin.isPending}
        onClick={() => {
          if (!begin.isPending) begin.mutate();
        }}
      >
        {begin.isPending ? t("checking") : t("withProvider")}
      </button>
      {begin.error === null ? undefined : <Problem error={begin.error} />}
    </>
  );
}
