import { useRouteContext } from "@tanstack/react-router";
import { useState } from "react";
import type { AdminApiKey } from "../../../../contracts/control/admin-keys.ts";
import { ADMIN_KEY_OPERATIONS } from "../../api/admin-key-operations.ts";
import { addOperations } from "../../api/operations.ts";
import { api } from "../../api/queries.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { useChange } from "../admin/admin-list.tsx";
import { KeyForm } from "../keys/key-form.tsx";
import type { NewKeyFields } from "../keys/key-queries.ts";
import { Secret } from "../keys/secret.tsx";
import { ScopeChoice } from "../roles/scope-choice.tsx";
import { scopeGroups } from "../roles/scopes.ts";
import { DIALOG_MESSAGES } from "./dialog-messages.ts";
import { MESSAGES } from "./messages.ts";
import { useIsOwnKey } from "./use-is-own-key.ts";

addOperations(ADMIN_KEY_OPERATIONS);

/** Name, life and permissions, then the secret. */
export function CreateAdminKeyDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useTexts(MESSAGES);
  const { config } = useRouteContext({ from: "__root__" });
  const [isChosen, setChosen] = useState(false);
  const [scopes, setScopes] = useState<readonly string[]>([]);
  const [isMissing, setMissing] = useState(false);
  const [secret, setSecret] = useState<string>();
  const create = useChange(async ({ name, expiresInSeconds, idempotencyKey }: NewKeyFields) => {
    const { value } = await api.call("createAdminApiKey", {
      body: {
        name,
        ...(expiresInSeconds === undefined ? {} : { expires_in_seconds: expiresInSeconds }),
        ...(isChosen ? { scopes: [...scopes] } : {}),
      },
      // Other permissions are another request.
      idempotencyKey: isChosen ? `${idempotencyKey}-${numbersOf(scopes)}` : idempotencyKey,
    });
    setSecret(value);
  }, t("createdMessage"));
  if (secret !== undefined)
    return (
      <Dialog key="secret" title={t("secretTitle")} onClose={onClose}>
        <Secret
          secret={secret}
          command={`curl ${config.apiUrl}/v1/organization/projects -H "authorization: Bearer $KEY"`}
          onDone={onClose}
        />
      </Dialog>
    );
  return (
    <Dialog title={t("create")} onClose={onClose}>
      <KeyForm
        name=""
        submitText={t("create")}
        isPending={create.isPending}
        error={create.error}
        onSubmit={(fields) => {
          setMissing(isChosen && scopes.length === 0);
          if (!isChosen || scopes.length > 0) create.mutate(fields);
        }}
        onCancel={onClose}
      >
        <label htmlFor="key-permits">{t("permits")}</label>
        <select
          id="key-permits"
          value={isChosen ? "chosen" : "all"}
          onChange={({ target }) => setChosen(target.value === "chosen")}
        >
          <option value="all">{t("allOfMine")}</option>
          <option value="chosen">{t("chosen")}</option>
        </select>
        {isChosen ? <ScopeChoice isOfProject={false} permissions={scopes} onChange={setScopes} /> : undefined}
        {isMissing && isChosen && scopes.length === 0 ? (
          <p className="hint bad" role="alert">
            {t("chooseOne")}
          </p>
        ) : undefined}
      </KeyForm>
    </Dialog>
  );
}

/** Names a choice of permissions in a few characters. */
function numbersOf(scopes: readonly string[]): string {
  const all: readonly string[] = scopeGroups(false).flatMap(([, listed]) => listed);
  return scopes.map((scope) => all.indexOf(scope)).join(".");
}

interface DeleteProps {
  readonly apiKey: AdminApiKey;
  readonly onClose: () => void;
}

export function DeleteAdminKeyDialog({ apiKey, onClose }: DeleteProps) {
  const t = useTexts(MESSAGES);
  const ofDialog = useTexts(DIALOG_MESSAGES);
  const remove = useChange<void>(
    () => api.call("deleteAdminApiKey", { path: { admin_key_id: apiKey.id } }),
    t("deletedMessage"),
    onClose,
  );
  return (
    <ConfirmDialog
      title={t("deleteTitle", { name: apiKey.name })}
      text={t("deleteText", { key: apiKey.redacted_value })}
      warning={useIsOwnKey()(apiKey) ? ofDialog("deleteOwn") : undefined}
      action={t("delete")}
      change={remove}
      onClose={onClose}
    />
  );
}
