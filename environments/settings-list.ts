import { isRecord } from "../lib/is-record.ts";
import type { ResolvedEnvironment } from "./validate.ts";

/** One setting of an environment, and where its value comes from. */
export interface ListedSetting {
  /** Path as in a file, e.g. `models.phi-3-mini.maxInstances`. */
  readonly path: string;
  readonly value: unknown;
  /** Why the default has this value. @default - the file has it */
  readonly reason?: string;
}

/** Every setting of an environment in the order of the schema: lists, empty records and `null` are one setting each. */
export function settingsList({ environment, reasons, modelsField }: ResolvedEnvironment): readonly ListedSetting[] {
  const listed = (path: string, value: unknown, inherited: string | undefined): readonly ListedSetting[] => {
    const reason = reasons.get(path) ?? inherited;
    if (isRecord(value) && Object.keys(value).length > 0)
      return Object.entries(value).flatMap(([field, item]) => listed(`${path}.${field}`, item, reason));
    const shownPath = path.replace(/^pools(?=$|\.)/, modelsField);
    return [{ path: shownPath, value, ...(reason === undefined ? {} : { reason }) }];
  };
  return Object.entries(environment).flatMap(([field, value]) => listed(field, value, undefined));
}
