import { useMutation } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { api } from "../../api/queries.ts";
import { announce } from "../../components/announcer.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { MESSAGES } from "./messages.ts";

/** Minutes to choose from; the API allows up to eight hours. */
const MINUTES = [15, 60, 480] as const;
const LONGEST_REASON = 500;
const SHORTEST_REASON = 10;

interface OpenContentProps {
  readonly projectId: string;
  readonly onOpened: () => void;
}

/** Others' content is closed: it is opened with a reason and an end, which the audit log shows. */
export function OpenContent({ projectId, onOpened }: OpenContentProps) {
  const t = useTexts(MESSAGES);
  const { register, handleSubmit, formState } = useForm({ defaultValues: { reason: "", minutes: "15" } });
  const opening = useMutation({
    mutationFn: ({ reason, minutes }: { readonly reason: string; readonly minutes: string }) =>
      api.call("createHistoryAccess", {
        path: { project_id: projectId },
        body: { reason: reason.trim(), expires_in_seconds: Number(minutes) * 60 },
      }),
    onSuccess: () => {
      announce(t("opened"));
      onOpened();
    },
  });
  const problem = formState.errors.reason;
  const submit = handleSubmit((fields) => {
    if (!opening.isPending) opening.mutate(fields);
  });
  return (
    <section className="empty">
      <h2>{t("closedTitle")}</h2>
      <p>{t("closed")}</p>
      <form className="form" onSubmit={(event) => void submit(event)} noValidate>
        <label htmlFor="access-reason">{t("reason")}</label>
        <input
          id="access-reason"
          autoComplete="off"
          aria-invalid={problem !== undefined}
          aria-describedby="access-reason-hint"
          {...register("reason", {
            validate: ({ length }) => (length >= SHORTEST_REASON && length <= LONGEST_REASON) || t("reasonHint"),
            setValueAs: (text: string) => text.trim(),
          })}
        />
        <p id="access-reason-hint" className={problem === undefined ? "hint" : "hint bad"}>
          {t("reasonHint")}
        </p>
        <label htmlFor="access-minutes">{t("openFor")}</label>
        <select id="access-minutes" {...register("minutes")}>
          {MINUTES.map((minutes) => (
            <option key={minutes} value={minutes}>
              {t("minutes", { count: minutes })}
            </option>
          ))}
        </select>
        {opening.error === null ? undefined : <Problem error={opening.error} />}
        <div className="actions">
          <button type="submit" className="button primary" aria-disabled={opening.isPending}>
            {t("open")}
          </button>
        </div>
      </form>
    </section>
  );
}
