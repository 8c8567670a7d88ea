import { useFormatter } from "../i18n/translate.ts";

/** A time with its zone. @param seconds since 1970 */
export function DateTime({ seconds }: { readonly seconds: number }) {
  const format = useFormatter();
  const date = new Date(seconds * 1000);
  const text = format.dateTime(date, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZoneName: "short",
  });
  return (
    <time dateTime={date.toISOString()} translate="no">
      {text}
    </time>
  );
}
