import { type FormEvent, useState } from "react";
import { api } from "../../api/queries.ts";
import { Problem } from "../../components/problem.tsx";
import { useLanguage, useTexts } from "../../i18n/translate.ts";
import { nanoOfText } from "../../lib/money.ts";
import { useProjects } from "../../projects/projects.ts";
import { useChange } from "../admin/admin-list.tsx";
import { MESSAGES } from "./messages.ts";

const ORGANIZATION = "organization";

/** Credit for the organisation or a project. A second try of the same grant is made once. */
export function GrantForm() {
  const t = useTexts(MESSAGES);
  const language = useLanguage();
  const { projects } = useProjects();
  const [subject, setSubject] = useState(ORGANIZATION);
  const [amount, setAmount] = useState("");
  const [lastDay, setLastDay] = useState("");
  const [note, setNote] = useState("");
  const [isWrong, setWrong] = useState(false);
  const [attempt, setAttempt] = useState(() => crypto.randomUUID());
  /** What was changed is another grant. */
  const edit = (set: (text: string) => void) => (text: string) => {
    set(text);
    setAttempt(crypto.randomUUID());
  };
  const grant = useChange(
    (nano: bigint) =>
      api.call("grantCredit", {
        path: { limit_scope: subject === ORGANIZATION ? "organization" : "project", subject_id: subject },
        body: {
          amount_nano_usd: Number(nano),
          ...(lastDay === "" ? {} : { expires_at: Date.parse(`${lastDay}T00:00:00Z`) / 1000 + 86_400 }),
          ...(note.trim() === "" ? {} : { description: note.trim() }),
        },
        idempotencyKey: attempt,
      }),
    t("grantedDone"),
    () => {
      setAttempt(crypto.randomUUID());
      setAmount("");
      setNote("");
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const nano = nanoOfText(amount, language);
    setWrong(nano === undefined || nano === 0n);
    if (nano !== undefined && nano > 0n && !grant.isPending) grant.mutate(nano);
  };
  return (
    <form className="inline-form" onSubmit={submit}>
      <label htmlFor="credit-subject">{t("scope")}</label>
      <select id="credit-subject" value={subject} onChange={({ target }) => edit(setSubject)(target.value)}>
        <option value={ORGANIZATION}>{t("organization")}</option>
        {projects.map(({ id, name }) => (
          <option key={id} value={id} translate="no">
            {name}
          </option>
        ))}
      </select>
      <label htmlFor="credit-amount">{t("amount")}</label>
      <input
        id="credit-amount"
        required
        inputMode="decimal"
        autoComplete="off"
        value={amount}
        aria-invalid={isWrong}
        aria-describedby={isWrong ? "credit-problem" : undefined}
        onChange={({ target }) => edit(setAmount)(target.value)}
      />
      {isWrong ? (
        <p id="credit-problem" className="hint bad" role="alert">
          {t("badMax")}
        </p>
      ) : undefined}
      <label htmlFor="credit-expiry">{t("expiresOn")}</label>
      <input
        id="credit-expiry"
        type="date"
        max="9999-12-31"
        value={lastDay}
        onChange={({ target }) => edit(setLastDay)(target.value)}
      />
      <label htmlFor="credit-note">{t("note")}</label>
      <input id="credit-note" maxLength={500} value={note} onChange={({ target }) => edit(setNote)(target.value)} />
      <button type="submit" className="button primary" aria-disabled={grant.isPending}>
        {t("grant")}
      </button>
      {grant.error === null ? undefined : <Problem error={grant.error} />}
    </form>
  );
}
