import { type FormEvent, useState } from "react";
import { Dialog } from "../../components/dialog.tsx";
import { useFormatter, useLanguage, useTexts } from "../../i18n/translate.ts";
import { providerPath, type ShownProvider, useSaveItem } from "../service/item-queries.ts";
import { RestoreItem } from "../service/restore-item.tsx";
import { SaveActions } from "../service/save-actions.tsx";
import { DIALOG_MESSAGES } from "./dialog-messages.ts";
import { MESSAGES } from "./messages.ts";
import { boundsOf, fieldsOf, type ProviderField, withFields } from "./provider-fields.ts";
import { useSettingTexts } from "./setting-texts.ts";

interface ProviderDialogProps {
  readonly provider: ShownProvider;
  readonly onClose: () => void;
}

/** Limits of a provider, which hold at once. Where somebody else changed it, the form begins with that when it is taken over. */
export function ProviderDialog({ provider, onClose }: ProviderDialogProps) {
  const t = useTexts(DIALOG_MESSAGES);
  const [base, setBase] = useState(provider);
  return (
    <Dialog title={t("changeTitle", { name: provider.name })} onClose={onClose}>
      <p className="quiet">{t("changeText")}</p>
      <ProviderForm key={base.version} provider={base} onClose={onClose} onTakeOver={setBase} />
    </Dialog>
  );
}

interface ProviderFormProps extends ProviderDialogProps {
  readonly onTakeOver: (now: ShownProvider) => void;
}

function ProviderForm({ provider, onClose, onTakeOver }: ProviderFormProps) {
  const { name, settings } = provider;
  const t = useTexts(DIALOG_MESSAGES);
  const names = useTexts(MESSAGES);
  const textsOf = useSettingTexts();
  const language = useLanguage();
  const [fields, setFields] = useState(() => fieldsOf(settings, language));
  const [wrong, setWrong] = useState<readonly ProviderField[]>([]);
  const save = useSaveItem<typeof settings>("provider", provider, t("saved"), onClose);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const changed = withFields(settings, fields, language);
    setWrong("wrong" in changed ? changed.wrong : []);
    if ("settings" in changed && !save.isPending) save.mutate(changed.settings as typeof settings);
  };
  const field = (id: ProviderField, label: string) => (
    <NumberField
      id={id}
      label={label}
      value={fields[id]}
      isWrong={wrong.includes(id)}
      onChange={(text) => setFields({ ...fields, [id]: text })}
    />
  );
  return (
    <form className="form" onSubmit={submit}>
      {field("maxInFlight", names("maxInFlight"))}
      {field("rateRequests", t("rateField"))}
      <label htmlFor="provider-rate-per">{t("rateWindow")}</label>
      <select
        id="provider-rate-per"
        value={fields.ratePer}
        onChange={({ target }) => setFields({ ...fields, ratePer: target.value === "hour" ? "hour" : "minute" })}
      >
        <option value="minute">{t("per_minute")}</option>
        <option value="hour">{t("per_hour")}</option>
      </select>
      {field("monthlyCapUsd", t("capField"))}
      {field("priority", names("priority"))}
      <div className="choices">
        <label>
          <input
            type="checkbox"
            checked={fields.emergencyOnly}
            onChange={({ target }) => setFields({ ...fields, emergencyOnly: target.checked })}
          />
          {t("emergencyField")}
        </label>
      </div>
      <SaveActions
        action={t("save")}
        save={save}
        path={providerPath(name)}
        seen={provider}
        valuesOf={(item) => textsOf(item.settings)}
        onTakeOver={onTakeOver}
        onCancel={onClose}
      />
    </form>
  );
}

interface NumberFieldProps {
  readonly id: ProviderField;
  readonly label: string;
  readonly value: string;
  readonly isWrong: boolean;
  readonly onChange: (text: string) => void;
}

function NumberField({ id, label, value, isWrong, onChange }: NumberFieldProps) {
  const t = useTexts(DIALOG_MESSAGES);
  const format = useFormatter();
  const { min, max } = boundsOf(id);
  const inputId = `provider-${id}`;
  return (
    <>
      <label htmlFor={inputId}>{label}</label>
      <input
        id={inputId}
        inputMode="decimal"
        value={value}
        aria-invalid={isWrong}
        aria-describedby={`${inputId}-hint`}
        onChange={({ target }) => onChange(target.value)}
      />
      <p id={`${inputId}-hint`} className={isWrong ? "hint bad" : "hint"}>
        {t("bounds", { min: format.number(min), max: format.number(max) })}
      </p>
    </>
  );
}

/** Takes back what was changed at run time. */
export function RestoreProvider({ provider, onClose }: ProviderDialogProps) {
  const t = useTexts(DIALOG_MESSAGES);
  const names = useTexts(MESSAGES);
  return (
    <RestoreItem
      kind="provider"
      item={provider}
      title={t("restoreTitle", { name: provider.name })}
      text={t("restoreText")}
      action={names("restore")}
      message={t("restored")}
      onClose={onClose}
    />
  );
}
