import { useId } from "react";
import { useTexts } from "../../i18n/translate.ts";
import { MESSAGES } from "./messages.ts";
import { ownZone } from "./zone-days.ts";

interface ZoneFieldProps {
  /** `undefined`: UTC. */
  readonly zone: string | undefined;
  readonly choose: (zone: string | undefined) => void;
}

/** UTC, the browser's time zone, and the one in the address. */
export function ZoneField({ zone, choose }: ZoneFieldProps) {
  const t = useTexts(MESSAGES);
  const id = useId();
  const zones = [...new Set(["UTC", ownZone(), zone ?? "UTC"])];
  if (zones.length === 1) return undefined;
  return (
    <div className="field">
      <label htmlFor={id}>{t("zone")}</label>
      <select
        id={id}
        value={zone ?? "UTC"}
        translate="no"
        onChange={({ target }) => choose(target.value === "UTC" ? undefined : target.value)}
      >
        {zones.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
