import { useFormatter } from "../i18n/translate.ts";

interface DateTimeProps {
  /** Since 1970. */
  readonly seconds: number;
  /** Whether it has seconds and milliseconds. @default false */
  readonly isPrecise?: boolean;
}

/** A time with its zone. */
export function DateTime({ seconds, isPrecise = false }: DateTimeProps) {
  const format = useFormatter();
  const date = new Date(seconds * 1000);
  const text = format.dateTime(date, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZoneName: "short",
    ...(isPrecise ? { second: "2-digit", fractionalSecondDigits: 3 } : {}),
  });
  return (
    <time dateTime={date.toISOString()} translate="no">
      {text}
    </time>
  );
}
