import { CHATS_ALIAS } from "../../history/chats.ts";
import { KEY_ALIAS, SCIM_PATH } from "../outer-paths.ts";
import { USAGE_ALIAS } from "../usage.ts";
import { CONTROL_OPERATIONS } from "./operations.ts";

/** Beginnings of the control API's paths, of which each path has one: `/v1/organization/` and the like. */
export const CONTROL_PATHS: readonly string[] = [
  ...new Set(Object.values(CONTROL_OPERATIONS).map(({ path }) => `${path.split("/").slice(0, 3).join("/")}/`)),
  SCIM_PATH,
  KEY_ALIAS,
  USAGE_ALIAS,
];

/** Beginnings of the paths of the history, where it is stored. */
export const HISTORY_PATHS: readonly string[] = [`${CHATS_ALIAS}/`];
