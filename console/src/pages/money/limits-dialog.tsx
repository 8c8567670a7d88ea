import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Limit, Limits } from "../../../../contracts/control/limits.ts";
import { api } from "../../api/queries.ts";
import { Dialog } from "../../components/dialog.tsx";
import { DialogActions } from "../../components/dialog-actions.tsx";
import { Loading } from "../../components/loading.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { useChange } from "../admin/admin-list.tsx";
import { counterOf } from "./limit-fields.ts";
import { LimitForm } from "./limit-form.tsx";
import { useLimitText } from "./limit-list.tsx";
import { MESSAGES } from "./messages.ts";
import { useSubjectName } from "./subject-name.tsx";

/** Whose limits. */
export interface Subject {
  readonly scope: Limits["scope"];
  readonly id: string;
}

interface LimitsDialogProps {
  readonly subject: Subject;
  readonly onClose: () => void;
}

/** All limits of one subject, which are replaced together. A version that somebody else changed is refused. */
export function LimitsDialog({ subject, onClose }: LimitsDialogProps) {
  const t = useTexts(MESSAGES);
  const nameOf = useSubjectName();
  const { scope, id } = subject;
  const stored = useQuery({
    queryKey: ["limits-of", scope, id],
    queryFn: ({ signal }) => api.read("retrieveLimits", { path: { limit_scope: scope, subject_id: id }, signal }),
    // Always as they are now: the dialog begins with them.
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnMount: "always",
  });
  return (
    <Dialog title={t("editTitle", { name: nameOf(scope, id) })} onClose={onClose}>
      {stored.isFetching ? <Loading /> : undefined}
      {stored.error === null ? undefined : <Problem error={stored.error} onRetry={() => void stored.refetch()} />}
      {stored.data === undefined || stored.isFetching ? undefined : (
        <Editor subject={subject} before={stored.data.object.limits} etag={stored.data.etag} onClose={onClose} />
      )}
    </Dialog>
  );
}

interface EditorProps extends LimitsDialogProps {
  readonly before: readonly Limit[];
  readonly etag: string;
}

function Editor({ subject: { scope, id }, before, etag, onClose }: EditorProps) {
  const t = useTexts(MESSAGES);
  const textOf = useLimitText();
  const [limits, setLimits] = useState(before);
  const save = useChange<void>(
    () =>
      api.call("updateLimits", {
        path: { limit_scope: scope, subject_id: id },
        body: { limits: [...limits] },
        ...(etag === "" ? {} : { ifMatch: etag }),
      }),
    t("saved"),
    onClose,
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!save.isPending) save.mutate();
  };
  return (
    <>
      {limits.length === 0 ? <p className="quiet">{t("none")}</p> : undefined}
      <ul className="limit-list">
        {limits.map((limit) => {
          const text = textOf(limit);
          return (
            <li key={counterOf(limit)} className="row-actions">
              <span translate="no">{text}</span>
              {limit.model === undefined ? undefined : (
                <span className="chip">{t("ofModel", { model: limit.model })}</span>
              )}
              {limit.action === "alert" ? <span className="chip">{t("reportsOnly")}</span> : undefined}
              <button
                type="button"
                className="button quiet danger"
                aria-label={t("removeLimit", { limit: text })}
                onClick={() => setLimits(limits.filter((one) => one !== limit))}
              >
                {t("remove")}
              </button>
            </li>
          );
        })}
      </ul>
      <LimitForm
        isTaken={(limit) => limits.some((one) => counterOf(one) === counterOf(limit))}
        onAdd={(limit) => setLimits([...limits, limit])}
      />
      <form onSubmit={submit}>
        <DialogActions action={t("save")} isPending={save.isPending} error={save.error} onCancel={onClose} />
      </form>
    </>
  );
}
