import { type ComponentProps, type FormEvent, useState } from "react";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { useLanguage, useTexts } from "../../i18n/translate.ts";
import { pricePath, providerPath, useItemChange, useSaveItem } from "../service/item-queries.ts";
import { RestoreItem } from "../service/restore-item.tsx";
import { SaveActions } from "../service/save-actions.tsx";
import { DIALOG_MESSAGES } from "./dialog-messages.ts";
import { MESSAGES } from "./messages.ts";
import { editIn, fieldsOf, type PriceEdit, type PriceField, withFields, withoutChange } from "./price-form.ts";
import { useEntryTexts, useUtcTime } from "./price-texts.ts";
import { AMOUNT_NAMES, type Amount, type PriceChange, type PricedTarget, targetIn } from "./priced-targets.ts";

interface PriceDialogProps {
  readonly target: PricedTarget;
  readonly edit: PriceEdit;
  readonly onClose: () => void;
}

/** A price of a target. Where somebody else changed its item, the form begins with that when it is taken over. */
export function PriceDialog({ target, edit, onClose }: PriceDialogProps) {
  const t = useTexts(DIALOG_MESSAGES);
  const [current, setCurrent] = useState({ target, edit });
  const takeOver = (now: PricedTarget) => setCurrent({ target: now, edit: editIn(now.prices, edit) });
  const title = edit.isDated && edit.replaces === undefined ? "addTitle" : "changeTitle";
  return (
    <Dialog title={t(title, { name: target.target })} onClose={onClose}>
      <p className="quiet">{t(edit.isDated ? "datedText" : "baseText")}</p>
      <PriceForm key={current.target.item.version} {...current} onClose={onClose} onTakeOver={takeOver} />
    </Dialog>
  );
}

interface PriceFormProps extends PriceDialogProps {
  readonly onTakeOver: (now: PricedTarget) => void;
}

function PriceForm({ target, edit, onClose, onTakeOver }: PriceFormProps) {
  const t = useTexts(DIALOG_MESSAGES);
  const names = useTexts(MESSAGES);
  const language = useLanguage();
  const [fields, setFields] = useState(() => fieldsOf(edit, language));
  const [wrong, setWrong] = useState<readonly PriceField[]>([]);
  const save = useSaveItem<unknown>(target.kind, target.item, t("saved"), onClose);
  const textsOf = useEntryTexts();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const changed = withFields(target.prices, edit, fields, language, Date.now());
    setWrong("wrong" in changed ? changed.wrong : []);
    if ("prices" in changed && !save.isPending) save.mutate(target.withPrices(changed.prices));
  };
  const path = target.kind === "price" ? pricePath(target.item.name) : providerPath(target.item.name);
  const field = (id: PriceField) => ({
    id,
    value: fields[id],
    isWrong: wrong.includes(id),
    onChange: (text: string) => setFields({ ...fields, [id]: text }),
  });
  return (
    <form className="form" onSubmit={submit}>
      {edit.isDated ? (
        <>
          <TimeField label={t("fromField")} hint={t("fromHint")} {...field("from")} />
          <TimeField label={t("toField")} hint={t("toHint")} {...field("to")} />
        </>
      ) : undefined}
      {AMOUNT_NAMES.map((amount) => (
        <AmountField key={amount} label={names(amount)} {...field(amount)} id={amount} />
      ))}
      <SaveActions
        action={t("save")}
        save={save}
        path={path}
        seen={target.item}
        valuesOf={(item) => textsOf(targetIn(target, item)?.prices ?? null)}
        onTakeOver={(item) => onTakeOver(targetIn(target, item) ?? target)}
        onCancel={onClose}
      />
    </form>
  );
}

interface FieldProps extends Omit<ComponentProps<"input">, "id" | "value" | "onChange"> {
  readonly id: PriceField;
  readonly label: string;
  /** Says what the field takes, or what is wrong with it. @default - nothing */
  readonly hint?: string | undefined;
  readonly value: string;
  readonly isWrong: boolean;
  readonly onChange: (text: string) => void;
}

function Field({ id, label, hint, isWrong, onChange, ...input }: FieldProps) {
  const inputId = `price-${id}`;
  return (
    <>
      <label htmlFor={inputId}>{label}</label>
      <input
        {...input}
        id={inputId}
        aria-invalid={isWrong}
        aria-describedby={hint === undefined ? undefined : `${inputId}-hint`}
        onChange={({ target }) => onChange(target.value)}
      />
      {hint === undefined ? undefined : (
        <p id={`${inputId}-hint`} className={isWrong ? "hint bad" : "hint"}>
          {hint}
        </p>
      )}
    </>
  );
}

function AmountField(field: FieldProps & { readonly id: Amount }) {
  const t = useTexts(DIALOG_MESSAGES);
  const { id, isWrong } = field;
  const isRequired = id === "input" || id === "output";
  const hint = isRequired ? undefined : t(id === "reasoning" ? "asOutput" : "asInput");
  return <Field {...field} inputMode="decimal" autoComplete="off" hint={isWrong ? t("badAmount") : hint} />;
}

function TimeField(field: FieldProps) {
  return <Field {...field} type="datetime-local" max="9999-12-31T23:59" />;
}

interface RemoveChangeProps {
  readonly target: PricedTarget;
  readonly change: PriceChange;
  readonly onClose: () => void;
}

/** Removes a change of a price. */
export function RemoveChange({ target, change, onClose }: RemoveChangeProps) {
  const t = useTexts(DIALOG_MESSAGES);
  const time = useUtcTime();
  const { kind, item, prices, withPrices } = target;
  const body = withPrices(withoutChange(prices, change.from));
  const save = useItemChange<void>(kind, item, () => ({ method: "PUT", body }), t("removed"), onClose);
  return (
    <ConfirmDialog
      title={t("removeTitle", { name: target.target })}
      text={t("removeText", { from: time(change.from) })}
      action={t("remove")}
      change={save}
      onClose={onClose}
    />
  );
}

/** Takes back what was changed of a pool's price at run time. */
export function RestorePrice({ target, onClose }: Pick<PriceDialogProps, "target" | "onClose">) {
  const t = useTexts(DIALOG_MESSAGES);
  const names = useTexts(MESSAGES);
  return (
    <RestoreItem
      kind="price"
      item={target.item}
      title={t("restoreTitle", { name: target.target })}
      text={t("restoreText")}
      action={names("restore")}
      message={t("restored")}
      onClose={onClose}
    />
  );
}
