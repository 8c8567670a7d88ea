import { useRouteContext } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { DialogActions } from "../../components/dialog-actions.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { gatewayAdmin } from "../service/gateway-admin.ts";
import { MESSAGES } from "./messages.ts";
import { routePath, type ShownRoute, useRouteChange } from "./route-queries.ts";
import { targetName, withWeights } from "./route-settings.ts";

interface RouteDialogProps {
  readonly route: ShownRoute;
  readonly onClose: () => void;
}

/** Weights of a route's targets. A route that somebody else changed meanwhile is refused. */
export function WeightsDialog({ route: { name, version, settings }, onClose }: RouteDialogProps) {
  const t = useTexts(MESSAGES);
  const { config } = useRouteContext({ from: "__root__" });
  const [texts, setTexts] = useState<readonly string[]>(settings.targets.map(({ weight }) => String(weight)));
  const [isWrong, setWrong] = useState(false);
  const save = useRouteChange(
    (body: typeof settings) =>
      gatewayAdmin(config.apiUrl, { method: "PUT", path: routePath(name), body, ifMatch: `"${version}"` }),
    t("saved"),
    onClose,
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const changed = withWeights(settings, texts);
    setWrong(changed === undefined);
    if (changed !== undefined && !save.isPending) save.mutate(changed as typeof settings);
  };
  return (
    <Dialog title={t("editTitle", { name })} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <p id="weights-hint" className="hint">
          {t("editHint")}
        </p>
        {settings.targets.map((target, index) => {
          const id = `weight-${index}`;
          return (
            <div key={id} className="field">
              <label htmlFor={id} translate="no">
                {targetName(target)}
              </label>
              <input
                id={id}
                inputMode="decimal"
                aria-describedby="weights-hint"
                value={texts[index] ?? ""}
                onChange={({ target: { value } }) => setTexts(texts.with(index, value))}
              />
            </div>
          );
        })}
        <p className="hint bad" role="status">
          {isWrong ? t("badWeight") : ""}
        </p>
        <DialogActions action={t("save")} isPending={save.isPending} error={save.error} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

/** Takes back what was changed at run time. */
export function RestoreDialog({ route: { name, version }, onClose }: RouteDialogProps) {
  const t = useTexts(MESSAGES);
  const { config } = useRouteContext({ from: "__root__" });
  const restore = useRouteChange<void>(
    () => gatewayAdmin(config.apiUrl, { method: "DELETE", path: routePath(name), ifMatch: `"${version}"` }),
    t("restored"),
    onClose,
  );
  return (
    <ConfirmDialog
      title={t("restoreTitle", { name })}
      text={t("restoreText")}
      action={t("restore")}
      change={restore}
      onClose={onClose}
    />
  );
}
