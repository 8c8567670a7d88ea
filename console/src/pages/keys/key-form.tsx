import { type ReactNode, useState } from "react";
import { useForm } from "react-hook-form";
import { DialogActions } from "../../components/dialog-actions.tsx";
import { useTexts } from "../../i18n/translate.ts";
import type { NewKeyFields } from "./key-queries.ts";
import { MESSAGES } from "./messages.ts";

const DAY_SECONDS = 86_400;
/** Lives to choose from, in days; null is no end. */
const LIVES = [
  { name: "days7", days: 7 },
  { name: "days30", days: 30 },
  { name: "days90", days: 90 },
  { name: "days365", days: 365 },
  { name: "forever", days: undefined },
] as const;
const MAX_NAME = 100;
/** What is chosen at first, where it is permitted. */
const USUAL_DAYS = 90;

interface KeyFormProps {
  /** The name to begin with. */
  readonly name: string;
  readonly submitText: string;
  readonly isPending: boolean;
  /** Why the key was not made. */
  readonly error: unknown;
  /** The longest life in days. @default - a key may live until it is revoked */
  readonly maxDays?: number;
  /** Fields of one kind of keys alone. */
  readonly children?: ReactNode;
  readonly onSubmit: (fields: NewKeyFields) => void;
  readonly onCancel: () => void;
}

/** Name and life of a new key. */
export function KeyForm({ name, submitText, isPending, error, maxDays, children, onSubmit, onCancel }: KeyFormProps) {
  const t = useTexts(MESSAGES);
  const lives = livesUpTo(maxDays);
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const { register, handleSubmit, formState } = useForm({ defaultValues: { name, life: usualLife(lives) } });
  const problem = formState.errors.name;
  const submit = handleSubmit((fields) => {
    const days = lives.find(({ name: life }) => life === fields.life)?.days;
    if (isPending) return;
    onSubmit({
      name: fields.name.trim(),
      expiresInSeconds: days === undefined ? undefined : days * DAY_SECONDS,
      idempotencyKey,
    });
  });
  return (
    <form className="form" onSubmit={(event) => void submit(event)} noValidate>
      <label htmlFor="key-name">{t("name")}</label>
      <input
        id="key-name"
        autoComplete="off"
        aria-invalid={problem !== undefined}
        aria-describedby="key-name-hint"
        {...register("name", {
          validate: (text) => text.trim() !== "" || t("nameMissing"),
          maxLength: { value: MAX_NAME, message: t("nameLong") },
        })}
      />
      <p id="key-name-hint" className={problem === undefined ? "hint" : "hint bad"}>
        {problem?.message ?? t("nameHint")}
      </p>
      <label htmlFor="key-life">{t("life")}</label>
      <select id="key-life" {...register("life")}>
        {lives.map(({ name: life, days }) => (
          <option key={life} value={life}>
            {life === "longest" ? t("days", { count: days }) : t(life)}
          </option>
        ))}
      </select>
      {children}
      <DialogActions
        action={isPending ? t("creating") : submitText}
        isPending={isPending}
        error={error}
        onCancel={onCancel}
      />
    </form>
  );
}

type Life = (typeof LIVES)[number] | { readonly name: "longest"; readonly days: number };

/** Lives up to the longest, which is one of them. */
function livesUpTo(maxDays: number | undefined): readonly Life[] {
  if (maxDays === undefined) return LIVES;
  const shorter = LIVES.filter(({ days }) => days !== undefined && days <= maxDays);
  return shorter.some(({ days }) => days === maxDays) ? shorter : [...shorter, { name: "longest", days: maxDays }];
}

function usualLife(lives: readonly Life[]): Life["name"] {
  return lives.findLast(({ days }) => days !== undefined && days <= USUAL_DAYS)?.name ?? lives[0]?.name ?? "forever";
}
