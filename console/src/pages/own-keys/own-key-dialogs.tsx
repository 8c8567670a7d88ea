import { useState } from "react";
import type { MemberKeys, OwnApiKey } from "../../../../contracts/control/project-keys.ts";
import { announce } from "../../components/announcer.tsx";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { DateTime } from "../../components/date-time.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { DialogActions } from "../../components/dialog-actions.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { KeyForm } from "../keys/key-form.tsx";
import { Secret } from "../keys/secret.tsx";
import { MESSAGES } from "./messages.ts";
import { useCreateOwnKey, useRevokeOwnKey, useRotateOwnKey } from "./own-key-queries.ts";

/** For how long the secret before may work on, in seconds; the API permits a day. */
const OVERLAPS = [
  { seconds: 0, text: "overlap0" },
  { seconds: 3600, text: "overlap3600" },
  { seconds: 86_400, text: "overlap86400" },
] as const;
const USUAL_OVERLAP = 3600;

interface CreateDialogProps {
  readonly projectId: string;
  readonly bounds: MemberKeys;
  /** Whether there are as many keys as permitted. */
  readonly isFull: boolean;
  readonly onClose: () => void;
}

/** Name, life and permission, then the secret. */
export function CreateOwnKeyDialog({ projectId, bounds, isFull, onClose }: CreateDialogProps) {
  const t = useTexts(MESSAGES);
  const create = useCreateOwnKey(projectId);
  const [isReadOnly, setReadOnly] = useState(false);
  if (create.data !== undefined)
    return (
      <Dialog key="secret" title={t("secretTitle")} onClose={onClose}>
        <Secret secret={create.data.value} onDone={onClose} />
      </Dialog>
    );
  if (isFull)
    return (
      <Dialog title={t("create")} onClose={onClose}>
        <p>{t("full")}</p>
        <div className="actions">
          <button type="button" className="button primary" onClick={onClose}>
            {t("cancel")}
          </button>
        </div>
      </Dialog>
    );
  return (
    <Dialog title={t("create")} onClose={onClose}>
      <KeyForm
        name=""
        submitText={t("create")}
        isPending={create.isPending}
        error={create.error}
        maxDays={bounds.maxDays}
        onSubmit={(fields) =>
          create.mutate({ ...fields, isReadOnly }, { onSuccess: () => announce(t("createdMessage")) })
        }
        onCancel={onClose}
      >
        <label htmlFor="key-permits">{t("permits")}</label>
        <select
          id="key-permits"
          value={isReadOnly ? "readOnly" : "all"}
          onChange={({ target }) => setReadOnly(target.value === "readOnly")}
        >
          <option value="all">{t("all")}</option>
          <option value="readOnly">{t("readOnly")}</option>
        </select>
      </KeyForm>
    </Dialog>
  );
}

interface KeyDialogProps {
  readonly apiKey: OwnApiKey;
  readonly onClose: () => void;
}

/** How long the present secret works on, then the new one. */
export function RotateOwnKeyDialog({ apiKey, onClose }: KeyDialogProps) {
  const t = useTexts(MESSAGES);
  const rotate = useRotateOwnKey(apiKey);
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const [overlapSeconds, setOverlap] = useState<number>(USUAL_OVERLAP);
  const rotated = rotate.data;
  if (rotated !== undefined)
    return (
      <Dialog key="secret" title={t("secretTitle")} onClose={onClose}>
        <Secret secret={rotated.value} onDone={onClose}>
          {overlapSeconds === 0 ? undefined : (
            <p>
              {t("beforeUntil")} <DateTime seconds={rotated.previous_valid_until} />
            </p>
          )}
        </Secret>
      </Dialog>
    );
  // Another overlap is another request.
  const confirm = () =>
    rotate.mutate(
      { overlapSeconds, idempotencyKey: `${idempotencyKey}-${overlapSeconds}` },
      { onSuccess: () => announce(t("rotatedMessage")) },
    );
  return (
    <Dialog title={t("rotateTitle", { name: apiKey.name })} onClose={onClose}>
      <p>{t("rotateLead")}</p>
      <label htmlFor="key-overlap">{t("overlap")}</label>
      <select id="key-overlap" value={overlapSeconds} onChange={({ target }) => setOverlap(Number(target.value))}>
        {OVERLAPS.map(({ seconds, text }) => (
          <option key={seconds} value={seconds}>
            {t(text)}
          </option>
        ))}
      </select>
      <DialogActions
        action={rotate.isPending ? t("rotating") : t("rotate")}
        isPending={rotate.isPending}
        error={rotate.error}
        onConfirm={confirm}
        onCancel={onClose}
      />
    </Dialog>
  );
}

export function RevokeOwnKeyDialog({ apiKey, onClose }: KeyDialogProps) {
  const t = useTexts(MESSAGES);
  const onRevoked = () => {
    announce(t("revokedMessage"));
    onClose();
  };
  const revoke = useRevokeOwnKey(apiKey, onRevoked);
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
