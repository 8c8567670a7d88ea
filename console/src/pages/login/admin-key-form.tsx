import { useMutation } from "@tanstack/react-query";
import { useRouteContext } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { createApiClient } from "../../api/api-client.ts";
import { ApiError } from "../../api/api-error.ts";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { setSession } from "../../session/session.ts";
import { MESSAGES } from "./messages.ts";

/** Signs in with an admin key, which is tried before. @param isOpen whether the form is shown at once */
export function AdminKeyForm({ isOpen }: { readonly isOpen: boolean }) {
  const t = useTexts(MESSAGES);
  const { config } = useRouteContext({ from: "__root__" });
  const [key, setKey] = useState("");
  const [isWrong, setWrong] = useState(false);
  const signIn = useMutation({
    mutationFn: async () => {
      const client = createApiClient(config.apiUrl, { key: () => key.trim(), renew: async () => false });
      await client.call("listProjects", { query: { limit: 1 } }).catch((error: unknown) => {
        // A key without the permission to list projects is a key all the same.
        if (!(error instanceof ApiError) || error.kind !== "forbidden") throw error;
      });
    },
    onSuccess: () => setSession({ kind: "admin-key", key: key.trim() }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const isFormed = /^sk-admin-\S+$/.test(key.trim());
    setWrong(!isFormed);
    if (isFormed && !signIn.isPending) signIn.mutate();
  };
  const isRefused = signIn.error instanceof ApiError && signIn.error.kind === "unauthorized";
  return (
    <details className="disclosure" open={isOpen}>
      <summary>{t("withKey")}</summary>
      <form className="form" onSubmit={submit} noValidate>
        <label htmlFor="admin-key">{t("adminKey")}</label>
        <input
          id="admin-key"
          type="password"
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          value={key}
          aria-invalid={isWrong || isRefused}
          aria-describedby="admin-key-hint"
          onChange={({ target }) => setKey(target.value)}
        />
        <p id="admin-key-hint" className="hint">
          {isWrong ? t("adminKeyForm") : t.rich("adminKeyHint", { code: (text) => <code translate="no">{text}</code> })}
        </p>
        <button type="submit" className="button primary" aria-disabled={signIn.isPending}>
          {signIn.isPending ? t("checking") : t("signInTitle")}
        </button>
        {isRefused ? (
          <p className="notice" role="alert">
            {t("refused")}
          </p>
        ) : signIn.error === null ? undefined : (
          <Problem error={signIn.error} />
        )}
      </form>
    </details>
  );
}
