import { asNumber, asText, isObject, type JsonObject } from "../../local/template/json.ts";
import { changeResources, changeValue } from "./edit-document.ts";

/** A change that must be made in place, such as an operator or the next commit makes. */
export interface Update {
  readonly what: string;
  /** Types of the resources that change, and no other may. */
  readonly types: readonly string[];
  edit(document: JsonObject): JsonObject;
}

const withRetention = (document: JsonObject): JsonObject =>
  changeResources(document, "aws_cloudwatch_log_group", (config) => ({ ...config, retention_in_days: 90 }));

const OLD_VERSION_DAYS: Update = {
  what: "the retention of old versions in days",
  types: ["aws_s3_bucket_lifecycle_configuration"],
  edit: (document) =>
    changeResources(document, "aws_s3_bucket_lifecycle_configuration", (config) =>
      changeValue(
        config,
        ["rule", 0, "noncurrent_version_expiration", 0, "noncurrent_days"],
        (days) => asNumber(days) + 1,
      ),
    ),
};

/** Of the environment's own user pool: who may make an account; of its client: where a sign-in may return, and how long tokens live. */
export const USER_POOL_UPDATE: Update = {
  what: "the user pool's sign-up and its client's addresses and tokens",
  types: ["aws_cognito_user_pool", "aws_cognito_user_pool_client"],
  edit: (document) =>
    changeResources(
      changeResources(document, "aws_cognito_user_pool", (config) =>
        changeValue(config, ["admin_create_user_config", "allow_admin_create_user_only"], (only) => only !== true),
      ),
      "aws_cognito_user_pool_client",
      (config) => ({
        ...config,
        callback_urls: ["https://other.example.com/console/signed-in"],
        id_token_validity: asNumber(config.id_token_validity) - 1,
      }),
    ),
};

/** One change per stack, by the stack's name without the environment. */
const UPDATES: Readonly<Record<string, Update>> = {
  network: {
    what: "a rule's description",
    types: ["aws_vpc_security_group_ingress_rule"],
    edit: (document) =>
      changeResources(document, "aws_vpc_security_group_ingress_rule", (config) => ({
        ...config,
        description: `${asText(config.description)} (changed)`,
      })),
  },
  data: OLD_VERSION_DAYS,
  serving: {
    what: "the maximum of gateways and the drain time of targets",
    types: ["aws_autoscaling_group", "aws_lb_target_group"],
    edit: (document) =>
      changeResources(
        changeValue(document, ["variable", "gateway_max_instances", "default"], (most) => asNumber(most) + 1),
        "aws_lb_target_group",
        // A function as target has nothing to drain.
        (config) =>
          config.deregistration_delay === undefined
            ? config
            : { ...config, deregistration_delay: String(asNumber(config.deregistration_delay) + 1) },
      ),
  },
  edge: {
    what: "the limits per address and stage, and the logs' retention",
    types: ["aws_api_gateway_method_settings", "aws_cloudwatch_log_group", "aws_wafv2_web_acl"],
    edit: (document) =>
      withRetention(
        changeResources(
          changeResources(document, "aws_wafv2_web_acl", (config) =>
            changeValue(
              config,
              ["rule", 0, "statement", "rate_based_statement", "limit"],
              (limit) => asNumber(limit) + 20,
            ),
          ),
          "aws_api_gateway_method_settings",
          (config) => changeValue(config, ["settings", "throttling_burst_limit"], (burst) => asNumber(burst) + 1),
        ),
      ),
  },
  site: {
    what: "the page's settings",
    types: ["aws_s3_object"],
    edit: (document) =>
      changeResources(document, "aws_s3_object", (config) =>
        typeof config.content === "string" ? { ...config, content: `${config.content} ` } : config,
      ),
  },
};

/** Changes for the types of many stacks, for stacks without one of their own. */
const USUAL: readonly Update[] = [
  {
    what: "the alarms' thresholds",
    types: ["aws_cloudwatch_metric_alarm"],
    edit: (document) =>
      changeResources(document, "aws_cloudwatch_metric_alarm", (config) =>
        typeof config.threshold === "number" ? { ...config, threshold: config.threshold + 1 } : config,
      ),
  },
  { what: "the logs' retention", types: ["aws_cloudwatch_log_group"], edit: withRetention },
  OLD_VERSION_DAYS,
];

/**
 * The change that proves that a stack can be updated in place.
 * @param name the stack's name without the environment
 * @throws when there is none: every stack has a setting that an operator may change
 */
export function updateOf(name: string, document: JsonObject): Update {
  const types = isObject(document.resource) ? Object.keys(document.resource) : [];
  const update = UPDATES[name] ?? USUAL.find((each) => each.types.every((type) => types.includes(type)));
  if (update) return update;
  throw new Error(`There is no update to try on ${name}; add one to UPDATES in acceptance/stacks/updates.ts.`);
}

/** Changes of a plan that are not updates in place of these types. */
export function unwantedChanges(changes: readonly string[], types: readonly string[]): readonly string[] {
  return changes
    .filter((line) => line.startsWith("  # "))
    .filter((line) => {
      const [, address = "", rest = ""] = /^ {2}# (\S+) (.*)$/.exec(line) ?? [];
      return rest !== "will be updated in-place" || !types.includes(address.split(".")[0] ?? "");
    });
}
