import { type FormEvent, useState } from "react";
import { Dialog } from "../../components/dialog.tsx";
import { useLanguage, useTexts } from "../../i18n/translate.ts";
import { decimalText } from "../../lib/decimal-text.ts";
import { routePath, type ShownRoute, useSaveItem } from "../service/item-queries.ts";
import { RestoreItem } from "../service/restore-item.tsx";
import { SaveActions } from "../service/save-actions.tsx";
import { MESSAGES } from "./messages.ts";
import { targetName, withWeights } from "./route-settings.ts";

interface RouteDialogProps {
  readonly route: ShownRoute;
  readonly onClose: () => void;
}

/** Weights of a route's targets. Where somebody else changed the route, the form begins with that when it is taken over. */
export function WeightsDialog({ route, onClose }: RouteDialogProps) {
  const t = useTexts(MESSAGES);
  const [base, setBase] = useState(route);
  return (
    <Dialog title={t("editTitle", { name: route.name })} onClose={onClose}>
      <WeightsForm key={base.version} route={base} onClose={onClose} onTakeOver={setBase} />
    </Dialog>
  );
}

interface WeightsFormProps extends RouteDialogProps {
  readonly onTakeOver: (now: ShownRoute) => void;
}

function WeightsForm({ route, onClose, onTakeOver }: WeightsFormProps) {
  const { name, settings } = route;
  const t = useTexts(MESSAGES);
  const language = useLanguage();
  const [texts, setTexts] = useState<readonly string[]>(
    settings.targets.map(({ weight }) => decimalText(weight, language)),
  );
  const [isWrong, setWrong] = useState(false);
  const save = useSaveItem<typeof settings>("route", route, t("saved"), onClose);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const changed = withWeights(settings, texts, language);
    setWrong(changed === undefined);
    if (changed !== undefined && !save.isPending) save.mutate(changed as typeof settings);
  };
  return (
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
      <SaveActions
        action={t("save")}
        save={save}
        path={routePath(name)}
        seen={route}
        valuesOf={weightsOf}
        onTakeOver={onTakeOver}
        onCancel={onClose}
      />
    </form>
  );
}

/** The weight of each target by its name. */
function weightsOf({ settings }: ShownRoute): Readonly<Record<string, string>> {
  return Object.fromEntries(settings.targets.map((target) => [targetName(target), String(target.weight)]));
}

/** Takes back what was changed at run time. */
export function RestoreDialog({ route, onClose }: RouteDialogProps) {
  const t = useTexts(MESSAGES);
  return (
    <RestoreItem
      kind="route"
      item={route}
      title={t("restoreTitle", { name: route.name })}
      text={t("restoreText")}
      action={t("restore")}
      message={t("restored")}
      onClose={onClose}
    />
  );
}
