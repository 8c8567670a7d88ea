import { type FormEvent, type ReactNode, useState } from "react";
import { useTexts } from "../../i18n/translate.ts";
import { MESSAGES } from "./messages.ts";
import { useOperatorKey } from "./operator-key.ts";

/** What needs an operator's key, or the form for one. */
export function KeyFrame({ children }: { readonly children: ReactNode }) {
  const t = useTexts(MESSAGES);
  const key = useOperatorKey((state) => state.key);
  const [text, setText] = useState("");
  if (key !== "") return children;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== "") useOperatorKey.setState({ key: text.trim() });
  };
  return (
    <form className="inline-form" onSubmit={submit}>
      <label htmlFor="operator-key">{t("key")}</label>
      <input
        id="operator-key"
        type="password"
        autoComplete="off"
        required
        maxLength={200}
        aria-describedby="operator-key-hint"
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <p id="operator-key-hint" className="hint">
        {t("keyHint")}
      </p>
      <button type="submit" className="button primary">
        {t("use")}
      </button>
    </form>
  );
}

/** Forgets the key, so that another one can be used. */
export function ForgetKey() {
  const t = useTexts(MESSAGES);
  return (
    <button type="button" className="button quiet" onClick={() => useOperatorKey.setState({ key: "" })}>
      {t("forget")}
    </button>
  );
}
