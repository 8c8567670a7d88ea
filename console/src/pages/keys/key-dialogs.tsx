import type { ProjectApiKey } from "../../../../contracts/control/project-keys.ts";
import { announce } from "../../components/announcer.tsx";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { KeyForm } from "./key-form.tsx";
import { useCreateKey, useRevokeKey, useRotateKey } from "./key-queries.ts";
import { MESSAGES } from "./messages.ts";
import { Secret } from "./secret.tsx";

interface CreateDialogProps {
  readonly projectId: string;
  readonly onClose: () => void;
}

/** Name and life, then the secret. */
export function CreateKeyDialog({ projectId, onClose }: CreateDialogProps) {
  const t = useTexts(MESSAGES);
  const create = useCreateKey(projectId);
  const made = create.data;
  if (made !== undefined)
    return (
      <Dialog key="secret" title={t("secretTitle")} onClose={onClose}>
        <Secret secret={made.value} onDone={onClose} />
      </Dialog>
    );
  return (
    <Dialog title={t("create")} onClose={onClose}>
      <KeyForm
        name=""
        submitText={t("create")}
        isPending={create.isPending}
        error={create.error}
        onSubmit={(fields) => create.mutate(fields, { onSuccess: () => announce(t("createdMessage")) })}
        onCancel={onClose}
      />
    </Dialog>
  );
}

interface KeyDialogProps extends CreateDialogProps {
  readonly apiKey: ProjectApiKey;
}

/** A further key of the same account, and then, when the person says so, the end of the old one. */
export function RotateKeyDialog({ projectId, apiKey, onClose }: KeyDialogProps) {
  const t = useTexts(MESSAGES);
  const rotate = useRotateKey(projectId, apiKey);
  const revoke = useRevokeKey(projectId, apiKey.id, () => announce(t("revokedMessage")));
  const made = rotate.data;
  const title = t("rotateTitle", { name: apiKey.name });
  if (made !== undefined)
    return (
      <Dialog key="secret" title={t("secretTitle")} onClose={onClose}>
        <Secret secret={made.value} onDone={onClose}>
          {revoke.isSuccess ? (
            <p>{t("revokedMessage")}</p>
          ) : (
            <>
              <p>{t("rotateThen", { key: apiKey.redacted_value })}</p>
              <button
                type="button"
                className="button danger"
                aria-disabled={revoke.isPending}
                onClick={() => {
                  if (!revoke.isPending) revoke.mutate();
                }}
              >
                {revoke.isPending ? t("revoking") : t("revokeOld")}
              </button>
            </>
          )}
          {revoke.error === null ? undefined : <Problem error={revoke.error} />}
        </Secret>
      </Dialog>
    );
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{t("rotateLead")}</p>
      <KeyForm
        name={apiKey.name}
        submitText={t("rotateCreate")}
        isPending={rotate.isPending}
        error={rotate.error}
        onSubmit={(fields) => rotate.mutate(fields, { onSuccess: () => announce(t("createdMessage")) })}
        onCancel={onClose}
      />
    </Dialog>
  );
}

export function RevokeKeyDialog({ projectId, apiKey, onClose }: KeyDialogProps) {
  const t = useTexts(MESSAGES);
  const revoke = useRevokeKey(projectId, apiKey.id, () => {
    announce(t("revokedMessage"));
    onClose();
  });
  return (
    <ConfirmDialog
      title={t("revokeTitle", { name: apiKey.name })}
      text={t("revokeLead", { key: apiKey.redacted_value })}
      action={revoke.isPending ? t("revoking") : t("revoke")}
      change={revoke}
      onClose={onClose}
    />
  );
}
